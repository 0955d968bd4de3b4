/*
 * testdata.yaml and test_group.yaml, in a tree of a few groups, and what becomes of any results in it. The first byte
 * chooses the format; then come the files of the whole, of a group in it, and of one test, each up to a NUL; and the
 * results.
 */
#include "fuzz.h"

#include "policy/json.h"
#include "policy/problem_group.h"
#include "policy/problem_results.h"

#include <math.h>

#define N_TESTS 4
#define N_GROUPS 3

static const char *const problems[] = {
        "{}",
        "type: scoring",
        "problem_format_version: 2023-07\nuuid: 1\nname: a\n",
        "problem_format_version: 2023-07\nuuid: 1\nname: a\ntype: scoring\n",
};
static const char *const test_names[N_TESTS] = {"sample/1", "secret/1", "secret/2", "secret/3"};

static void check_group(const struct problem_group *group)
{
	for (size_t i = 0; i < json_length(group->validator_args); i++)
		FUZZ_ASSERT(json_string_of(json_at(group->validator_args, i)) != NULL);
	for (size_t i = 0; i < json_length(group->args); i++)
		FUZZ_ASSERT(json_string_of(json_at(group->args, i)) != NULL);
	for (size_t i = 0; i < json_length(group->require_pass); i++)
		FUZZ_ASSERT(json_string_of(json_at(group->require_pass, i)) != NULL);
	FUZZ_ASSERT(isfinite(group->compare.float_absolute) && isfinite(group->compare.float_relative));
	FUZZ_ASSERT(!isnan(group->score_max) && !isnan(group->score_min));
	FUZZ_ASSERT(isfinite(group->accept_score) && isfinite(group->reject_score));
}

static enum judgement judgement(struct fuzz_input *input)
{
	enum judgement one = (enum judgement)(fuzz_byte(input) % JUDGEMENT_MAX);

	return one == JUDGEMENT_CE || one == JUDGEMENT_SKIP ? JUDGEMENT_WA : one;
}

static double score(struct fuzz_input *input)
{
	uint8_t byte = fuzz_byte(input);

	return byte == 0 ? NAN : byte == 255 ? 1e308 : (double)byte / 4 - 8;
}

/* Puts the results in an order that the input chooses, and gives the grade of the whole. */
static struct problem_grade grade(struct problem_results *results, const uint8_t order[N_TESTS],
                                  const struct problem_test *tests, int *ret_rc)
{
	bool put[N_TESTS] = {false}, counted[N_TESTS];
	struct sbx_err err = {0};
	size_t decided = 0;

	problem_results_reset(results);
	for (size_t i = 0; i < N_TESTS; i++) {
		size_t test = order[i];
		for (size_t k = 0; k < N_TESTS; k++)
			counted[k] = problem_results_counts(results, k);
		if (counted[test])
			problem_results_put(results, test, tests[test].judgement, tests[test].score,
			                    tests[test].multiplier);
		put[test] = true;
		for (size_t k = 0; k < N_TESTS; k++)
			FUZZ_ASSERT(counted[k] || !problem_results_counts(results, k));
	}
	*ret_rc = problem_results_grade(results, &decided, &err);
	if (*ret_rc < 0) {
		fuzz_assert_error(&err);
		return (struct problem_grade){.judgement = JUDGEMENT_IE};
	}
	FUZZ_ASSERT(decided <= N_TESTS);
	FUZZ_ASSERT(judgement_is_good(results->grades[0].judgement) == (decided == N_TESTS));
	FUZZ_ASSERT(decided == N_TESTS || put[decided]);
	return results->grades[0];
}

/* Whatever the order in which tests end, the grade is one. */
static void check_results(const struct problem *problem, const struct problem_group *groups, struct fuzz_input *input)
{
	static const uint8_t orders[][N_TESTS] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}};
	struct problem_test tests[N_TESTS];
	struct problem_results results = {0};
	struct problem_grade first = {0};
	struct sbx_err err = {0};
	int rc = problem_results_init(&results, problem, groups, N_GROUPS, N_TESTS, &err), first_rc = 0;

	FUZZ_ASSERT(rc == 0);
	for (size_t i = 0; i < N_TESTS; i++) {
		tests[i] = (struct problem_test){test_names[i], judgement(input), score(input), score(input)};
		problem_results_name(&results, i, test_names[i]);
	}
	if (problem_results_begin(&results, &err) < 0) {
		fuzz_assert_error(&err);
		problem_results_finish(&results);
		return;
	}
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct problem_grade grade_now = grade(&results, orders[i], tests, &rc);
		if (i == 0) {
			first = grade_now;
			first_rc = rc;
		}
		FUZZ_ASSERT(rc == first_rc && grade_now.judgement == first.judgement);
		FUZZ_ASSERT(rc < 0 || grade_now.score == first.score || (isnan(first.score) && isnan(grade_now.score)));
	}
	problem_results_finish(&results);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	static const char *const names[N_GROUPS] = {"", "sample", "secret"};
	const char *yaml = problems[fuzz_byte(&input) % (sizeof(problems) / sizeof(problems[0]))];
	struct problem problem;
	struct problem_group groups[N_GROUPS], single;
	struct sbx_err err = {0};
	bool good = true;

	FUZZ_ASSERT(problem_parse(yaml, strlen(yaml), "problem.yaml", &problem, &err) == 0);
	for (size_t i = 0; i < N_GROUPS; i++) {
		FUZZ_CLEANUP char *text = i == 1 ? NULL : fuzz_part(&input);
		problem_group_init(&groups[i], &problem, i == 0 ? NULL : &groups[0], names[i]);
		groups[i].first_test = i == 2;
		groups[i].n_tests = i == 0 ? N_TESTS : i == 1 ? 1 : N_TESTS - 1;
		groups[i].n_groups = i == 0 ? N_GROUPS : 1;
		if (text != NULL &&
		    problem_group_parse(&groups[i], &problem, text, strlen(text), "group.yaml", &err) < 0) {
			fuzz_assert_error(&err);
			good = false;
		} else {
			check_group(&groups[i]);
		}
	}
	if (problem.format == PROBLEM_2023_07) {
		FUZZ_CLEANUP char *text = fuzz_part(&input);
		problem_single_init(&single, &groups[2], 2);
		if (problem_single_parse(&single, &problem, text, strlen(text), "2.yaml", &err) < 0)
			fuzz_assert_error(&err);
		else
			check_group(&single);
		problem_group_finish(&single);
	}
	if (good)
		check_results(&problem, groups, &input);
	for (size_t i = 0; i < N_GROUPS; i++)
		problem_group_finish(&groups[i]);
	problem_finish(&problem);
	return 0;
}
