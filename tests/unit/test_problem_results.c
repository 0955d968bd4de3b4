/* Results that come in any order: which tests count must be the same in each, and the grades that of their own order.
 */
#include "policy/problem_results.h"

#include "problem_tree.h"

#define ORDERS 200
#define GO_ON "on_reject: continue\n"

struct counting {
	const char *counts; /* a digit for each test: 1 counts */
	const char *cause;  /* the name of the test that decided, "" for none */
	struct sample sample;
};

static void init(struct problem_results *results, const struct tree *tree)
{
	struct sbx_err err = {0};

	assert_int_equal(
	        problem_results_init(results, &tree->problem, tree->groups, tree->n_groups, tree->n_tests, &err), 0);
	for (size_t i = 0; i < tree->n_tests; i++)
		problem_results_name(results, i, tree->tests[i].name);
	assert_int_equal(problem_results_begin(results, &err), 0);
}

/* Tests that no longer count are not run, or were under way: `late` tells theirs, too. */
static void put_all(struct problem_results *results, const struct tree *tree, bool late)
{
	size_t order[MANY];

	for (size_t i = 0; i < tree->n_tests; i++) {
		size_t k = (size_t)random() % (i + 1);
		order[i] = order[k];
		order[k] = i;
	}
	for (size_t i = 0; i < tree->n_tests; i++) {
		const struct problem_test *test = &tree->tests[order[i]];
		if (late || problem_results_counts(results, order[i]))
			problem_results_put(results, order[i], test->judgement, test->score, test->multiplier);
	}
}

static void check(const struct counting *counting)
{
	struct tree tree;

	tree_make(&tree, &counting->sample);
	for (int k = 0; k < ORDERS; k++) {
		struct problem_results results;
		struct sbx_err err = {0};
		char counts[MANY + 1] = "", grades[200] = "";
		size_t decided;
		init(&results, &tree);
		put_all(&results, &tree, k % 2 == 0);
		for (size_t i = 0; i < tree.n_tests; i++) {
			strcat(counts, problem_results_counts(&results, i) ? "1" : "0");
			if (counts[i] == '0')
				assert_int_equal(results.tests[i].judgement, JUDGEMENT_SKIP);
		}
		assert_string_equal(counts, counting->counts);
		assert_int_equal(problem_results_grade(&results, &decided, &err), 0);
		for (size_t i = 0; i < tree.n_groups; i++)
			sprintf(grades + strlen(grades), "%s%s", i == 0 ? "" : " ",
			        judgement_name(results.grades[i].judgement));
		assert_string_equal(grades, counting->sample.grades);
		assert_string_equal(decided < tree.n_tests ? tree.tests[decided].name : "", counting->cause);
		problem_results_finish(&results);
	}
	tree_finish(&tree);
}

/* The next submission's results are no different after those of one that failed everywhere. */
static void test_reset(void **state)
{
	static const struct sample sample = {PASS_FAIL, "sample{AC} secret{a{AC AC} b{AC}}", "", {{0}}};
	struct problem_results results;
	struct sbx_err err = {0};
	struct tree tree;
	size_t decided;

	(void)state;
	tree_make(&tree, &sample);
	init(&results, &tree);
	for (size_t i = 0; i < tree.n_tests; i++)
		problem_results_put(&results, i, JUDGEMENT_RE, NAN, NAN);
	assert_false(problem_results_counts(&results, 3));
	problem_results_reset(&results);
	assert_true(problem_results_counts(&results, 3));
	put_all(&results, &tree, false);
	assert_int_equal(problem_results_grade(&results, &decided, &err), 0);
	assert_int_equal(results.grades[0].judgement, JUDGEMENT_AC);
	problem_results_finish(&results);
	tree_finish(&tree);
}

#define CHECK_ALL(cases)                                                                                               \
	for (size_t i = 0; i < sizeof(cases) / sizeof((cases)[0]); i++)                                                \
	check(&(cases)[i])

