/* Grading: a tree of groups with a verdict for each test, and the verdict and score that each group gets of it. */
#include "policy/problem_group.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MANY 20
#define PASS_FAIL "{}"
#define SCORING "type: scoring"
#define V7 "problem_format_version: 2023-07\nuuid: 1\nname: a\n"
#define V7_SCORING V7 "type: scoring"

/* A group's file. */
struct setting {
	const char *name, *yaml;
};

struct sample {
	const char *problem;
	const char *tree;   /* "sample{AC} secret{WA=2 AC*0.5 a{AC}}": tests with score and multiplier, and groups */
	const char *grades; /* of all groups in order, the whole first; the score where the problem has one */
	struct setting settings[4];
	bool first_error; /* as problem_grade_is_first_error() says */
};

struct tree {
	const struct sample *sample;
	struct problem problem;
	struct problem_group groups[MANY];
	struct problem_test tests[MANY];
	char group_names[MANY][40], test_names[MANY][50];
	size_t n_groups, n_tests;
};

static void read_test(struct tree *tree, const char *group, size_t number, const char *at, size_t len)
{
	struct problem_test *test = &tree->tests[tree->n_tests];
	char *name = tree->test_names[tree->n_tests++], what = at[len];

	snprintf(name, sizeof(tree->test_names[0]), "%s/%zu", group, number);
	*test = (struct problem_test){.name = name, .judgement = JUDGEMENT_MAX, .score = NAN, .multiplier = NAN};
	for (int i = 0; i < JUDGEMENT_MAX; i++)
		if (strlen(judgement_name(i)) == len && strncmp(judgement_name(i), at, len) == 0)
			test->judgement = i;
	assert_int_not_equal(test->judgement, JUDGEMENT_MAX);
	if (what == '=')
		test->score = strtod(at + len + 1, NULL);
	else if (what == '*')
		test->multiplier = strtod(at + len + 1, NULL);
}

/* Up to the brace that closes it, or the end. */
static const char *read_group(struct tree *tree, const struct problem_group *parent, const char *name, const char *at)
{
	struct problem_group *group = &tree->groups[tree->n_groups++];
	size_t first_group = tree->n_groups - 1;
	struct sbx_err err = {0};

	problem_group_init(group, &tree->problem, parent, name);
	group->first_test = tree->n_tests;
	for (const struct setting *setting = tree->sample->settings; setting->name != NULL; setting++)
		if (strcmp(setting->name, name) == 0 &&
		    problem_group_parse(group, &tree->problem, setting->yaml, strlen(setting->yaml), name, &err) < 0)
			fail_msg("%s", err.msg);
	for (size_t number = 1; *at != '\0' && *at != '}';) {
		size_t len = strcspn(at, " {}=*");
		if (*at == ' ') {
			at++;
		} else if (at[len] == '{') {
			char *inner = tree->group_names[tree->n_groups];
			snprintf(inner, sizeof(tree->group_names[0]), "%.20s%s%.*s", name, *name == '\0' ? "" : "/",
			         (int)len, at);
			at = read_group(tree, group, inner, at + len + 1);
		} else {
			read_test(tree, name, number++, at, len);
			at += strcspn(at, " }");
		}
	}
	group->n_tests = tree->n_tests - group->first_test;
	group->n_groups = tree->n_groups - first_group;
	return *at == '}' ? at + 1 : at;
}

static void check(const struct sample *sample)
{
	struct problem_grade grades[MANY];
	struct tree tree = {.sample = sample};
	struct sbx_err err = {0};
	char got[200] = "";

	assert_int_equal(problem_parse(sample->problem, strlen(sample->problem), "p", &tree.problem, &err), 0);
	read_group(&tree, NULL, "", sample->tree);
	problem_grade(&tree.problem, tree.groups, tree.n_groups, tree.tests, grades);
	for (size_t i = 0; i < tree.n_groups; i++) {
		char *end = got + strlen(got);
		end += sprintf(end, "%s%s", i == 0 ? "" : " ", judgement_name(grades[i].judgement));
		if (tree.problem.is_scoring)
			sprintf(end, ":%g", grades[i].score);
		else
			assert_true(grades[i].score == 0);
	}
	if (strcmp(got, sample->grades) != 0)
		fail_msg("%s: got \"%s\", wanted \"%s\"", sample->tree, got, sample->grades);
	assert_int_equal(problem_grade_is_first_error(&tree.problem, tree.groups, tree.n_groups), sample->first_error);
	for (size_t i = 0; i < tree.n_groups; i++)
		problem_group_finish(&tree.groups[i]);
	problem_finish(&tree.problem);
}

