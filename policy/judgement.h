/*
 * What a test's run is worth: the verdict of its box together with what the answer says. A pure table, called once per
 * test.
 */
#pragma once

#include "policy/compare.h"
#include "policy/verdict.h"

#include <stdbool.h>

enum judgement {
	JUDGEMENT_AC, /* the output is right */
	JUDGEMENT_OK, /* nothing to compare it with */
	JUDGEMENT_PE, /* right but for white space or case, where that is told apart */
	JUDGEMENT_WA,
	JUDGEMENT_TLE,
	JUDGEMENT_MLE,
	JUDGEMENT_RE,
	JUDGEMENT_OLE,
	JUDGEMENT_SV,
	JUDGEMENT_CE,   /* of jobs: the compiler refused it */
	JUDGEMENT_SKIP, /* of tests: an earlier failure decided */
	JUDGEMENT_IE,
	JUDGEMENT_MAX,
};

/* Who says whether an output is right. */
enum checker_kind {
	CHECKER_COMPARE, /* policy/compare.h */
	CHECKER_KATTIS,  /* a program of the problem's: an output validator of the Kattis and ICPC package format */
	CHECKER_TESTLIB, /* the same by the conventions of testlib.h */
	CHECKER_MAX,
};

const char *judgement_name(enum judgement judgement); /* "AC", "OK", ... */
bool judgement_is_good(enum judgement judgement);     /* AC, OK */

/* Of a test. `compared` is looked at only where there is an answer, and only of a program that ended well. */
enum judgement judgement_of(enum verdict verdict, bool has_answer, enum compare_result compared);

/*
 * Of a test whose program ended well, by the exit status of the checker's program: 42 and 43 (Kattis), or 0, 1, 2
 * (testlib: right, wrong, presentation). Any other is a failure of the checker, and so JUDGEMENT_IE. Without
 * `presentation` what it would be is wrong.
 */
enum judgement judgement_of_checker(enum checker_kind kind, int exit_status, bool presentation);