static void test_legacy(void **state)
{
	static const struct counting cases[] = {
	        {"111", "", {PASS_FAIL, "sample{AC} secret{AC AC}", "AC AC AC", {{0}}}},
	        {"1110", "secret/2", {PASS_FAIL, "sample{AC} secret{AC WA TLE}", "WA AC WA", {{0}}}},
	        {"100", "sample/1", {PASS_FAIL, "sample{TLE} secret{RE AC}", "TLE TLE SKIP", {{0}}}},
	        {"11100", "secret/a/2", {PASS_FAIL, "sample{AC} secret{a{AC RE AC} b{AC}}", "RE AC RE RE SKIP", {{0}}}},
	        /* the group goes on, what is in it does not */
	        {"110111",
	         "secret/b/1",
	         {PASS_FAIL,
	          "sample{} secret{a{AC WA TLE} b{RE} c{AC AC}}",
	          "RE SKIP RE WA RE AC",
	          {{"secret", GO_ON}, {"secret/a", "on_reject: break"}, {"secret/b", "on_reject: break"}}}},
	        {"1111", "secret/3", {PASS_FAIL, "sample{AC} secret{AC WA RE}", "RE AC RE", {{"", GO_ON}}}},
	        {"1111",
	         "secret/2",
	         {PASS_FAIL, "sample{AC} secret{AC WA RE}", "WA AC WA", {{"", GO_ON "grader_flags: first_error"}}}},
	        /* a group that accepts all the same breaks nothing */
	        {"1011",
	         "",
	         {PASS_FAIL,
	          "secret{a{WA AC} b{AC AC}}",
	          "AC AC AC AC",
	          {{"secret/a", "grader_flags: always_accept"}}}},
	        {"10111",
	         "secret/b/2",
	         {PASS_FAIL,
	          "sample{WA RE} secret{a{AC} b{AC TLE}}",
	          "TLE WA TLE AC TLE",
	          {{"", "grader_flags: ignore_sample"}}}},
	        /* what a group accepts is not what decided */
	        {"1111",
	         "secret/1",
	         {PASS_FAIL,
	          "secret{a{WA AC} WA AC}",
	          "WA WA AC",
	          {{"", GO_ON}, {"secret/a", "grader_flags: accept_if_any_accepted"}}}},
	};

	(void)state;
	CHECK_ALL(cases);
}

static void test_2023_07(void **state)
{
	static const struct counting cases[] = {
	        {"1111", "secret/a/1", {V7, "sample{AC} secret{a{RE} WA AC}", "RE AC RE RE", {{0}}}},
	        {"1001100",
	         "secret/a/1",
	         {V7_SCORING,
	          "sample{} secret{a{WA} b{AC AC} c{RE AC} d{AC} e{AC}}",
	          "WA AC WA WA SKIP RE SKIP SKIP",
	          {{"secret/b", "scoring: {require_pass: secret/a}"},
	           {"secret/d", "scoring: {require_pass: [sample, secret/c]}"},
	           {"secret/e", "scoring: {require_pass: secret/d}"}}}},
	        /* a test of a group that had failed before */
	        {"1110",
	         "secret/a/1",
	         {V7_SCORING,
	          "sample{} secret{a{WA WA} b{AC} c{AC}}",
	          "WA AC WA WA AC SKIP",
	          {{"secret/c", "scoring: {require_pass: secret/a/2}"},
	           {"secret/b", "scoring: {require_pass: sample}"}}}},
	};

	(void)state;
	CHECK_ALL(cases);
}

/* A tree of legacy groups with settings, verdicts and shape by chance, at most MANY tests and groups. */
static void grow(struct tree *tree, size_t parent, unsigned depth)
{
	size_t index = tree->n_groups++;
	struct problem_group *group = &tree->groups[index];

	snprintf(tree->group_names[index], sizeof(tree->group_names[0]), "g%zu", index);
	problem_group_init(group, &tree->problem, index == 0 ? NULL : &tree->groups[parent], tree->group_names[index]);
	group->break_on_reject = random() % 3 > 0;
	group->verdict_mode = random() % PROBLEM_VERDICT_ALWAYS_ACCEPT;
	if (random() % 6 == 0)
		group->verdict_mode = PROBLEM_VERDICT_ALWAYS_ACCEPT;
	group->accept_if_any_accepted = random() % 4 == 0;
	group->first_test = tree->n_tests;
	for (int n = (int)(random() % 4) + 1; n > 0; n--) {
		if (depth < 3 && random() % 2 == 0 && tree->n_groups < MANY) {
			grow(tree, index, depth + 1);
		} else if (tree->n_tests < MANY) {
			static const enum judgement some[] = {JUDGEMENT_AC, JUDGEMENT_AC, JUDGEMENT_WA, JUDGEMENT_TLE};
			tree->tests[tree->n_tests++] = (struct problem_test){
			        .name = "t", .judgement = some[random() % 4], .score = NAN, .multiplier = NAN};
		}
	}
	group->n_tests = tree->n_tests - group->first_test;
	group->n_groups = tree->n_groups - index;
}

