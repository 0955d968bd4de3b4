/* The results of a package's tests. Every group is graded once, when no test in it is to come that counts. */
#include "policy/problem_results.h"

#include "policy/json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct problem_results_test {
	uint32_t group; /* the innermost one */
	bool ended, dropped;
};

struct problem_results_group {
	size_t parent;
	size_t n_pending; /* tests in it, and within its groups, that are neither ended nor dropped */
	size_t stop;      /* no test from here on counts for it */
	bool graded;
	/* 2023-07 */
	bool failed;  /* whatever comes, it is not accepted */
	bool dropped; /* since what it requires has failed */
};

/* That a group requires a test or another group, which comes before it. */
struct problem_requirement {
	size_t group;
	bool is_test;
	size_t index;
};

/* ---- making one ---- */

static void place_groups(struct problem_results *results)
{
	size_t parent = 0;

	for (size_t i = 0; i < results->n_groups; i++) {
		const struct problem_group *group = &results->groups[i];
		while (i > 0 && parent + results->groups[parent].n_groups <= i)
			parent = results->states[parent].parent;
		results->states[i] = (struct problem_results_group){
		        .parent = parent, .n_pending = group->n_tests, .stop = group->first_test + group->n_tests};
		parent = i;
		/* those further down come later */
		for (size_t k = 0; k < group->n_tests; k++)
			results->known[group->first_test + k].group = (uint32_t)i;
	}
}

int problem_results_init(struct problem_results *results, const struct problem *problem,
                         const struct problem_group *groups, size_t n_groups, size_t n_tests, struct sbx_err *err)
{
	*results = (struct problem_results){.problem = problem,
	                                    .groups = groups,
	                                    .n_groups = n_groups,
	                                    .tests = calloc(n_tests + 1, sizeof(*results->tests)),
	                                    .n_tests = n_tests,
	                                    .grades = calloc(n_groups, sizeof(*results->grades)),
	                                    .known = calloc(n_tests + 1, sizeof(*results->known)),
	                                    .states = calloc(n_groups, sizeof(*results->states))};
	if (results->tests == NULL || results->grades == NULL || results->known == NULL || results->states == NULL)
		return sbx_fail(err, SBX_STAGE_SUPERVISE, ENOMEM, "out of memory");
	problem_results_reset(results);
	return 0;
}

void problem_results_reset(struct problem_results *results)
{
	for (size_t i = 0; i < results->n_tests; i++) {
		struct problem_test *test = &results->tests[i];
		test->judgement = JUDGEMENT_SKIP;
		test->score = test->multiplier = NAN;
		results->known[i] = (struct problem_results_test){0};
	}
	for (size_t i = 0; i < results->n_groups; i++)
		results->grades[i] = (struct problem_grade){.judgement = JUDGEMENT_SKIP};
	place_groups(results);
}

void problem_results_finish(struct problem_results *results)
{
	free(results->tests);
	free(results->grades);
	free(results->known);
	free(results->states);
	free(results->requirements);
	*results = (struct problem_results){0};
}

void problem_results_name(struct problem_results *results, size_t test, const char *name)
{
	results->tests[test].name = name;
}

/* ---- what groups require ---- */

/* A name of a group or a test. Sorted, since a package may have very many of either. */
struct named {
	const char *name;
	bool is_test;
	size_t index;
};

static int by_name(const void *a, const void *b)
{
	const struct named *of_a = a, *of_b = b;

	return strcmp(of_a->name, of_b->name);
}

/* A test of a group's name cannot be meant, as problem_grade() sees it. */
static int by_kind(const void *a, const void *b)
{
	const struct named *of_a = a, *of_b = b;
	int order = by_name(a, b);

	return order != 0 ? order : (int)of_a->is_test - (int)of_b->is_test;
}

static size_t count_requirements(const struct problem_results *results)
{
	size_t n = 0;

	for (size_t i = 0; i < results->n_groups; i++)
		n += json_length(results->groups[i].require_pass);
	return n;
}

