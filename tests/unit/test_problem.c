/* Problem packages: problem.yaml, settings of groups, arguments of the default validator, what submissions should get.
 */
#include "policy/json.h"
#include "policy/problem.h"
#include "policy/problem_constants.h"
#include "policy/problem_group.h"
#include "policy/spec.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MIB (UINT64_C(1) << 20)
#define V7 "problem_format_version: 2023-07-draft\nuuid: 5ca6ba5b\nname: Sum\n"

static void parse(struct problem *problem, const char *text)
{
	struct sbx_err err = {0};

	if (problem_parse(text, strlen(text), "p", problem, &err) != 0)
		fail_msg("refused: %s", err.msg);
}

static void test_legacy_defaults(void **state)
{
	struct problem problem;

	(void)state;
	parse(&problem, "{}");
	assert_int_equal(problem.format, PROBLEM_LEGACY);
	assert_null(problem.name);
	assert_false(problem.is_scoring || problem.is_interactive || problem.is_multi_pass || problem.is_submit_answer);
	assert_false(problem.custom_validator || problem.custom_score || problem.minimize || problem.show_groups);
	assert_true(problem.limits.time_us_max == SPEC_UNSET);
	assert_true(problem.limits.ac_to_time_limit == 5 && problem.limits.time_limit_to_tle == 2);
	assert_int_equal(problem.limits.memory_bytes_max, 2048 * MIB);
	assert_int_equal(problem.limits.output_bytes_max, 8 * MIB);
	assert_int_equal(problem.limits.code_bytes_max, 128 << 10);
	assert_true(problem.limits.compilation_us_max == SPEC_UNSET);
	assert_int_equal(problem.limits.validation_us_max, 60000000);
	assert_true(problem.compare.float_absolute < 0 && problem.compare.float_relative < 0);
	problem_finish(&problem);
}

static void test_legacy_keys(void **state)
{
	struct problem problem;

	(void)state;
	parse(&problem, "problem_format_version: legacy-icpc\n"
	                "name: Sum\nuuid: 1\nauthor: A\nsource: B\nsource_url: C\nlicense: cc0\nrights_owner: D\n"
	                "keywords: a b\ntype: scoring\n"
	                "limits: {time_multiplier: 3, time_safety_margin: 1.5, memory: 64, output: 1, code: 10,\n"
	                "  compilation_time: 7, compilation_memory: 512, validation_time: 8,\n"
	                "  validation_memory: 256, validation_output: 2}\n"
	                "validation: custom interactive score\nvalidator_flags: any thing\n"
	                "grading: {objective: min, show_test_data_groups: true}\n");
	assert_string_equal(problem.name, "Sum");
	assert_true(problem.is_scoring && problem.is_interactive && problem.custom_validator && problem.custom_score);
	assert_true(problem.limits.ac_to_time_limit == 3 && problem.limits.time_limit_to_tle == 1.5);
	assert_int_equal(problem.limits.memory_bytes_max, 64 * MIB);
	assert_int_equal(problem.limits.output_bytes_max, MIB);
	assert_int_equal(problem.limits.code_bytes_max, 10 << 10);
	assert_int_equal(problem.limits.compilation_us_max, 7000000);
	assert_int_equal(problem.limits.compilation_memory_bytes_max, 512 * MIB);
	assert_int_equal(problem.limits.validation_us_max, 8000000);
	assert_int_equal(problem.limits.validation_memory_bytes_max, 256 * MIB);
	assert_int_equal(problem.limits.validation_output_bytes_max, 2 * MIB);
	assert_int_equal(json_length(problem.validator_args), 2);
	assert_string_equal(json_string_of(json_at(problem.validator_args, 1)), "thing");
	assert_true(problem.minimize && problem.show_groups);
	problem_finish(&problem);
	parse(&problem, "validator_flags: float_tolerance 1e-6 case_sensitive\n");
	assert_true(problem.compare.float_absolute == 1e-6 && problem.compare.float_relative == 1e-6);
	assert_true(problem.compare.case_sensitive);
	problem_finish(&problem);
}

