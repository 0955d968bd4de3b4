/*
 * Groups of a problem package's tests: what testdata.yaml (legacy) and test_group.yaml (2023-07) say of one, and how
 * the results of its tests become a verdict and a score. Called by runner/problem_load.c. Nothing here touches a file.
 */
#pragma once

#include "policy/compare.h"
#include "policy/judgement.h"
#include "policy/problem.h"
#include "sandbox/err.h"

#include <stdbool.h>
#include <stddef.h>

/* How the scores of what is in a group become its own. */
enum problem_score_mode {
	PROBLEM_SCORE_SUM,
	PROBLEM_SCORE_MIN,
	PROBLEM_SCORE_MAX,       /* legacy */
	PROBLEM_SCORE_AVG,       /* legacy */
	PROBLEM_SCORE_PASS_FAIL, /* 2023-07: all that it can be where all is accepted, else 0 */
};

/* Of legacy: how the verdicts do. */
enum problem_verdict_mode {
	PROBLEM_VERDICT_WORST_ERROR,
	PROBLEM_VERDICT_FIRST_ERROR,
	PROBLEM_VERDICT_ALWAYS_ACCEPT,
};

/*
 * All groups of a package are an array in the order of a walk that comes to a group before what is in it: the first is
 * the whole, `data` itself. A group's tests, and with them those of its groups, stand in one row, in the order in which
 * they count.
 */
struct problem_group {
	const char *name; /* the caller's, below `data`: "" (the whole), "sample", "secret/small" */
	size_t first_test, n_tests;
	size_t n_groups; /* itself, and all within it */

	struct json_object *validator_args; /* a list of strings, or NULL; behind the problem's own */
	struct compare_options compare; /* what they mean, the problem's too; where the default validator has them */
	enum problem_score_mode score_mode;

	/* legacy */
	bool break_on_reject; /* after the first failure the rest of the group does not count */
	bool custom_grader;
	enum problem_verdict_mode verdict_mode;
	bool ignore_sample, accept_if_any_accepted;
	double accept_score, reject_score; /* of tests whose validator gives none */
	double score_min, score_max;       /* 2023-07: only the latter, INFINITY where unbounded, below 0: not given */

	/* 2023-07 */
	struct json_object *args;         /* of the submission: a list of strings, or NULL */
	struct json_object *require_pass; /* a list of names of tests and groups that have to be accepted, or NULL */
	bool static_validation;
};

/*
 * The settings of a group that has no file of its own, in *ret: its parent's, as far as they are handed down
 * (legacy: each key by itself, as Kattis' tools do it), or for `data` itself (`parent` NULL) the defaults. 2023-07 goes
 * by the name, too.
 */
void problem_group_init(struct problem_group *ret, const struct problem *problem, const struct problem_group *parent,
                        const char *name);
/*
 * Reads the file over that. `origin` is used for messages only; fails as problem_parse() does; the group must be
 * finished all the same.
 */
int problem_group_parse(struct problem_group *group, const struct problem *problem, const char *text, size_t len,
                        const char *origin, struct sbx_err *err);
void problem_group_finish(struct problem_group *group);

/*
 * The settings of a single test (2023-07), as a group with nothing else in it: those of the group that it is in, then
 * what its file says. As the two above.
 */
void problem_single_init(struct problem_group *ret, const struct problem_group *group, size_t test);
int problem_single_parse(struct problem_group *single, const struct problem *problem, const char *text, size_t len,
                         const char *origin, struct sbx_err *err);

/* ---- grading ---- */

struct problem_test {
	const char *name; /* "secret/small/1" */
	enum judgement judgement;
	double score;      /* of the validator's score.txt; NAN: there is none */
	double multiplier; /* of its score_multiplier.txt; the same */
};

/* A group that does not count, since nothing of it was judged or it requires what failed, is JUDGEMENT_SKIP. */
struct problem_grade {
	enum judgement judgement;
	double score; /* 0 in pass-fail problems. Legacy: of the whole it counts with AC only */
};

/*
 * Grades each of the n groups; `tests` are those that the groups' numbers mean. The grade of the whole is *ret_grades.
 *
 * Pass-fail problems of 2023-07: the first test's verdict that is not good. Legacy: what the default grader makes of
 * it. Scoring problems of 2023-07: only `secret` and what is in it has a score, whatever the validator says of samples;
 * verdicts are as in pass-fail ones.
 * JUDGEMENT_IE, where a test has it, where a score breaks the format's rules or leaves its bounds, where a group in
 * use has a custom grader, and where a required name is unknown: a package's fault is no submission's.
 */
void problem_grade(const struct problem *problem, const struct problem_group *groups, size_t n_groups,
                   const struct problem_test *tests, struct problem_grade *ret_grades);

/* The same of a legacy package's group `index`, and those within it: the group's verdict. */
enum judgement problem_grade_legacy(const struct problem *problem, const struct problem_group *groups, size_t index,
                                    const struct problem_test *tests, struct problem_grade *ret_grades);

/* Whether `inner`, which is in `group`, stays out of its grade. */
bool problem_grade_ignores(const struct problem_group *group, const struct problem_group *inner);

struct problem_cause {
	bool is_test; /* a test's verdict, else a group that breaks a rule, or of which nothing counts */
	size_t index;
};
/* Where the whole's verdict, which is not good, comes from, after problem_grade(). */
struct problem_cause problem_grade_cause(const struct problem *problem, const struct problem_group *groups,
                                         size_t n_groups, const struct problem_test *tests,
                                         struct problem_grade *grades);
