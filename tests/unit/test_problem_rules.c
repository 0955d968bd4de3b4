/* submissions.yaml: patterns, what is read, and results against it. */
#include "policy/problem_glob.h"
#include "policy/problem_rules.h"
#include "problem_tree.h"

static void test_patterns(void **state)
{
	static const struct {
		const char *glob, *path;
		bool self, parent;
	} cases[] = {
	        {"accepted", "accepted/a.c", false, true},
	        {"accepted", "accepted2/a.c", false, false},
	        {"accepted", "accepted", true, true},
	        {"accepted/*", "accepted/a.c", true, true},
	        {"accepted/*", "accepted/a/b", false, true},
	        {"*", "accepted/a.c", false, true},
	        {"*/*.c", "accepted/a.c", true, true},
	        {"*/*.c", "accepted/a.cc", false, false},
	        {"a*b*c", "aXbbYc", true, true},
	        {"a*b*c", "aXb/c", false, false},
	        {"*-easy", "secret-easy", true, true},
	        {"s*/*-easy", "secret/01-easy", true, true},
	        {"s*/*-easy", "secret/01-hard", false, false},
	        {"x*", "secret/x", false, false},
	        {"{a,b}.{c,py}", "b.py", true, true},
	        {"{a,b}.{c,py}", "b.p", false, false},
	        {"{a/{b,c},d}/*", "a/c/x", true, true},
	        {"{a/{b,c},d}/*", "d/x/y", false, true},
	        {"{a,}b", "b", true, true},
	        {"a/", "a/b", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_null(problem_glob_check(cases[i].glob));
		if (problem_glob_matches(cases[i].glob, cases[i].path, false) != cases[i].self ||
		    problem_glob_matches(cases[i].glob, cases[i].path, true) != cases[i].parent)
			fail_msg("%s on %s", cases[i].glob, cases[i].path);
	}
}

static void test_wrong_patterns(void **state)
{
	static const char *const wrong[] = {
	        "",   "a/**",   "[ab]",
	        "a?", "{a",     "a}",
	        "}{", "{a,{b}", "{0,1,2,3,4,5,6,7,8,9}{0,1,2,3,4,5,6,7,8,9}{0,1,2,3,4,5,6,7,8,9}{0,1}"};
	char stars[PROBLEM_GLOB_MAX + 2], path[3000];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_non_null(problem_glob_check(wrong[i]));
	assert_null(problem_glob_check("{0,1,2,3,4,5,6,7,8,9}{0,1,2,3,4,5,6,7,8,9}{0,1,2,3,4,5,6,7,8,9}"));
	/* what would take for ever, if each star was tried with each other */
	for (size_t i = 0; i < PROBLEM_GLOB_MAX; i++)
		stars[i] = i % 2 == 0 ? '*' : 'a';
	stars[PROBLEM_GLOB_MAX] = '\0';
	stars[PROBLEM_GLOB_MAX - 1] = 'b';
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_null(problem_glob_check(stars));
	assert_false(problem_glob_matches(stars, path, true));
	memset(stars, 'a', sizeof(stars) - 1);
	stars[sizeof(stars) - 1] = '\0';
	assert_non_null(problem_glob_check(stars));
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *problem, *text, *message;
	} cases[] = {
	        {V7, "[]", "s:1:1: not a map"},
	        {V7, "a: 3", "s:1:1: \"a\" has to be a map"},
	        {V7, "a?: {}", "s:1:1: a pattern can have"},
	        {V7, "a: {permitted: AC}", "s:1:5: \"permitted\" has to be a list of some of AC, WA, TLE and RTE"},
	        {V7, "a: {permitted: []}", "s:1:5: \"permitted\" has to be a list of some of"},
	        {V7, "a: {required: [AC, MLE]}", "s:1:20: not one of AC, WA, TLE and RTE"},
	        {V7, "a: {requires: 3}", "s:1:5: \"requires\": neither a key nor a map for tests of this name"},
	        {V7, "a: {secret: {language: c}}", "s:1:14: no such key: \"language\""},
	        {V7, "a: {secret: {requires: [AC]}}", "s:1:14: no such key: \"requires\""},
	        {V7, "a: {'{': {}}", "s:1:5: the braces of the pattern do not match"},
	        {V7, "a: {score: 3}", "s:1:5: \"score\" is for scoring problems only"},
	        {V7_SCORING, "a: {score: [3]}", "s:1:5: \"score\" has to be a number, or a list of two"},
	        {V7_SCORING, "a: {score: [3, 2]}", "s:1:5: \"score\" has to be a number, or a list of two"},
	        {V7_SCORING, "a: {secret: {score: x}}", "s:1:14: \"score\" has to be a number"},
	        {V7, "a: {message: x}", "s:1:5: the default validator has no messages"},
	        {V7, "a: {message: 3}", "s:1:5: \"message\" has to be a string"},
	        {V7, "a: {entrypoint: main}", "s:1:5: an entry point is not supported yet"},
	        {V7, "a: {language: 3}", "s:1:5: \"language\" has to be a string"},
	        {V7, "a: {model_solution: 3}", "s:1:5: \"model_solution\" has to be true or false"},
	        {V7, "a: {use_for_time_limit: 3}",
	         "s:1:5: \"use_for_time_limit\" has to be true, false, lower or upper"},
	        {V7, "a: {permitted: [TLE], use_for_time_limit: lower}", "s:1:23: nothing is left that it can get"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sbx_err err = {0};
		struct problem problem;
		struct problem_rules rules;
		assert_int_equal(problem_parse(cases[i].problem, strlen(cases[i].problem), "p", &problem, &err), 0);
		if (problem_rules_parse(&rules, &problem, cases[i].text, strlen(cases[i].text), "s", &err) >= 0)
			fail_msg("%s: taken", cases[i].text);
		if (strncmp(err.msg, cases[i].message, strlen(cases[i].message)) != 0)
			fail_msg("%s: got \"%s\", wanted \"%s\"", cases[i].text, err.msg, cases[i].message);
		problem_rules_finish(&rules);
		problem_finish(&problem);
	}
}

/* Of the submission `name`, with these results: NULL in `broken` where no rule is. */
static void check(const char *problem, const char *yaml, const char *name, const char *results, const char *broken)
{
	const struct sample sample = {problem, results, "", {{0}}};
	const bool has_message[MANY] = {false};
	struct problem_results graded;
	struct problem_rules rules;
	struct sbx_err err = {0};
	struct tree tree;
	char what[300];
	size_t decided;

	tree_make(&tree, &sample);
	assert_int_equal(problem_rules_parse(&rules, &tree.problem, yaml, strlen(yaml), "s", &err), 0);
	assert_int_equal(problem_results_init(&graded, &tree.problem, tree.groups, tree.n_groups, tree.n_tests, &err),
	                 0);
	for (size_t i = 0; i < tree.n_tests; i++)
		problem_results_name(&graded, i, tree.tests[i].name);
	assert_int_equal(problem_results_begin(&graded, &err), 0);
	for (size_t i = 0; i < tree.n_tests; i++)
		if (tree.tests[i].judgement != JUDGEMENT_SKIP)
			problem_results_put(&graded, i, tree.tests[i].judgement, tree.tests[i].score,
			                    tree.tests[i].multiplier);
	assert_int_equal(problem_results_grade(&graded, &decided, &err), 0);
	if (problem_rules_check(&rules, name, &graded, has_message, what, sizeof(what)) != (broken == NULL))
		fail_msg("%s, %s, %s: %s", yaml, name, results, broken == NULL ? what : "taken");
	if (broken != NULL && strcmp(what, broken) != 0)
		fail_msg("%s, %s, %s: got \"%s\", wanted \"%s\"", yaml, name, results, what, broken);
	problem_results_finish(&graded);
	problem_rules_finish(&rules);
	tree_finish(&tree);
}

static void test_tests(void **state)
{
	(void)state;
	/* the format's own, and what replaces them */
	check(V7, "", "accepted/a", "secret{AC AC}", NULL);
	check(V7, "", "accepted/a", "secret{AC WA}", "rule of accepted: secret/2 got WA, permitted is AC");
	check(V7, "", "wrong_answer/a", "secret{AC PE}", NULL);
	check(V7, "", "wrong_answer/a", "secret{AC AC}", "rule of wrong_answer: no test got WA");
	check(V7, "", "wrong_answer/a", "secret{WA TLE}",
	      "rule of wrong_answer: secret/2 got TLE, permitted is AC, WA");
	check(V7, "", "run_time_error/a", "secret{AC MLE OLE SV RE}", NULL);
	check(V7, "", "rejected/a", "secret{AC TLE WA}", NULL);
	check(V7, "", "rejected/a", "secret{AC}", "rule of rejected: no test got WA, TLE, RTE");
	check(V7, "", "brute_force/a", "secret{AC TLE}", NULL);
	check(V7, "time_limit_exceeded: {permitted: [AC, WA, TLE]}", "time_limit_exceeded/a", "secret{WA TLE}", NULL);
	check(V7, "time_limit_exceeded: {permitted: [AC, WA, TLE]}", "time_limit_exceeded/a", "secret{WA}",
	      "rule of time_limit_exceeded: no test got TLE");
	/* those that come beside them */
	check(V7, "accepted/*: {required: [TLE]}", "accepted/a", "secret{AC}", "rule of accepted/*: no test got TLE");
	check(V7, "'*/a': {secret/x: {permitted: [AC]}, secret/y: {required: [RTE]}}", "mine/a",
	      "secret{x{AC} y{AC RE}}", NULL);
	check(V7, "'*/a': {secret/x: {permitted: [AC]}, secret/y: {required: [RTE]}}", "mine/b", "secret{x{WA} y{AC}}",
	      NULL);
	check(V7, "'*/a': {secret/x: {permitted: [AC]}}", "mine/a", "secret{x{AC WA} y{AC}}",
	      "rule of */a on secret/x: secret/x/2 got WA, permitted is AC");
	check(V7, "'*/a': {secret/*/1: {required: [WA]}}", "mine/a", "secret{x{AC WA}}",
	      "rule of */a on secret/*/1: no test got WA");
	check(V7, "mine: {use_for_time_limit: lower}", "mine/a", "secret{TLE}",
	      "rule of mine: secret/1 got TLE, permitted is AC, WA, RTE");
	check(V7, "mine: {use_for_time_limit: upper}", "mine/a", "secret{RE}", "rule of mine: no test got TLE");
	/* not run: not accepted, and nothing else */
	check(V7, "mine: {permitted: [AC]}", "mine/a", "secret{AC SKIP}",
	      "rule of mine: secret/2 got SKIP, permitted is AC");
	check(V7, "mine: {permitted: [AC, WA]}", "mine/a", "secret{WA SKIP}", NULL);
	check(V7, "mine: {required: [WA]}", "mine/a", "secret{SKIP}", "rule of mine: no test got WA");
}

static void test_scores(void **state)
{
	(void)state;
	check(V7_SCORING, "mine: {score: 50}", "mine/a", "secret{AC WA}", NULL);
	check(V7_SCORING, "mine: {score: [20, 50]}", "mine/a", "secret{AC WA}", NULL);
	check(V7_SCORING, "mine: {score: 51}", "mine/a", "secret{AC WA}", "rule of mine: the score is 50, not 51");
	check(V7_SCORING, "mine: {secret/x: {score: [1, 2]}}", "mine/a", "secret{x{AC} y{WA}}",
	      "rule of mine on secret/x: secret/x: the score is 50, not from 1 to 2");
	check(V7_SCORING, "mine: {secret/*: {score: [0, 50]}}", "mine/a", "secret{x{AC} y{WA}}", NULL);
	/* whose tests it matches is not enough */
	check(V7_SCORING, "mine: {secret: {score: 50}}", "mine/a", "secret{x{AC} y{WA}}", NULL);
}

static void test_expected(void **state)
{
	static const char yaml[] = "mine: {required: [WA], language: cpp}\nmine/*.py: {language: python3}\n"
	                           "half: {secret/x: {required: [TLE]}}\nhalf/a: {permitted: [AC, RTE]}";
	struct problem_rules rules;
	struct problem problem;
	struct sbx_err err = {0};

	(void)state;
	assert_int_equal(problem_parse(V7, strlen(V7), "p", &problem, &err), 0);
	assert_int_equal(problem_rules_parse(&rules, &problem, yaml, strlen(yaml), "s", &err), 0);
	assert_int_equal(problem_rules_expected(&rules, "accepted/a"), PROBLEM_EXPECT_AC);
	assert_int_equal(problem_rules_expected(&rules, "wrong_answer/a"), PROBLEM_EXPECT_WA);
	assert_int_equal(problem_rules_expected(&rules, "mine/a"), PROBLEM_EXPECT_ALL & ~PROBLEM_EXPECT_AC);
	assert_int_equal(problem_rules_expected(&rules, "half/a"), PROBLEM_EXPECT_RTE);
	assert_string_equal(problem_rules_language(&rules, "mine/a"), "cpp");
	assert_string_equal(problem_rules_language(&rules, "mine/a.py"), "python3");
	assert_null(problem_rules_language(&rules, "half/a"));
	problem_rules_finish(&rules);
	problem_finish(&problem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_patterns), cmocka_unit_test(test_wrong_patterns), cmocka_unit_test(test_mistakes),
	        cmocka_unit_test(test_tests),    cmocka_unit_test(test_scores),         cmocka_unit_test(test_expected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