static void test_2023_07(void **state)
{
	struct problem problem;

	(void)state;
	parse(&problem, V7);
	assert_int_equal(problem.format, PROBLEM_2023_07);
	assert_string_equal(problem.name, "Sum");
	assert_null(problem.languages);
	assert_true(problem.limits.time_us_max == SPEC_UNSET && problem.limits.time_resolution_us == 1000000);
	assert_true(problem.limits.ac_to_time_limit == 2 && problem.limits.time_limit_to_tle == 1.5);
	assert_int_equal(problem.limits.passes_max, 2);
	problem_finish(&problem);
	parse(&problem, "problem_format_version: 2023-07\nuuid: a\nname: {de: Summe, en: Sum}\n"
	                "type: [scoring, interactive, multi-pass]\nversion: 1\ncredits: {authors: A}\n"
	                "source: [A, {name: B}]\nlicense: cc0\nrights_owner: X\nembargo_until: 2027-01-01\n"
	                "keywords: [a]\nlanguages: [cpp, java]\nallow_file_writing: true\nconstants: {n: 1}\n"
	                "limits: {time_limit: 2.5, time_resolution: 0.1, validation_passes: 3, memory: 1,\n"
	                "  time_multipliers: {ac_to_time_limit: 4, time_limit_to_tle: 3}}\n");
	assert_string_equal(problem.name, "Sum");
	assert_non_null(problem.names);
	assert_true(problem.is_scoring && problem.is_interactive && problem.is_multi_pass);
	assert_false(problem.is_submit_answer);
	assert_int_equal(json_length(problem.languages), 2);
	assert_true(problem.allow_file_writing && problem.constants != NULL);
	assert_int_equal(problem.limits.time_us_max, 2500000);
	assert_int_equal(problem.limits.time_resolution_us, 100000);
	assert_int_equal(problem.limits.passes_max, 3);
	assert_true(problem.limits.ac_to_time_limit == 4 && problem.limits.time_limit_to_tle == 3);
	problem_finish(&problem);
	parse(&problem, V7 "type: pass-fail\nlanguages: all\n");
	assert_false(problem.is_scoring);
	problem_finish(&problem);
	/* a language that sbx has not, and one that the format has not */
	parse(&problem, V7 "languages: [ada, pypy3]\n");
	assert_int_equal(json_length(problem.languages), 2);
	problem_finish(&problem);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
	        {"", "p:1:1: not a map"},
	        {"[a]", "p:1:1: not a map"},
	        {"a: b: c", "p:1:"},
	        {"nmae: Sum", "p:1:1: no such key: \"nmae\""},
	        {"problem_format_version: 2025-09", "p:1:1: \"problem_format_version\" has to be legacy, "},
	        {"problem_format_version: 7", "p:1:1: \"problem_format_version\" has to be legacy, "},
	        {"name: ''", "p:1:1: \"name\" has to be a string with something in it"},
	        {"type: interactive", "p:1:1: \"type\" has to be pass-fail or scoring"},
	        {"limits: 3", "p:1:1: \"limits\" has to be a map"},
	        {"limits:\n  time: 3", "p:2:3: no such key: \"time\""},
	        {"limits: {time_limit: 3}", "p:1:10: no such key: \"time_limit\""},
	        {"limits: {memory: 0}", "p:1:10: \"memory\" has to be a whole number above 0"},
	        {"limits: {memory: 1.5}", "p:1:10: \"memory\" has to be a whole number above 0"},
	        {"limits: {output: 9999999999}", "p:1:10: \"output\" has to be a whole number above 0"},
	        {"limits: {code: x}", "p:1:10: \"code\" has to be a whole number above 0"},
	        {"limits: {validation_time: 100000}", "p:1:10: \"validation_time\" has to be a whole number"},
	        {"limits: {time_multiplier: 0.5}", "p:1:10: \"time_multiplier\" has to be a number of at least 1"},
	        {"validation: strict", "p:1:1: \"validation\" has to be default, or custom"},
	        {"validation: 3", "p:1:1: \"validation\" has to be default, or custom"},
	        {"validation: default score", "p:1:1: \"validation\" has to be default, or custom with score or"},
	        {"validation: custom score score", "p:1:1: \"validation\" has to be default, or custom with score"},
	        {"validation: custom multi-pass", "p:1:1: \"validation\" has to be default, or custom with score"},
	        {"validation: custom score", "p:1:1: a score is for scoring problems only"},
	        {"name: a\nvalidator_flags: [a]", "p:2:1: \"validator_flags\" has to be a string"},
	        {"name: a\nvalidator_flags: tolerance 1", "p:2:1: the default validator has no argument \"tolerance\""},
	        {"grading: {}", "p:1:1: \"grading\" is for scoring problems only"},
	        {V7 "limits:\n  validation_passes: 2", "p:5:3: \"validation_passes\" is for multi-pass problems only"},
	        {"grading: {objective: least}", "p:1:11: \"objective\" has to be min or max"},
	        {"grading: {show_test_data_groups: 1}", "p:1:11: \"show_test_data_groups\" has to be true or false"},
	        {"problem_format_version: 2023-07\nname: a", "p:1:1: \"uuid\" is missing"},
	        {"problem_format_version: 2023-07\nuuid: a", "p:1:1: \"name\" is missing"},
	        {V7 "validation: default", "p:4:1: no such key: \"validation\""},
	        {V7 "type: []", "p:4:1: \"type\" has to be a list with something in it"},
	        {V7 "type: hard", "p:4:1: \"type\" has to be one or a list of"},
	        {V7 "type: [scoring, scoring]", "p:4:1: \"type\" has to be without the same type twice"},
	        {V7 "type: [scoring, pass-fail]", "p:4:1: \"type\" has to be either pass-fail or scoring"},
	        {V7 "type: [submit-answer, interactive]", "p:4:1: \"type\" has to be without interactive"},
	        {V7 "limits: {time_limit: 0}", "p:4:10: \"time_limit\" has to be a number of seconds above 0"},
	        {V7 "limits: {time_limit: 100000}", "p:4:10: \"time_limit\" has to be a number of seconds above 0"},
	        {V7 "limits: {validation_passes: 1}", "p:4:10: \"validation_passes\" has to be at least 2"},
	        {V7 "limits: {time_multipliers: {a: 1}}", "p:4:29: no such key: \"a\""},
	        {V7 "languages: []", "p:4:1: \"languages\" has to be all, or a list of languages"},
	        {V7 "languages: cpp", "p:4:1: \"languages\" has to be all, or a list of languages"},
	        {V7 "languages: [cpp, 7]", "p:4:18: a language has to be a string"},
	        {V7 "languages: [cpp, python]", "p:4:18: \"languages\": the format has no language \"python\""},
	        {V7 "languages:\n- C++", "p:5:3: \"languages\": the format has no language \"C++\""},
	        {V7 "constants: 3", "p:4:1: \"constants\" has to be a map"},
	        {V7 "constants: {a: [1]}", "p:4:13: a constant has to be a number or a string"},
	        {V7 "constants: {a: true}", "p:4:13: a constant has to be a number or a string"},
	        {V7 "constants: {1a: 1}", "p:4:13: a constant is called by letters, digits and _, no digit first"},
	        {V7 "constants: {a-b: 1}", "p:4:13: a constant is called by letters"},
	        {"problem_format_version: 2023-07\nuuid: a\nname: {}", "p:3:1: \"name\" has to be a name, or a map"},
	        {"problem_format_version: 2023-07\nuuid: a\nname: {en: 3}", "p:3:8: a name has to be a string"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sbx_err err = {0};
		struct problem problem;
		if (problem_parse(cases[i].text, strlen(cases[i].text), "p", &problem, &err) >= 0)
			fail_msg("%s: taken", cases[i].text);
		assert_int_equal(err.stage, SBX_STAGE_USAGE);
		if (strncmp(err.msg, cases[i].message, strlen(cases[i].message)) != 0)
			fail_msg("%s: got \"%s\", wanted \"%s\"", cases[i].text, err.msg, cases[i].message);
	}
}

