/* What a checker said of a test. Called by judge.c and judge_interact.c. */
#pragma once

#include "runner/judge.h"

/* Puts the checker's word, once it has ended, into its test's run. */
void judge_check_ended(struct judge *judge, struct judge_run *run, struct judge_run *check);
