/* One box of a job: its spec, its streams, and what came of it. Called by judge.c. */
#pragma once

#include "runner/judge.h"

/* Memory for what is kept of its streams. -ENOMEM. */
int judge_run_init(struct judge_run *run, unsigned place, size_t keep_bytes);
void judge_run_finish(struct judge_run *run);

/*
 * Starts it in `slot`, which is taken over; of JUDGE_TEST and JUDGE_CHECK, run->test is set. Returns false where it
 * could not be started: then it has ended, as IE, and judge_run_ended() is through with it.
 */
bool judge_run_start(struct judge *judge, struct judge_run *run, enum judge_task task, struct slot *slot);
/* Decides all about it, without a slot, and starts nothing: run->plan says what it would be. Then drop the plan. */
int judge_run_plan(struct judge *judge, struct judge_run *run, enum judge_task task, struct sbx_err *err);
/* Also after a failure. */
void judge_run_drop_plan(struct judge_run *run);
/* Puts down how it ended, and frees what it held. A test that is to be checked has no judgement yet. */
void judge_run_ended(struct judge *judge, struct judge_run *run);
/* Whether this test's output is for the checker to judge. */
bool judge_run_wants_check(const struct judge *judge, const struct judge_run *run);
/* Keeps the first bytes of a stream. */
void judge_run_keep(struct kept *kept, const char *bytes, size_t len);
/* The file in data/ with what a checker has asked to have as the input of this pass. */
void judge_run_pass_name(const struct judge_run *run, char name[32]);