#define CHECK_ALL(samples)                                                                                             \
	for (size_t i = 0; i < sizeof(samples) / sizeof((samples)[0]); i++)                                            \
	check(&(samples)[i])

static void test_pass_fail(void **state)
{
	static const struct sample samples[] = {
	        {PASS_FAIL, "sample{AC} secret{AC AC}", "AC AC AC", {{0}}, true},
	        {PASS_FAIL, "secret{AC OK}", "AC AC", {{0}}, true},
	        {PASS_FAIL, "sample{AC} secret{AC WA TLE}", "WA AC WA", {{0}}, true},
	        {PASS_FAIL, "sample{TLE} secret{RE}", "TLE TLE SKIP", {{0}}, true},
	        {PASS_FAIL, "sample{} secret{AC a{AC} b{WA SKIP} c{SKIP}}", "WA SKIP WA AC WA SKIP", {{0}}, true},
	        {PASS_FAIL, "secret{a{AC} WA b{RE}}", "WA WA AC SKIP", {{0}}, true},
	        {PASS_FAIL, "secret{AC IE AC}", "IE IE", {{0}}, true},
	        {V7, "sample{AC} secret{a{AC} AC}", "AC AC AC AC", {{0}}, true},
	        {V7, "sample{AC} secret{AC WA a{TLE}}", "WA AC WA TLE", {{0}}, true},
	        {V7, "sample{RE} secret{WA}", "RE RE WA", {{0}}, true},
	        {V7, "secret{WA SKIP a{SKIP}}", "WA WA SKIP", {{0}}, true},
	        {V7, "sample{} secret{AC}", "AC AC AC", {{0}}, true},
	        {V7, "sample{WA} secret{IE}", "IE WA IE", {{0}}, true},
	};

	(void)state;
	CHECK_ALL(samples);
}

static void test_default_grader(void **state)
{
#define GO_ON "on_reject: continue\n"
	static const struct sample samples[] = {
	        {PASS_FAIL, "secret{WA TLE RE OLE MLE}", "RE RE", {{"", GO_ON}}, false},
	        {PASS_FAIL, "secret{PE WA OLE TLE}", "TLE TLE", {{"", GO_ON}}, false},
	        {PASS_FAIL, "secret{RE SV MLE}", "SV SV", {{"", GO_ON}}, false},
	        {PASS_FAIL, "secret{WA TLE}", "WA WA", {{"", GO_ON "grader_flags: first_error"}}, true},
	        {PASS_FAIL, "secret{WA AC}", "AC AC", {{"", GO_ON "grader_flags: accept_if_any_accepted"}}, false},
	        {PASS_FAIL, "secret{WA TLE}", "TLE TLE", {{"", GO_ON "grader_flags: accept_if_any_accepted"}}, false},
	        {PASS_FAIL, "secret{WA}", "AC AC", {{"", "grader_flags: always_accept"}}, false},
	        {PASS_FAIL, "secret{IE AC}", "IE IE", {{"", "grader_flags: always_accept"}}, false},
	        {PASS_FAIL, "secret{AC}", "IE IE", {{"secret", "grading: custom"}}, false},
	        {PASS_FAIL, "sample{WA} secret{AC}", "AC WA AC", {{"", "grader_flags: ignore_sample"}}, false},
	        {SCORING, "sample{AC} secret{AC AC}", "AC:3 AC:1 AC:2", {{0}}, true},
	        {SCORING, "secret{AC WA AC}", "WA:1 WA:1", {{0}}, true},
	        {SCORING, "secret{AC WA AC}", "WA:2 WA:2", {{"", GO_ON}}, false},
	        {SCORING, "secret{AC=5 WA=1}", "WA:6 WA:6", {{"", GO_ON}}, false},
	        {SCORING, "secret{AC WA}", "WA:8 WA:8", {{"", GO_ON "accept_score: 10\nreject_score: -2"}}, false},
	        {SCORING, "secret{AC=3 AC=5 AC=1}", "AC:1 AC:1", {{"", "grader_flags: min"}}, true},
	        {SCORING, "secret{AC=3 AC=5 AC=1}", "AC:5 AC:5", {{"", "grader_flags: max"}}, true},
	        {SCORING, "secret{AC=3 AC=5 AC=1}", "AC:3 AC:3", {{"", "grader_flags: avg"}}, true},
	        {SCORING, "secret{AC=-3 AC=-5}", "AC:-3 AC:-3", {{"", "grader_flags: max"}}, true},
	        {SCORING,
	         "sample{AC} secret{a{AC AC} b{AC WA} c{AC}}",
	         "AC:60 AC:20 AC:60 AC:20 WA:20 AC:20",
	         {{"", GO_ON "accept_score: 20\ngrader_flags: ignore_sample always_accept min"},
	          {"secret", "grader_flags: always_accept"},
	          {"secret/a", "grader_flags: min"},
	          {"secret/b", "grader_flags: max"}},
	         false},
	        {SCORING, "secret{AC=101}", "IE:101 IE:101", {{"", "range: 0 100"}}, true},
	        {SCORING, "secret{AC=100}", "AC:100 AC:100", {{"", "range: 0 100"}}, true},
	        {SCORING, "secret{WA}", "WA:0 WA:0", {{"", "range: 1 100"}}, true},
	        {SCORING, "sample{} secret{AC a{}}", "AC:1 SKIP:0 AC:1 SKIP:0", {{"", "grader_flags: min"}}, true},
	};

	(void)state;
	CHECK_ALL(samples);
}

