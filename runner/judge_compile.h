/* The programs of a job, from their sources: the submission and the problem's checkers. Called by judge.c. */
#pragma once

#include "runner/judge.h"

/*
 * Puts the sources into their folders, under names that were checked (runner/job_load.h); the checkers' once for all
 * submissions. Fails with SBX_STAGE_WORKSPACE.
 */
int judge_compile_store(struct judge *judge, struct sbx_err *err);
/* Where the compiler refuses it, judge->judgement is JUDGEMENT_CE, and that is no failure. */
int judge_compile_submission(struct judge *judge, struct sbx_err *err);
/*
 * Once for all submissions. One that does not compile is the problem's fault, and no verdict on anybody's submission:
 * fails with SBX_STAGE_WORKSPACE.
 */
int judge_compile_checkers(struct judge *judge, struct sbx_err *err);