static bool add_requirement(struct problem_results *results, size_t group, const struct named *found)
{
	const struct problem_group *groups = results->groups;
	bool is_before = found->is_test ? found->index < groups[group].first_test
	                                : found->index + groups[found->index].n_groups <= group;

	if (!is_before)
		return false;
	results->requires_tests |= found->is_test;
	results->requirements[results->n_requirements++] =
	        (struct problem_requirement){group, found->is_test, found->index};
	return true;
}

static int look_up_name(struct problem_results *results, size_t group, const char *name, const struct named *names,
                        size_t n, struct sbx_err *err)
{
	struct named wanted = {.name = name};
	const struct named *found = bsearch(&wanted, names, n, sizeof(*names), by_name);
	const char *why = found == NULL ? "there is no such test or group" : "it does not come before this group";

	while (found != NULL && found > names && by_name(found - 1, &wanted) == 0)
		found--;
	for (; found != NULL && found < names + n && by_name(found, &wanted) == 0; found++)
		if (add_requirement(results, group, found))
			return 0;
	return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "data/%.150s/test_group.yaml: \"require_pass\": \"%.80s\": %s",
	                results->groups[group].name, name, why);
}

static int look_up(struct problem_results *results, const struct named *names, size_t n, struct sbx_err *err)
{
	for (size_t i = 0; i < results->n_groups; i++) {
		const struct json_object *list = results->groups[i].require_pass;
		for (size_t k = 0; k < json_length(list); k++)
			TRY(look_up_name(results, i, json_string_of(json_at(list, k)), names, n, err));
	}
	return 0;
}

int problem_results_begin(struct problem_results *results, struct sbx_err *err)
{
	size_t n = results->n_groups + results->n_tests, n_required = count_requirements(results);
	struct named *names;
	int rc;

	if (n_required == 0)
		return 0;
	results->requirements = calloc(n_required, sizeof(*results->requirements));
	names = calloc(n, sizeof(*names));
	if (results->requirements == NULL || names == NULL) {
		free(names);
		return sbx_fail(err, SBX_STAGE_SUPERVISE, ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < results->n_groups; i++)
		names[i] = (struct named){results->groups[i].name, false, i};
	for (size_t i = 0; i < results->n_tests; i++)
		names[results->n_groups + i] = (struct named){results->tests[i].name, true, i};
	qsort(names, n, sizeof(*names), by_kind);
	rc = look_up(results, names, n, err);
	free(names);
	return rc;
}

/* ---- while tests end ---- */

static void no_longer_pending(struct problem_results *results, size_t test)
{
	size_t group = results->known[test].group;

	for (;;) {
		results->states[group].n_pending--;
		if (group == 0)
			return;
		group = results->states[group].parent;
	}
}

static void drop(struct problem_results *results, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		struct problem_results_test *known = &results->known[i];
		if (known->dropped)
			continue;
		known->dropped = true;
		results->tests[i].judgement = JUDGEMENT_SKIP;
		if (!known->ended)
			no_longer_pending(results, i);
	}
}

/* A failure in the group, which ends before test `end`. */
static void fail_in(struct problem_results *results, size_t group, size_t end)
{
	struct problem_results_group *state = &results->states[group];

	if (!results->groups[group].break_on_reject || state->stop <= end)
		return;
	drop(results, end, state->stop);
	state->stop = end;
}

/* Upwards, as long as groups are complete; then what is around them may be, too. */
static void settle_legacy(struct problem_results *results, size_t test)
{
	size_t group = results->known[test].group;

	if (!judgement_is_good(results->tests[test].judgement))
		fail_in(results, group, test + 1);
	while (group != 0 && results->states[group].n_pending == 0 && !results->states[group].graded) {
		const struct problem_group *self = &results->groups[group];
		size_t parent = results->states[group].parent;
		enum judgement judgement =
		        problem_grade_legacy(results->problem, results->groups, group, results->tests, results->grades);
		results->states[group].graded = true;
		if (judgement != JUDGEMENT_SKIP && !judgement_is_good(judgement) &&
		    !problem_grade_ignores(&results->groups[parent], self))
			fail_in(results, parent, self->first_test + self->n_tests);
		group = parent;
	}
}