static void test_2023_07_scores(void **state)
{
	static const struct sample samples[] = {
	        {V7_SCORING, "sample{AC} secret{AC AC}", "AC:100 AC:0 AC:100", {{0}}, false},
	        {V7_SCORING, "sample{WA} secret{AC WA AC RE}", "WA:50 WA:0 WA:50", {{0}}, false},
	        {V7_SCORING, "secret{AC=30 AC*0.5 AC WA}", "WA:67.5 WA:67.5", {{0}}, false},
	        {V7_SCORING, "secret{AC AC AC}", "AC:100 AC:100", {{0}}, false},
	        {V7_SCORING, "secret{a{AC AC} b{AC WA}}", "WA:50 WA:50 AC:50 WA:0", {{0}}, false},
	        {V7_SCORING,
	         "secret{a{AC} b{AC} AC}",
	         "AC:100 AC:100 AC:40 AC:30",
	         {{"secret/a", "scoring: {score: 40}"}},
	         false},
	        {V7_SCORING,
	         "secret{a{AC WA} b{AC*0.5 WA}}",
	         "WA:25 WA:25 WA:20 WA:5",
	         {{"secret", "scoring: {score: 60}"},
	          {"secret/a", "scoring: {score: 40, aggregation: sum}"},
	          {"secret/b", "scoring: {aggregation: sum, score: 20}"}},
	         false},
	        {V7_SCORING, "secret{AC=7 AC}", "AC:7 AC:7", {{"secret", "scoring: {aggregation: min}"}}, false},
	        {V7_SCORING, "secret{AC WA}", "WA:0 WA:0", {{"secret", "scoring: {aggregation: min}"}}, false},
	        {V7_SCORING,
	         "secret{AC AC}",
	         "AC:9 AC:9",
	         {{"secret", "scoring: {aggregation: pass-fail, score: 9}"}},
	         false},
	        {V7_SCORING,
	         "secret{AC=7 AC=993}",
	         "AC:1000 AC:1000",
	         {{"secret", "scoring: {score: unbounded}"}},
	         false},
	        {V7_SCORING,
	         "sample{AC} secret{AC a{}}",
	         "AC:50 AC:0 AC:50 AC:0",
	         {{"secret/a", "scoring: {aggregation: sum}"}},
	         false},
	        /* what is required */
	        {V7_SCORING,
	         "sample{WA} secret{a{AC} b{AC}}",
	         "WA:50 WA:0 SKIP:50 AC:50 SKIP:0",
	         {{"secret/b", "scoring: {require_pass: [secret/a, sample]}"}},
	         false},
	        {V7_SCORING,
	         "secret{a{AC AC} b{AC} c{AC}}",
	         "AC:100 AC:100 AC:33.3333 AC:33.3333 AC:33.3333",
	         {{"secret/b", "scoring: {require_pass: secret/a/2}"},
	          {"secret/c", "scoring: {require_pass: secret/b}"}},
	         false},
	        {V7_SCORING,
	         "secret{a{AC WA} b{AC} c{AC}}",
	         "WA:0 WA:0 WA:0 SKIP:0 SKIP:0",
	         {{"secret/b", "scoring: {require_pass: secret/a/2}"},
	          {"secret/c", "scoring: {require_pass: secret/b}"}},
	         false},
	};

	(void)state;
	CHECK_ALL(samples);
}