/* A failure of the judge's own shows in the whole if its test counts, and only then. */
static bool counts(struct tree *tree, size_t test)
{
	struct problem_grade grades[MANY];
	enum judgement judgement = tree->tests[test].judgement;

	tree->tests[test].judgement = JUDGEMENT_IE;
	problem_grade(&tree->problem, tree->groups, tree->n_groups, tree->tests, grades);
	tree->tests[test].judgement = judgement;
	return grades[0].judgement == JUDGEMENT_IE;
}

static void test_chance(void **state)
{
	(void)state;
	for (int k = 0; k < 3000; k++) {
		struct problem_grade grades[MANY];
		struct problem_results results;
		struct tree tree = {.problem = {.format = PROBLEM_LEGACY}};
		struct sbx_err err = {0};
		size_t decided;
		grow(&tree, 0, 0);
		problem_grade(&tree.problem, tree.groups, tree.n_groups, tree.tests, grades);
		init(&results, &tree);
		put_all(&results, &tree, random() % 2 == 0);
		for (size_t i = 0; i < tree.n_tests; i++)
			assert_int_equal(problem_results_counts(&results, i), counts(&tree, i));
		if (tree.n_tests > 0)
			assert_int_equal(problem_results_grade(&results, &decided, &err), 0);
		for (size_t i = 0; tree.n_tests > 0 && i < tree.n_groups; i++)
			assert_int_equal(results.grades[i].judgement, grades[i].judgement);
		problem_results_finish(&results);
	}
}

/* A sample whose tests have all ended but are not graded. */
static void ended(const struct sample *sample, struct tree *tree, struct problem_results *results)
{
	tree_make(tree, sample);
	init(results, tree);
	put_all(results, tree, false);
}

/* Whatever a caller skips is as if it had not been there. */
static void test_skip(void **state)
{
	static const struct sample sample = {PASS_FAIL, "sample{AC} secret{WA AC RE}", "", {{"", GO_ON}}};
	struct problem_results results;
	struct sbx_err err = {0};
	struct tree tree;
	size_t decided;

	(void)state;
	ended(&sample, &tree, &results);
	problem_results_skip(&results, 2);
	problem_results_skip(&results, 3);
	assert_int_equal(problem_results_grade(&results, &decided, &err), 0);
	assert_int_equal(results.grades[0].judgement, JUDGEMENT_WA);
	assert_int_equal(decided, 1);
	problem_results_finish(&results);
	tree_finish(&tree);
}

/* Of a rule that was broken no test is to blame. */
static void test_broken_rule(void **state)
{
	static const struct sample sample = {
	        V7_SCORING, "secret{a{AC} b{AC AC*2}}", "", {{"secret/b", "scoring: {aggregation: sum}"}}};
	struct problem_results results;
	struct sbx_err err = {0};
	struct tree tree;
	size_t decided;

	(void)state;
	ended(&sample, &tree, &results);
	assert_true(problem_results_grade(&results, &decided, &err) < 0);
	assert_non_null(strstr(err.msg, "data/secret/b: its settings, or the scores"));
	assert_int_equal(decided, 3);
	problem_results_finish(&results);
	tree_finish(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_legacy),      cmocka_unit_test(test_2023_07),
	                                   cmocka_unit_test(test_chance),      cmocka_unit_test(test_skip),
	                                   cmocka_unit_test(test_broken_rule), cmocka_unit_test(test_reset)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
