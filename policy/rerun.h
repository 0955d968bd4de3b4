/*
 * Whether a time is to be taken again: it lies so near to its limit that a disturbance of the machine may have decided
 * about the verdict, and there was one. Pure functions over facts; called by the judge, for --reruns.
 */
#pragma once

#include "policy/verdict.h"
#include "sandbox/plan.h"
#include "sandbox/result.h"

#include <stdbool.h>

/*
 * By what the kernel counted, and the program cannot bring about: for more than a hundredth of the wall time the
 * hypervisor took the machine's time. Or, where it never was more than one thread and so could not be in its own way:
 * for as long it waited for a core, or it lost its core more than once in 20 ms of CPU time (on a quiet machine it does
 * so a few times in a second; beside another program about every 4 ms). A count that is not known shows nothing.
 */
bool rerun_is_disturbed(const struct run_result *result);

/*
 * A run over time, with a CPU or wall time within 10 % of its limit, and disturbed. Any other verdict stands: what was
 * right in spite of a disturbance is right, and what was wrong gets no second try.
 */
bool rerun_is_due(const struct run_result *result, const struct box_plan *plan, enum verdict verdict);
