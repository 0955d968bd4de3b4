/* Grading: a tree of groups with a verdict for each test, and the verdict and score that each group gets of it. */
#include "problem_tree.h"

static void check(const struct sample *sample)
{
	struct problem_grade grades[MANY];
	struct tree tree;
	char got[200] = "";

	tree_make(&tree, sample);
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
	tree_finish(&tree);
}

#define CHECK_ALL(samples)                                                                                             \
	for (size_t i = 0; i < sizeof(samples) / sizeof((samples)[0]); i++)                                            \
	check(&(samples)[i])

static void test_pass_fail(void **state)
{
	static const struct sample samples[] = {
	        {PASS_FAIL, "sample{AC} secret{AC AC}", "AC AC AC", {{0}}},
	        {PASS_FAIL, "secret{AC OK}", "AC AC", {{0}}},
	        {PASS_FAIL, "sample{AC} secret{AC WA TLE}", "WA AC WA", {{0}}},
	        {PASS_FAIL, "sample{TLE} secret{RE}", "TLE TLE SKIP", {{0}}},
	        {PASS_FAIL, "sample{} secret{AC a{AC} b{WA SKIP} c{SKIP}}", "WA SKIP WA AC WA SKIP", {{0}}},
	        {PASS_FAIL, "secret{a{AC} WA b{RE}}", "WA WA AC SKIP", {{0}}},
	        {PASS_FAIL, "secret{AC IE AC}", "IE IE", {{0}}},
	        {V7, "sample{AC} secret{a{AC} AC}", "AC AC AC AC", {{0}}},
	        {V7, "sample{AC} secret{AC WA a{TLE}}", "WA AC WA TLE", {{0}}},
	        {V7, "sample{RE} secret{WA}", "RE RE WA", {{0}}},
	        {V7, "secret{WA SKIP a{SKIP}}", "WA WA SKIP", {{0}}},
	        {V7, "sample{} secret{AC}", "AC AC AC", {{0}}},
	        {V7, "sample{WA} secret{IE}", "IE WA IE", {{0}}},
	};

	(void)state;
	CHECK_ALL(samples);
}

static void test_default_grader(void **state)
{
#define GO_ON "on_reject: continue\n"
	static const struct sample samples[] = {
	        {PASS_FAIL, "secret{WA TLE RE OLE MLE}", "RE RE", {{"", GO_ON}}},
	        {PASS_FAIL, "secret{PE WA OLE TLE}", "TLE TLE", {{"", GO_ON}}},
	        {PASS_FAIL, "secret{RE SV MLE}", "SV SV", {{"", GO_ON}}},
	        {PASS_FAIL, "secret{WA TLE}", "WA WA", {{"", GO_ON "grader_flags: first_error"}}},
	        {PASS_FAIL, "secret{WA AC}", "AC AC", {{"", GO_ON "grader_flags: accept_if_any_accepted"}}},
	        {PASS_FAIL, "secret{WA TLE}", "TLE TLE", {{"", GO_ON "grader_flags: accept_if_any_accepted"}}},
	        {PASS_FAIL, "secret{WA}", "AC AC", {{"", "grader_flags: always_accept"}}},
	        {PASS_FAIL, "secret{IE AC}", "IE IE", {{"", "grader_flags: always_accept"}}},
	        {PASS_FAIL, "secret{AC}", "IE IE", {{"secret", "grading: custom"}}},
	        {PASS_FAIL, "sample{WA} secret{AC}", "AC WA AC", {{"", "grader_flags: ignore_sample"}}},
	        {SCORING, "sample{AC} secret{AC AC}", "AC:3 AC:1 AC:2", {{0}}},
	        {SCORING, "secret{AC WA AC}", "WA:1 WA:1", {{0}}},
	        {SCORING, "secret{AC WA AC}", "WA:2 WA:2", {{"", GO_ON}}},
	        {SCORING, "secret{AC=5 WA=1}", "WA:6 WA:6", {{"", GO_ON}}},
	        {SCORING, "secret{AC WA}", "WA:8 WA:8", {{"", GO_ON "accept_score: 10\nreject_score: -2"}}},
	        {SCORING, "secret{AC=3 AC=5 AC=1}", "AC:1 AC:1", {{"", "grader_flags: min"}}},
	        {SCORING, "secret{AC=3 AC=5 AC=1}", "AC:5 AC:5", {{"", "grader_flags: max"}}},
	        {SCORING, "secret{AC=3 AC=5 AC=1}", "AC:3 AC:3", {{"", "grader_flags: avg"}}},
	        {SCORING, "secret{AC=-3 AC=-5}", "AC:-3 AC:-3", {{"", "grader_flags: max"}}},
	        {SCORING,
	         "sample{AC} secret{a{AC AC} b{AC WA} c{AC}}",
	         "AC:60 AC:20 AC:60 AC:20 WA:20 AC:20",
	         {{"", GO_ON "accept_score: 20\ngrader_flags: ignore_sample always_accept min"},
	          {"secret", "grader_flags: always_accept"},
	          {"secret/a", "grader_flags: min"},
	          {"secret/b", "grader_flags: max"}}},
	        {SCORING, "secret{AC=101}", "IE:101 IE:101", {{"", "range: 0 100"}}},
	        {SCORING, "secret{AC=100}", "AC:100 AC:100", {{"", "range: 0 100"}}},
	        {SCORING, "secret{WA}", "WA:0 WA:0", {{"", "range: 1 100"}}},
	        {SCORING, "sample{} secret{AC a{}}", "AC:1 SKIP:0 AC:1 SKIP:0", {{"", "grader_flags: min"}}},
	};

	(void)state;
	CHECK_ALL(samples);
}

