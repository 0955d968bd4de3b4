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

const char *judgement_name(enum judgement judgement); /* "AC", "OK", ... */
bool judgement_is_good(enum judgement judgement);     /* AC, OK */

/* Of a test. `compared` is looked at only where there is an answer, and only of a program that ended well. */
enum judgement judgement_of(enum verdict verdict, bool has_answer, enum compare_result compared);