static void test_timelimit(void **state)
{
	static const char *const bad[] = {"", "\n", "3 4", "2s", "unlimited", "-1", "1e3", "0"};
	struct sbx_err err;
	uint64_t us = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(problem_parse_timelimit(bad[i], ".timelimit", &us, &err), -EINVAL);
		assert_string_equal(err.msg, ".timelimit: not a number of seconds");
		assert_int_equal(us, 7);
	}
	assert_int_equal(problem_parse_timelimit("3\n", "t", &us, &err), 0);
	assert_int_equal(us, 3000000);
	assert_int_equal(problem_parse_timelimit(" 0.25 \r\n", "t", &us, &err), 0);
	assert_int_equal(us, 250000);
}

static void test_compare_args(void **state)
{
	static const struct {
		const char *args;
		struct compare_options options;
		const char *message;
	} cases[] = {
	        {"", {.float_absolute = -1, .float_relative = -1}, NULL},
	        {"case_sensitive  space_change_sensitive", {true, true, false, -1, -1}, NULL},
	        {"float_tolerance 1e-6", {.float_absolute = 1e-6, .float_relative = 1e-6}, NULL},
	        {"float_absolute_tolerance 0.5", {.float_absolute = 0.5, .float_relative = -1}, NULL},
	        {"float_relative_tolerance 0 float_relative_tolerance 1",
	         {.float_absolute = -1, .float_relative = 1},
	         NULL},
	        {"case_sensitive sensitive", {0}, "the default validator has no argument \"sensitive\""},
	        {"float_tolerance", {0}, "float_tolerance needs a number of at least 0 behind it"},
	        {"float_tolerance case_sensitive", {0}, "float_tolerance needs a number of at least 0 behind it"},
	        {"float_absolute_tolerance -1", {0}, "float_absolute_tolerance needs a number"},
	        {"float_relative_tolerance inf", {0}, "float_relative_tolerance needs a number"},
	        {"float_relative_tolerance nan", {0}, "float_relative_tolerance needs a number"},
	        {"1e-6", {0}, "the default validator has no argument \"1e-6\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct compare_options options = {.float_absolute = -1, .float_relative = -1};
		struct json_object *words = problem_words(cases[i].args);
		char what[120] = "";
		int rc = problem_compare_args(words, &options, what, sizeof(what));

		assert_int_equal(rc, cases[i].message == NULL ? 0 : -EINVAL);
		if (cases[i].message != NULL) {
			assert_int_equal(strncmp(what, cases[i].message, strlen(cases[i].message)), 0);
			assert_false(options.case_sensitive);
		} else {
			assert_int_equal(options.case_sensitive, cases[i].options.case_sensitive);
			assert_int_equal(options.space_sensitive, cases[i].options.space_sensitive);
			assert_true(options.float_absolute == cases[i].options.float_absolute);
			assert_true(options.float_relative == cases[i].options.float_relative);
		}
		json_free(words);
	}
}

static void parse_group(struct problem_group *group, const struct problem *problem, const char *text)
{
	struct sbx_err err = {0};

	if (problem_group_parse(group, problem, text, strlen(text), "g", &err) != 0)
		fail_msg("refused: %s", err.msg);
}

static void test_legacy_groups(void **state)
{
	struct problem problem;
	struct problem_group root, child;

	(void)state;
	parse(&problem, "type: scoring\nvalidator_flags: case_sensitive\n");
	problem_group_init(&root, &problem, NULL, "");
	assert_true(root.break_on_reject && root.compare.case_sensitive);
	assert_int_equal(root.score_mode, PROBLEM_SCORE_SUM);
	assert_int_equal(root.verdict_mode, PROBLEM_VERDICT_WORST_ERROR);
	assert_true(root.accept_score == 1 && root.reject_score == 0);
	assert_true(isinf(root.score_min) && isinf(root.score_max));
	parse_group(&root, &problem,
	            "on_reject: continue\ngrading: default\ngrader_flags: max first_error ignore_sample\n"
	            "accept_score: 2.5\nreject_score: -1\nrange: '-1 +inf'\ninput_validator_flags: {name: a}\n"
	            "output_validator_flags: float_tolerance 1e-3\n");
	assert_true(root.ignore_sample && !root.break_on_reject && root.score_min == -1 && isinf(root.score_max));
	problem_group_init(&child, &problem, &root, "secret");
	assert_false(child.ignore_sample || child.break_on_reject);
	assert_int_equal(child.score_mode, PROBLEM_SCORE_MAX);
	assert_int_equal(child.verdict_mode, PROBLEM_VERDICT_FIRST_ERROR);
	assert_true(child.accept_score == 2.5 && child.reject_score == -1);
	assert_true(child.compare.case_sensitive && child.compare.float_relative == 1e-3);
	parse_group(&child, &problem,
	            "grader_flags: avg min always_accept accept_if_any_accepted\n"
	            "output_validator_flags: space_change_sensitive\n");
	assert_int_equal(child.score_mode, PROBLEM_SCORE_MIN);
	assert_int_equal(child.verdict_mode, PROBLEM_VERDICT_ALWAYS_ACCEPT);
	assert_true(child.accept_if_any_accepted);
	assert_true(child.compare.case_sensitive && child.compare.space_sensitive && child.compare.float_relative < 0);
	parse_group(&child, &problem, "# nothing\n");
	parse_group(&child, &problem, "grading: custom\ngrader_flags: my own\n");
	assert_true(child.custom_grader);
	problem_group_finish(&child);
	problem_group_finish(&root);
	problem_finish(&problem);
}

static void test_2023_07_groups(void **state)
{
	struct problem problem;
	struct problem_group root, secret, child;

	(void)state;
	parse(&problem, V7 "type: scoring\n");
	problem_group_init(&root, &problem, NULL, "");
	parse_group(&root, &problem,
	            "output_validator_args: [float_tolerance, '1e-6']\nfull_feedback: true\nhint: a\n");
	problem_group_init(&secret, &problem, &root, "secret");
	assert_int_equal(secret.score_mode, PROBLEM_SCORE_SUM);
	assert_true(secret.score_max == 100 && secret.compare.float_absolute == 1e-6);
	parse_group(&secret, &problem,
	            "scoring: {score: unbounded, aggregation: min, require_pass: sample}\n"
	            "static_validation: {score: 3}\n");
	assert_true(isinf(secret.score_max) && secret.static_validation);
	assert_int_equal(secret.score_mode, PROBLEM_SCORE_MIN);
	assert_string_equal(json_string_of(json_at(secret.require_pass, 0)), "sample");
	problem_group_init(&child, &problem, &secret, "secret/a");
	assert_int_equal(child.score_mode, PROBLEM_SCORE_PASS_FAIL);
	assert_true(child.score_max < 0 && child.require_pass == NULL && !child.static_validation);
	assert_int_equal(json_length(child.validator_args), 2);
	parse_group(&child, &problem,
	            "scoring: {score: 30, require_pass: [sample, secret/0]}\noutput_validator_args: []\n"
	            "input_validator_args: {a: [b]}\ndescription: x\nstatic_validation: false\n");
	assert_true(child.score_max == 30 && child.compare.float_absolute < 0);
	assert_int_equal(json_length(child.require_pass), 2);
	problem_group_finish(&child);
	problem_group_finish(&secret);
	problem_group_finish(&root);
	problem_finish(&problem);
}

static void test_constants(void **state)
{
	static const struct {
		const char *text, *replaced; /* NULL: nothing to replace */
	} cases[] = {
	        {"", NULL},
	        {"{a}", NULL},
	        {"{{n}}", "-3"},
	        {"x{{n}}{{long_1}}y", "x-30.1y"},
	        {"{{{n}}}", "{-3}"},
	        {"{{big}} {{exact}}", "1e+20 0.30000000000000004"},
	        {"{{text}} {{none}} {{ n }} {{n} {{n", "two words {{none}} {{ n }} {{n} {{n"},
	        {"{{loop}}", "{{n}}"},
	        {"{{{{n}}}}", "{{-3}}"},
	        {"{{}}", "{{}}"},
	};
	struct problem problem;
	char *text;
	size_t len;

	(void)state;
	parse(&problem, V7 "constants: {n: -3, long_1: 0.1, big: 1.0e20, exact: 0.30000000000000004, text: two words,\n"
	                   "  loop: '{{n}}'}\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = problem_constants_replace(problem.constants, cases[i].text, strlen(cases[i].text), 100, &text,
		                                   &len);
		assert_int_equal(rc, cases[i].replaced != NULL);
		if (rc == 0)
			continue;
		assert_string_equal(text, cases[i].replaced);
		assert_int_equal(len, strlen(text));
		free(text);
	}
	/* bytes, NUL among them */
	assert_int_equal(problem_constants_replace(problem.constants, "\0{{n}}\0{{n\0}}", 14, 100, &text, &len), 1);
	assert_int_equal(len, 11);
	assert_memory_equal(text, "\0-3\0{{n\0}}", 11);
	free(text);
	assert_int_equal(problem_constants_replace(problem.constants, "{{text}}", 8, 8, &text, &len), -EFBIG);
	assert_int_equal(problem_constants_replace(NULL, "{{n}}", 5, 8, &text, &len), 0);
	problem_finish(&problem);
}

