/*
 * Facts to verdict: a pure table. Called once per run, after everything was reaped and every counter read.
 */
#pragma once

#include "sandbox/plan.h"
#include "sandbox/result.h"

enum verdict {
	VERDICT_OK,
	VERDICT_TLE,
	VERDICT_MLE,
	VERDICT_RE,
	VERDICT_OLE,
	VERDICT_SV,
	VERDICT_IE,
	VERDICT_MAX,
};

const char *verdict_name(enum verdict verdict); /* "OK", "TLE", ... */

/*
 * The verdict by this order: IE > OLE > MLE > TLE > SV > RE > OK (docs/sbx.1, VERDICTS), with its reason:
 * "output", "memory", "cpu", "wall", "syscall", "signal", "exit", "error", "interrupted", or NULL for OK. Static
 * storage. Reported CPU or wall time over the plan's limit is TLE even when the supervisor did not kill. An end that
 * nothing explains is IE, "error". `plan` may be NULL where result->error is set.
 */
enum verdict verdict_of(const struct run_result *result, const struct box_plan *plan, const char **ret_reason);
