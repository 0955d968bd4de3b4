/* What came of a run, as its caller gets it. Called by judge_report.c. */
#pragma once

#include "runner/judge_report.h"

/*
 * The fields of sbx.run/1, then `stdout`, `stdout_cut`, `stderr`, `stderr_cut` and `compile` (docs/sbx-job.5, RUNS), on
 * one line. Fails with SBX_STAGE_REPORT.
 */
int judge_answer_write(const struct judge_report *report, struct report_sink *sink, struct sbx_err *err);
