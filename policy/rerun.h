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
 * By what the kernel counted: for more than a hundredth of the wall time the program was held back, waited for a core,
 * or had none since the hypervisor took it; or it lost its core more than once in 20 ms of CPU time (on a quiet machine
 * it does so a few times in a second; beside another program about every 4 ms). A count that is not known shows
 * nothing.
 */
bool rerun_is_disturbed(const struct run_result *result);

/*
 * A run that ended well or over time (no other verdict is a time's), with a CPU or wall time within 10 % of its limit,
 * and disturbed. Where the kernel counted neither switches nor pressure - a killed program under cgroup v1 - a wall
 * time that is a tenth longer than a CPU time near its limit counts as a disturbance.
 */
bool rerun_is_due(const struct run_result *result, const struct box_plan *plan, enum verdict verdict);
