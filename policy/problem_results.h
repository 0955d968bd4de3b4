/*
 * The results of a package's tests while they come, in whatever order: which tests still count, and in the end the
 * grades of all. Called by runner/judge.c. A pure table: what does not count is decided by the tests' order alone.
 *
 * Legacy: where a group breaks on a failure, what comes behind the failure in it does not count. 2023-07: nor does a
 * group that requires what has failed.
 */
#pragma once

#include "policy/problem_group.h"
#include "sandbox/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct problem_results {
	const struct problem *problem;
	const struct problem_group *groups;
	size_t n_groups;
	struct problem_test *tests; /* SKIP as long as they have not ended */
	size_t n_tests;
	struct problem_grade *grades; /* of the groups; SKIP before problem_results_grade() */

	/* problem_results.c's own */
	struct problem_results_test *known;
	struct problem_results_group *states;
	struct problem_requirement *requirements;
	size_t n_requirements;
	bool requires_tests, failed_anew;
};

/*
 * For n_tests tests with these names, which the groups' numbers mean. Names, groups and problem have to outlive it.
 * Fails with ENOMEM only; finish it all the same.
 */
int problem_results_init(struct problem_results *results, const struct problem *problem,
                         const struct problem_group *groups, size_t n_groups, size_t n_tests, struct sbx_err *err);
void problem_results_finish(struct problem_results *results); /* takes a zeroed one, too */
/* Each test's, before any has ended. */
void problem_results_name(struct problem_results *results, size_t test, const char *name);
/*
 * Once all have their names: what groups require is looked up. Fails as problem_results_init() does, and with
 * SBX_STAGE_USAGE and the group's file where that is nothing, or does not come before the group.
 */
int problem_results_begin(struct problem_results *results, struct sbx_err *err);

/* As if no test had ended. */
void problem_results_reset(struct problem_results *results);
/* A test has ended: once each at most. score and multiplier as in struct problem_test. */
void problem_results_put(struct problem_results *results, size_t test, enum judgement judgement, double score,
                         double multiplier);
/*
 * Whether it may still count. Once this is false it stays so; when all tests have ended of which it is true, those are
 * the ones that count.
 */
bool problem_results_counts(const struct problem_results *results, size_t test);
/* Whether it has no part in the verdict, whatever becomes of it: legacy samples, where a group says so. */
bool problem_results_is_aside(const struct problem_results *results, size_t test);
/* A test that is not to count for a reason of the caller's. */
void problem_results_skip(struct problem_results *results, size_t test);

/*
 * Grades all, once no test that counts is to come. *ret_decided is the index of the test that decided, or n_tests where
 * the verdict is good. Fails, with SBX_STAGE_SUPERVISE and the group's name, where the package or its validator breaks
 * the format's rules.
 */
int problem_results_grade(struct problem_results *results, size_t *ret_decided, struct sbx_err *err);
/* After that: the whole's, NAN where it has none. Legacy: only what is accepted has one. */
double problem_results_score(const struct problem_results *results);