static void test_2023_07_scores(void **state)
{
	static const struct sample samples[] = {
	        {V7_SCORING, "sample{AC} secret{AC AC}", "AC:100 AC:0 AC:100", {{0}}},
	        {V7_SCORING, "sample{WA} secret{AC WA AC RE}", "WA:50 WA:0 WA:50", {{0}}},
	        {V7_SCORING, "secret{AC=30 AC*0.5 AC WA}", "WA:67.5 WA:67.5", {{0}}},
	        {V7_SCORING, "secret{AC AC AC}", "AC:100 AC:100", {{0}}},
	        {V7_SCORING, "secret{a{AC AC} b{AC WA}}", "WA:50 WA:50 AC:50 WA:0", {{0}}},
	        {V7_SCORING,
	         "secret{a{AC} b{AC} AC}",
	         "AC:100 AC:100 AC:40 AC:30",
	         {{"secret/a", "scoring: {score: 40}"}}},
	        {V7_SCORING,
	         "secret{a{AC WA} b{AC*0.5 WA}}",
	         "WA:25 WA:25 WA:20 WA:5",
	         {{"secret", "scoring: {score: 60}"},
	          {"secret/a", "scoring: {score: 40, aggregation: sum}"},
	          {"secret/b", "scoring: {aggregation: sum, score: 20}"}}},
	        {V7_SCORING, "secret{AC=7 AC}", "AC:7 AC:7", {{"secret", "scoring: {aggregation: min}"}}},
	        {V7_SCORING, "secret{AC WA}", "WA:0 WA:0", {{"secret", "scoring: {aggregation: min}"}}},
	        {V7_SCORING, "secret{AC AC}", "AC:9 AC:9", {{"secret", "scoring: {aggregation: pass-fail, score: 9}"}}},
	        {V7_SCORING, "secret{AC=7 AC=993}", "AC:1000 AC:1000", {{"secret", "scoring: {score: unbounded}"}}},
	        {V7_SCORING,
	         "sample{AC} secret{AC a{}}",
	         "AC:50 AC:0 AC:50 AC:0",
	         {{"secret/a", "scoring: {aggregation: sum}"}}},
	        /* what is required */
	        {V7_SCORING,
	         "sample{WA} secret{a{AC} b{AC}}",
	         "WA:50 WA:0 SKIP:50 AC:50 SKIP:0",
	         {{"secret/b", "scoring: {require_pass: [secret/a, sample]}"}}},
	        {V7_SCORING,
	         "secret{a{AC AC} b{AC} c{AC}}",
	         "AC:100 AC:100 AC:33.3333 AC:33.3333 AC:33.3333",
	         {{"secret/b", "scoring: {require_pass: secret/a/2}"},
	          {"secret/c", "scoring: {require_pass: secret/b}"}}},
	        {V7_SCORING,
	         "secret{a{AC WA} b{AC} c{AC}}",
	         "WA:0 WA:0 WA:0 SKIP:0 SKIP:0",
	         {{"secret/b", "scoring: {require_pass: secret/a/2}"},
	          {"secret/c", "scoring: {require_pass: secret/b}"}}},
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
	        {V7_SCORING, "secret{AC=101}", "IE:0 IE:0", {{0}}},
	        {V7_SCORING, "secret{AC=-1}", "IE:0 IE:0", {{0}}},
	        {V7_SCORING, "secret{AC*1.5}", "IE:0 IE:0", {{0}}},
	        {V7_SCORING, "secret{WA=1}", "IE:0 IE:0", {{0}}},
	        {V7_SCORING, "secret{WA*0}", "IE:0 IE:0", {{0}}},
	        {V7_SCORING, "secret{a{AC=1}}", "IE:0 IE:0 IE:0", {{0}}},
	        {V7_SCORING, "sample{AC=1 AC*3} secret{AC}", "AC:100 AC:0 AC:100", {{0}}}, /* samples have no score */
	        {V7_SCORING, "secret{AC}", "IE:0 IE:0", {UNBOUNDED}},
	        {V7_SCORING, "secret{AC*1}", "IE:0 IE:0", {UNBOUNDED}},
	        {V7_SCORING, "secret{a{AC}}", "IE:0 IE:0 IE:0", {UNBOUNDED}},
	        {V7_SCORING, "secret{a{AC}}", "AC:5 AC:5 AC:5", {UNBOUNDED, {"secret/a", "scoring: {score: 5}"}}},
	        {V7_SCORING,
	         "secret{a{AC=1}}",
	         "IE:0 IE:0 SKIP:0",
	         {{"secret/a", "scoring: {score: unbounded, aggregation: sum}"}}},
	        {V7_SCORING,
	         "secret{a{AC} b{AC}}",
	         "IE:0 IE:0 SKIP:0 SKIP:0",
	         {{"secret/a", "scoring: {score: 70}"}, {"secret/b", "scoring: {score: 31}"}}},
	        {V7_SCORING,
	         "secret{a{b{AC}}}",
	         "IE:0 IE:0 IE:0 AC:0",
	         {{"secret/a/b", "scoring: {aggregation: sum}"}}},
	        {V7_SCORING, "secret{a{AC}}", "IE:0 IE:0 IE:0", {{"secret/a", "scoring: {require_pass: secret/b}"}}},
	        {V7_SCORING,
	         "secret{a{AC} b{AC}}",
	         "IE:0 IE:0 IE:0 AC:50",
	         {{"secret/a", "scoring: {require_pass: secret/b}"}}},
	        {V7_SCORING, "secret{a{AC}}", "IE:0 IE:0 IE:0", {{"secret/a", "scoring: {require_pass: secret}"}}},
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