/* What a package or its validator does wrong is no submission's fault. */
static void test_2023_07_rules(void **state)
{
#define UNBOUNDED                                                                                                      \
	{                                                                                                              \
		"secret", "scoring: {score: unbounded}"                                                                \
	}
	static const struct sample samples[] = {
	        {V7_SCORING, "secret{AC=101}", "IE:0 IE:0", {{0}}, false},
	        {V7_SCORING, "secret{AC=-1}", "IE:0 IE:0", {{0}}, false},
	        {V7_SCORING, "secret{AC*1.5}", "IE:0 IE:0", {{0}}, false},
	        {V7_SCORING, "secret{WA=1}", "IE:0 IE:0", {{0}}, false},
	        {V7_SCORING, "secret{WA*0}", "IE:0 IE:0", {{0}}, false},
	        {V7_SCORING, "secret{a{AC=1}}", "IE:0 IE:0 IE:0", {{0}}, false},
	        {V7_SCORING, "sample{AC=1} secret{AC}", "IE:0 IE:0 AC:100", {{0}}, false},
	        {V7_SCORING, "secret{AC}", "IE:0 IE:0", {UNBOUNDED}, false},
	        {V7_SCORING, "secret{AC*1}", "IE:0 IE:0", {UNBOUNDED}, false},
	        {V7_SCORING, "secret{a{AC}}", "IE:0 IE:0 IE:0", {UNBOUNDED}, false},
	        {V7_SCORING,
	         "secret{a{AC}}",
	         "AC:5 AC:5 AC:5",
	         {UNBOUNDED, {"secret/a", "scoring: {score: 5}"}},
	         false},
	        {V7_SCORING,
	         "secret{a{AC=1}}",
	         "IE:0 IE:0 SKIP:0",
	         {{"secret/a", "scoring: {score: unbounded, aggregation: sum}"}},
	         false},
	        {V7_SCORING,
	         "secret{a{AC} b{AC}}",
	         "IE:0 IE:0 SKIP:0 SKIP:0",
	         {{"secret/a", "scoring: {score: 70}"}, {"secret/b", "scoring: {score: 31}"}},
	         false},
	        {V7_SCORING,
	         "secret{a{b{AC}}}",
	         "IE:0 IE:0 IE:0 AC:0",
	         {{"secret/a/b", "scoring: {aggregation: sum}"}},
	         false},
	        {V7_SCORING,
	         "secret{a{AC}}",
	         "IE:0 IE:0 IE:0",
	         {{"secret/a", "scoring: {require_pass: secret/b}"}},
	         false},
	        {V7_SCORING,
	         "secret{a{AC} b{AC}}",
	         "IE:0 IE:0 IE:0 AC:50",
	         {{"secret/a", "scoring: {require_pass: secret/b}"}},
	         false},
	        {V7_SCORING,
	         "secret{a{AC}}",
	         "IE:0 IE:0 IE:0",
	         {{"secret/a", "scoring: {require_pass: secret}"}},
	         false},
	};

	(void)state;
	CHECK_ALL(samples);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_pass_fail),
	        cmocka_unit_test(test_default_grader),
	        cmocka_unit_test(test_2023_07_scores),
	        cmocka_unit_test(test_2023_07_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