/* With one part of it a group is not accepted, nor are those around it. */
static void fail_with_parents(struct problem_results *results, size_t group)
{
	while (!results->states[group].failed) {
		results->states[group].failed = true;
		results->failed_anew = true;
		group = results->states[group].parent;
	}
}

static bool has_failed(const struct problem_results *results, const struct problem_requirement *requirement)
{
	const struct problem_results_test *known;

	if (!requirement->is_test)
		return results->states[requirement->index].failed;
	known = &results->known[requirement->index];
	return known->dropped || (known->ended && !judgement_is_good(results->tests[requirement->index].judgement));
}

static void drop_group(struct problem_results *results, size_t group)
{
	const struct problem_group *self = &results->groups[group];

	if (results->states[group].dropped)
		return;
	results->states[group].dropped = true;
	drop(results, self->first_test, self->first_test + self->n_tests);
	for (size_t i = group; i < group + self->n_groups; i++)
		fail_with_parents(results, i);
}

static void settle(struct problem_results *results, size_t test)
{
	if (judgement_is_good(results->tests[test].judgement))
		return;
	results->failed_anew = false;
	fail_with_parents(results, results->known[test].group);
	/* its group may have failed before, and only the test be required */
	results->failed_anew |= results->requires_tests;
	while (results->failed_anew) {
		results->failed_anew = false;
		for (size_t i = 0; i < results->n_requirements; i++)
			if (has_failed(results, &results->requirements[i]))
				drop_group(results, results->requirements[i].group);
	}
}

void problem_results_put(struct problem_results *results, size_t test, enum judgement judgement, double score,
                         double multiplier)
{
	struct problem_results_test *known = &results->known[test];

	known->ended = true;
	if (known->dropped)
		return;
	results->tests[test].judgement = judgement;
	results->tests[test].score = score;
	results->tests[test].multiplier = multiplier;
	no_longer_pending(results, test);
	if (results->problem->format == PROBLEM_LEGACY)
		settle_legacy(results, test);
	else
		settle(results, test);
}

bool problem_results_counts(const struct problem_results *results, size_t test)
{
	return !results->known[test].dropped;
}

bool problem_results_is_aside(const struct problem_results *results, size_t test)
{
	const struct problem_group *groups = results->groups;

	for (size_t group = results->known[test].group, parent; group != 0; group = parent) {
		parent = results->states[group].parent;
		if (problem_grade_ignores(&groups[parent], &groups[group]))
			return true;
	}
	return false;
}

void problem_results_skip(struct problem_results *results, size_t test)
{
	drop(results, test, test + 1);
}

/* ---- at the end ---- */

int problem_results_grade(struct problem_results *results, size_t *ret_decided, struct sbx_err *err)
{
	struct problem_cause cause;

	problem_grade(results->problem, results->groups, results->n_groups, results->tests, results->grades);
	*ret_decided = results->n_tests;
	if (judgement_is_good(results->grades[0].judgement))
		return 0;
	cause = problem_grade_cause(results->problem, results->groups, results->n_groups, results->tests,
	                            results->grades);
	if (cause.is_test) {
		*ret_decided = cause.index;
		return 0;
	}
	return sbx_fail(err, SBX_STAGE_SUPERVISE, 0,
	                "data/%.200s: its settings, or the scores that the validator gave, break the format's rules",
	                results->groups[cause.index].name);
}

double problem_results_score(const struct problem_results *results)
{
	const struct problem_grade *whole = &results->grades[0];
	bool has_score = results->problem->is_scoring && whole->judgement != JUDGEMENT_IE &&
	                 (results->problem->format != PROBLEM_LEGACY || judgement_is_good(whole->judgement));

	return has_score ? whole->score : NAN;
}
