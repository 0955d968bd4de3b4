/*
 * Tests of interactive problems: the submission in its box and the problem's checker in another one talk to each other
 * through relays of ours, which count, bound and write down what passes. Called by judge.c and judge_run.c.
 *
 *   judge_run_start of the test, which calls judge_interact_join  ->  judge_interact_start  ->  judge_interact_ended,
 *   twice
 */
#pragma once

#include "policy/interaction.h"
#include "runner/judge.h"
#include "runner/transcript.h"

/* Of one place. */
struct judge_interaction {
	int to_program[2], to_checker[2]; /* pipes: what is not anybody's yet; -1 */
	unsigned live;                    /* boxes of the two that have not ended */
	/* once both have ended: */
	bool both_ran, checker_first;
	enum interaction_wait wait; /* INTERACTION_WORKED unless it decided */
	uint64_t to_program_bytes, to_checker_bytes;
	struct transcript transcript;
};

/* -ENOMEM. */
int judge_interact_init(struct judge *judge);
void judge_interact_finish(struct judge *judge);

/*
 * Joins the streams of the program or of its checker, the program's first, which were opened and are not yet its box's.
 * Other runs: nothing.
 */
int judge_interact_join(struct judge *judge, struct judge_run *run, struct sbx_err *err);
/* The program was started: starts the checker, in a slot that is not one of jobs. Where that fails, the program is
 * ended as IE. */
void judge_interact_start(struct judge *judge, struct judge_run *test);
/*
 * One of the two has ended, by judge_run_ended(); or the program, which was not even started. Returns the test's run
 * once it is over and judged, else NULL.
 */
struct judge_run *judge_interact_ended(struct judge *judge, struct judge_run *run);