static void test_group_mistakes(void **state)
{
	static const struct {
		const char *problem, *name, *text, *message;
	} cases[] = {
	        {"{}", "secret", "[]", "g:1:1: not a map"},
	        {"{}", "secret", "scoring: {}", "g:1:1: no such key: \"scoring\""},
	        {"{}", "secret", "on_reject: stop", "g:1:1: \"on_reject\" has to be break or continue"},
	        {"{}", "secret", "grading: mine", "g:1:1: \"grading\" has to be default or custom"},
	        {"{}", "secret", "grader_flags: 3", "g:1:1: \"grader_flags\" has to be a string"},
	        {"{}", "secret", "grader_flags: sum most", "g:1:1: the default grader has no flag \"most\""},
	        {"{}", "secret", "grader_flags: ignore_sample", "g:1:1: \"grader_flags\" has to be without ignore_"},
	        {"{}", "secret", "output_validator_flags: {}", "g:1:1: \"output_validator_flags\" has to be a string"},
	        {"{}", "secret", "\noutput_validator_flags: x", "g:2:1: the default validator has no argument \"x\""},
	        {"{}", "secret", "accept_score: 3", "g:1:1: \"accept_score\" is for scoring problems only"},
	        {"{}", "secret", "range: 0 1", "g:1:1: \"range\" is for scoring problems only"},
	        {"type: scoring", "", "reject_score: a", "g:1:1: \"reject_score\" has to be a number"},
	        {"type: scoring", "", "range: 1 0", "g:1:1: \"range\" has to be two numbers"},
	        {"type: scoring", "", "range: 1 x", "g:1:1: \"range\" has to be two numbers"},
	        {"type: scoring", "", "range: nan 1", "g:1:1: \"range\" has to be two numbers"},
	        {"type: scoring", "", "range: 1", "g:1:1: \"range\" has to be two numbers"},
	        {V7, "secret", "on_reject: break", "g:1:1: no such key: \"on_reject\""},
	        {V7, "secret", "scoring: {score: 3}", "g:1:1: \"scoring\" is for scoring problems only"},
	        {V7, "secret", "scoring: {}", "g:1:1: \"scoring\" is for scoring problems only"},
	        {V7 "type: scoring\n", "sample", "scoring: {score: 3}",
	         "g:1:1: \"scoring\" is for secret and its groups only"},
	        {V7, "secret", "scoring: {score: -1}", "g:1:11: \"score\" has to be a whole number, or unbounded"},
	        {V7, "secret", "scoring: {score: 0.5}", "g:1:11: \"score\" has to be a whole number, or unbounded"},
	        {V7, "secret", "scoring: {aggregation: max}",
	         "g:1:11: \"aggregation\" has to be pass-fail, sum or min"},
	        {V7 "type: scoring\n", "secret/a", "scoring: {score: unbounded}",
	         "g:1:1: a score without bounds needs sum or min"},
	        {V7, "secret", "scoring: {require_pass: {}}", "g:1:11: \"require_pass\" has to be a list of strings"},
	        {V7, "secret", "scoring: {require_pass: [a, 1]}", "g:1:29: \"require_pass\": not a string"},
	        {V7, "secret", "output_validator_args: a", "g:1:1: \"output_validator_args\" has to be a list"},
	        {V7, "secret", "output_validator_args: [a]", "g:1:1: the default validator has no argument \"a\""},
	        {V7, "secret", "input_validator_args: a",
	         "g:1:1: \"input_validator_args\" has to be a list of strings"},
	        {V7, "secret", "input_validator_args: {a: [b, 1]}", "g:1:31: \"a\": not a string"},
	        {V7, "secret", "full_feedback: 1", "g:1:1: \"full_feedback\" has to be true or false"},
	        {V7, "secret", "hint: [a]", "g:1:1: \"hint\" has to be a string"},
	        {V7, "secret", "static_validation: 3", "g:1:1: \"static_validation\" has to be true, false or a map"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sbx_err err = {0};
		struct problem problem;
		struct problem_group group;
		parse(&problem, cases[i].problem);
		problem_group_init(&group, &problem, NULL, cases[i].name);
		if (problem_group_parse(&group, &problem, cases[i].text, strlen(cases[i].text), "g", &err) >= 0)
			fail_msg("%s: taken", cases[i].text);
		if (strncmp(err.msg, cases[i].message, strlen(cases[i].message)) != 0)
			fail_msg("%s: got \"%s\", wanted \"%s\"", cases[i].text, err.msg, cases[i].message);
		problem_group_finish(&group);
		problem_finish(&problem);
	}
}

/* A custom validator's arguments are its own business. */
static void test_custom_args(void **state)
{
	struct problem problem;
	struct problem_group group;

	(void)state;
	parse(&problem, "validator_flags: a b\nvalidation: custom\n");
	problem_group_init(&group, &problem, NULL, "");
	parse_group(&group, &problem, "output_validator_flags: c");
	assert_int_equal(json_length(group.validator_args), 1);
	problem_group_finish(&group);
	problem_finish(&problem);
}

/* The verdicts of a set, by name. */
static const char *set_text(unsigned set, char *text)
{
	text[0] = '\0';
	for (int i = 0; i < JUDGEMENT_MAX; i++)
		if ((set & 1U << i) != 0)
			strcat(strcat(text, text[0] == '\0' ? "" : " "), judgement_name(i));
	return text;
}

static void test_expect_folder(void **state)
{
	static const struct {
		const char *folder;
		const char *legacy, *newer; /* NULL: unknown */
	} cases[] = {
	        {"accepted", "AC", "AC"},
	        {"partially_accepted", "AC", NULL},
	        {"wrong_answer", "PE WA", "PE WA"},
	        {"time_limit_exceeded", "TLE", "TLE"},
	        {"run_time_error", "MLE RE OLE SV", "MLE RE OLE SV"},
	        {"rejected", NULL, "PE WA TLE MLE RE OLE SV"},
	        {"brute_force", NULL, "TLE MLE RE OLE SV"},
	        {"mixed", NULL, NULL},
	        {"", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		const char *wanted = i % 2 == 0 ? cases[i / 2].legacy : cases[i / 2].newer;
		unsigned set = 7;
		char text[100];
		int rc =
		        problem_expect_folder(i % 2 == 0 ? PROBLEM_LEGACY : PROBLEM_2023_07, cases[i / 2].folder, &set);
		assert_int_equal(rc, wanted == NULL ? -ENOENT : 0);
		if (wanted == NULL)
			assert_int_equal(set, 7);
		else
			assert_string_equal(set_text(set, text), wanted);
	}
}

static void test_expect_source(void **state)
{
	static const struct {
		const char *source;
		const char *set, *message;
	} cases[] = {
	        {"int main(void) {}\n", "", NULL},
	        {"// @EXPECTED_RESULTS@:TIMELIMIT\n", "", NULL},
	        {"// @EXPECTED_RESULTS@: CORRECT\nx", "AC", NULL},
	        {"# @expected_results@: wrong-answer, TimeLimit\r\nTIMELIMIT", "PE WA TLE", NULL},
	        {"@EXPECTED_RESULTS@: RUN-ERROR", "MLE RE SV", NULL},
	        {"@@EXPECTED_RESULTS@: RUN_TIME_ERROR\n", "MLE RE OLE SV", NULL},
	        {"@EXPECTED_RESULTS@: OUTPUT-LIMIT,NO-OUTPUT,COMPILER-ERROR\n", "PE WA OLE CE", NULL},
	        {"@EXPECTED_RESULTS@: ACCEPTED\n@EXPECTED_RESULTS@: nonsense", "AC", NULL},
	        {"@EXPECTED_RESULTS@: CHECK-MANUALLY\n", NULL,
	         "@EXPECTED_RESULTS@: \"CHECK-MANUALLY\" is no verdict that can be checked"},
	        {"@EXPECTED_RESULTS@: CORRECT, AC\n", NULL, "@EXPECTED_RESULTS@: \"AC\" is no verdict"},
	        {"@EXPECTED_RESULTS@: CORRECT,\n", NULL, "@EXPECTED_RESULTS@: \"\" is no verdict"},
	        {"@EXPECTED_RESULTS@: ", NULL, "@EXPECTED_RESULTS@: \"\" is no verdict"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned set = 7;
		char what[120] = "", text[100];
		int rc = problem_expect_source(cases[i].source, strlen(cases[i].source), &set, what, sizeof(what));
		assert_int_equal(rc, cases[i].set == NULL ? -EINVAL : 0);
		if (cases[i].set != NULL)
			assert_string_equal(set_text(set, text), cases[i].set);
		else if (strncmp(what, cases[i].message, strlen(cases[i].message)) != 0)
			fail_msg("%s: got \"%s\"", cases[i].source, what);
	}
	assert_true(problem_expect_agrees(1U << JUDGEMENT_WA | 1U << JUDGEMENT_PE, JUDGEMENT_WA));
	assert_false(problem_expect_agrees(1U << JUDGEMENT_WA, JUDGEMENT_AC));
	assert_true(problem_expect_agrees(PROBLEM_EXPECT_ANY, JUDGEMENT_TLE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_legacy_defaults), cmocka_unit_test(test_legacy_keys),
	        cmocka_unit_test(test_2023_07),         cmocka_unit_test(test_mistakes),
	        cmocka_unit_test(test_timelimit),       cmocka_unit_test(test_compare_args),
	        cmocka_unit_test(test_legacy_groups),   cmocka_unit_test(test_2023_07_groups),
	        cmocka_unit_test(test_constants),       cmocka_unit_test(test_group_mistakes),
	        cmocka_unit_test(test_custom_args),     cmocka_unit_test(test_expect_folder),
	        cmocka_unit_test(test_expect_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
