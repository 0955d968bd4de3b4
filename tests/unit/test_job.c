/* JSON jobs: what is read, and what each mistake is told as. */
#include "policy/job.h"
#include "policy/judgement.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void parse(struct job *job, const char *text)
{
	struct sbx_err err = {0};

	job_init(job);
	if (job_parse(job, text, strlen(text), "job", &err) != 0)
		fail_msg("refused: %s", err.msg);
}

static void test_defaults(void **state)
{
	struct job job;

	(void)state;
	parse(&job, "{\"files\": [{\"name\": \"a.c\", \"text\": \"\"}], \"tests\": [{}]}");
	assert_null(job.language);
	assert_int_equal(job.n_files, 1);
	assert_string_equal(job.files[0].name, "a.c");
	assert_int_equal(job.files[0].data.len, 0);
	assert_int_equal(job.n_tests, 1);
	assert_null(job.tests[0].name);
	assert_true(job.limits.cpu_us_max == SPEC_UNSET && job.limits.memory_bytes_max == SPEC_UNSET);
	assert_false(job.compare.case_sensitive || job.compare.space_sensitive || job.compare.presentation);
	assert_true(job.compare.float_absolute < 0 && job.compare.float_relative < 0);
	assert_false(job.stop_on_first_failure || job.merge_stderr);
	assert_int_equal(job.keep_bytes, JOB_KEEP_BYTES);
	job_finish(&job);
}

static void test_all_keys(void **state)
{
	struct job job;

	(void)state;
	parse(&job,
	      "{\"language\": \"cpp\", \"files\": [{\"name\": \"a.cpp\", \"path\": \"/x\"}, {\"text\": \"hi\"}],"
	      " \"limits\": {\"time\": \"1.5s\", \"wall\": 4, \"memory\": \"64M\", \"output\": 1000, \"pids\": 7},"
	      " \"checker\": {\"kind\": \"tokens\", \"space_sensitive\": true, \"presentation\": true,"
	      " \"float_tolerance\": 1e-6, \"float_relative\": 0},"
	      " \"after_failure\": \"stop\", \"keep_output\": 0, \"reruns\": 3, \"seccomp\": \"interpreted\","
	      " \"merge_stderr\": true,"
	      " \"tests\": [{\"name\": \"one\", \"stdin\": \"a\\u0000b\", \"answer_path\": \"b\","
	      " \"limits\": {\"memory\": \"unlimited\"}}, {\"stdin_path\": \"c\", \"answer\": \"\"}]}");
	assert_string_equal(job.language, "cpp");
	assert_int_equal(job.n_files, 2);
	assert_string_equal(job.files[0].data.path, "/x");
	assert_null(job.files[1].name);
	assert_string_equal(job.files[1].data.bytes, "hi");
	assert_int_equal(job.limits.cpu_us_max, 1500000);
	assert_int_equal(job.limits.wall_us_max, 4000000);
	assert_int_equal(job.limits.memory_bytes_max, 64 << 20);
	assert_int_equal(job.limits.output_bytes_max, 1000);
	assert_int_equal(job.limits.pids_max, 7);
	assert_false(job.compare.case_sensitive);
	assert_true(job.compare.space_sensitive && job.compare.presentation);
	assert_true(job.compare.float_absolute == 1e-6 && job.compare.float_relative == 0);
	assert_string_equal(job.seccomp, "interpreted");
	assert_true(job.stop_on_first_failure && job.merge_stderr);
	assert_int_equal(job.keep_bytes, 0);
	assert_int_equal(job.n_tests, 2);
	assert_int_equal(job.tests[0].input.len, 3);
	assert_memory_equal(job.tests[0].input.bytes, "a\0b", 3);
	assert_string_equal(job.tests[0].answer.path, "b");
	assert_true(job.tests[0].limits.memory_bytes_max == SPEC_UNLIMITED);
	assert_true(job.tests[0].limits.cpu_us_max == SPEC_UNSET);
	assert_null(job.tests[1].name);
	assert_string_equal(job.tests[1].input.path, "c");
	assert_non_null(job.tests[1].answer.bytes);
	assert_int_equal(job.tests[1].answer.len, 0);
	job_finish(&job);
}

#define FILES "\"files\": [{\"text\": \"x\"}]"

static void test_mistakes(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
	        {"", "job: "},
	        {"[]", "job: an array, not an object"},
	        {"{\"tests\": [{}]}", "job: \"files\" is missing"},
	        {"{" FILES "}", "job: \"tests\" is missing"},
	        {"{" FILES ", \"tests\": {}}", "job: tests: an object, not an array"},
	        {"{\"files\": [], \"tests\": [{}]}", "job: files: no file in it"},
	        {"{" FILES ", \"tests\": []}", "job: tests: no test in it"},
	        {"{\"files\": [{\"name\": \"a\"}], \"tests\": [{}]}", "job: files[0]: \"text\" or \"path\" is missing"},
	        {"{\"files\": [{\"text\": \"x\", \"path\": \"y\"}], \"tests\": [{}]}",
	         "job: files[0].path: both inline and a path"},
	        {"{" FILES ", \"tests\": [{}, {\"stdin\": 7}]}", "job: tests[1].stdin: an integer, not a string"},
	        {"{" FILES ", \"tests\": [{\"stdin_path\": \"\"}]}",
	         "job: tests[0].stdin_path: empty, or with a NUL in it"},
	        {"{" FILES ", \"tests\": [{\"input\": \"\"}]}", "job: tests[0].input: unknown key"},
	        {"{" FILES ", \"tests\": [{\"answer_path\": \"x\", \"answer\": \"\"}]}",
	         "job: tests[0].answer: both inline and a path"},
	        {"{" FILES ", \"tests\": [{\"limits\": {\"time\": \"fast\"}}]}",
	         "job: tests[0].limits.time: not a duration"},
	        {"{" FILES ", \"tests\": [{}], \"limits\": {\"memory\": -1}}", "job: limits.memory: not a size"},
	        {"{" FILES ", \"tests\": [{}], \"limits\": {\"pids\": 1.5}}", "job: limits.pids: not a whole number"},
	        {"{" FILES ", \"tests\": [{}], \"limits\": {\"pids\": 4194305}}",
	         "job: limits.pids: more than 4194304"},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {}}", "job: checker: \"kind\" is missing"},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"magic\"}}",
	         "job: checker.kind: neither \"tokens\""},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"kattis\"}}",
	         "job: checker: \"files\" is missing"},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"exact\", \"files\": [{\"text\": \"\"}]}}",
	         "job: checker: \"files\" are for kattis and testlib"},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"exact\", \"limits\": {\"time\": 1}}}",
	         "job: checker: \"limits\" are for kattis and testlib"},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"testlib\", \"interactive\": true, " FILES "}}",
	         "job: checker: \"interactive\" and \"passes\" are for kattis"},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"testlib\", \"passes\": 2, " FILES "}}",
	         "job: checker: \"interactive\" and \"passes\" are for kattis"},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"kattis\", \"passes\": 1001, " FILES "}}",
	         "job: checker.passes: more than 1000"},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"kattis\", \"interactive\": 1, " FILES "}}",
	         "job: checker.interactive: an integer, not true or false"},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"testlib\", \"files\": [{}]}}",
	         "job: checker.files[0]: \"text\" or \"path\" is missing"},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"kattis\", \"flags\": [\"a\", 1]}}",
	         "job: checker.flags[1]: an integer, not a string"},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {\"float_tolerance\": 0, \"kind\": \"exact\"}}",
	         "job: checker.float_tolerance: is for the kind tokens, and does not go with exact"},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"exact\", \"case_sensitive\": true}}",
	         "job: checker.case_sensitive: is for the kind tokens, and does not go with exact"},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"kattis\", \"space_sensitive\": false, " FILES
	         "}}",
	         "job: checker.space_sensitive: is for the kind tokens, and does not go with kattis"},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"testlib\", \"float_relative\": 1, " FILES "}}",
	         "job: checker.float_relative: is for the kind tokens, and does not go with testlib"},
	        {"{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"tokens\", \"float_tolerance\": -1}}",
	         "job: checker.float_tolerance: below 0"},
	        {"{" FILES ", \"tests\": [{}], \"after_failure\": \"stopp\"}",
	         "job: after_failure: neither \"stop\" nor \"continue\""},
	        {"{" FILES ", \"tests\": [{}], \"seccomp\": \"none\"}",
	         "job: seccomp: no built-in profile has this name (sbx policy list shows them)"},
	        {"{" FILES ", \"tests\": [{}], \"keep_output\": \"1025K\"}", "job: keep_output: more than 1M"},
	        {"{" FILES ", \"tests\": [{}], \"reruns\": 11}", "job: reruns: not a whole number from 0 to 10"},
	        {"{" FILES ", \"tests\": [{}], \"reruns\": \"1\"}", "job: reruns: not a whole number from 0 to 10"},
	        {"{" FILES ", \"tests\": [{}], \"merge_stderr\": 1}",
	         "job: merge_stderr: an integer, not true or false"},
	        {"{" FILES ", \"tests\": [{}], \"merge_stderr\": true, \"checker\": {\"kind\": \"kattis\","
	         " \"interactive\": true, " FILES "}}",
	         "job: \"merge_stderr\" does not go with an interactive checker"},
	        {"{" FILES ", \"tests\": [{}], \"language\": null}", "job: language: null, not a string"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sbx_err err = {0};
		struct job job;
		job_init(&job);
		assert_true(job_parse(&job, cases[i].text, strlen(cases[i].text), "job", &err) < 0);
		assert_int_equal(err.stage, SBX_STAGE_USAGE);
		if (strncmp(err.msg, cases[i].message, strlen(cases[i].message)) != 0)
			fail_msg("%s: got \"%s\", wanted \"%s\"", cases[i].text, err.msg, cases[i].message);
		job_finish(&job);
	}
}

static int parse_run(struct job *job, const char *text, struct sbx_err *err)
{
	job_init(job);
	job->is_run = true;
	return job_parse(job, text, strlen(text), "run", err);
}

static void test_runs(void **state)
{
	struct sbx_err err;
	struct job job;

	(void)state;
	assert_int_equal(
	        parse_run(&job,
	                  "{\"argv\": [\"./a\", \"\", \"-x\"], \"files\": [{\"name\": \"a\", \"text\": \"\"}],"
	                  " \"stdin\": \"a\\u0000b\", \"limits\": {\"time\": \"2s\", \"pids\": 3}, \"keep_output\": 5,"
	                  " \"seccomp\": \"contest\", \"merge_stderr\": true}",
	                  &err),
	        0);
	assert_string_equal(job.argv[0], "./a");
	assert_string_equal(job.argv[1], "");
	assert_string_equal(job.argv[2], "-x");
	assert_null(job.argv[3]);
	assert_true(job.n_files == 1 && job.files[0].is_executable && job.language == NULL);
	assert_int_equal(job.n_tests, 1);
	assert_string_equal(job.tests[0].name, JOB_RUN_TEST);
	assert_int_equal(job.tests[0].input.len, 3);
	assert_true(job.tests[0].answer.bytes == NULL && job.tests[0].answer.path == NULL);
	assert_true(job.limits.cpu_us_max == 2000000 && job.limits.pids_max == 3 && job.keep_bytes == 5);
	assert_true(job.merge_stderr && strcmp(job.seccomp, "contest") == 0);
	job_finish(&job);
	assert_int_equal(parse_run(&job, "{\"argv\": [\"true\"], \"stdin_path\": \"in\"}", &err), 0);
	assert_true(job.n_files == 0 && strcmp(job.tests[0].input.path, "in") == 0);
	job_finish(&job);
	assert_int_equal(parse_run(&job, "{\"language\": \"c\", " FILES "}", &err), 0);
	assert_true(job.argv == NULL && !job.files[0].is_executable && strcmp(job.language, "c") == 0);
	job_finish(&job);
}

/* A language that the command line gives is the default of a run that has no command. */
static void test_default_language(void **state)
{
	static const struct {
		const char *text, *language;
	} cases[] = {
	        {"{" FILES "}", "c"}, {"{" FILES ", \"language\": \"go\"}", "go"}, {"{\"argv\": [\"true\"]}", NULL}};
	struct sbx_err err;
	struct job job;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		job_init(&job);
		job.is_run = true;
		job.language = "c";
		assert_int_equal(job_parse(&job, cases[i].text, strlen(cases[i].text), "run", &err), 0);
		assert_true(cases[i].language == NULL ? job.language == NULL
		                                      : strcmp(job.language, cases[i].language) == 0);
		job_finish(&job);
	}
}

static void test_mistakes_of_runs(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
	        {"null", "run: null, not an object"},
	        {"{" FILES "}", "run: \"argv\" or \"language\" is missing"},
	        {"{\"language\": \"c\"}", "run: \"files\" is missing"},
	        {"{\"language\": \"c\", \"argv\": [\"x\"], " FILES "}",
	         "run: \"argv\" and \"language\" exclude each other"},
	        {"{\"argv\": \"x\"}", "run: argv: a string, not an array"},
	        {"{\"argv\": []}", "run: argv: no program in it"},
	        {"{\"argv\": [\"\", \"x\"]}", "run: argv: no program in it"},
	        {"{\"argv\": [\"x\", 1]}", "run: argv[1]: an integer, not a string"},
	        {"{\"argv\": [\"x\\u0000\"]}", "run: argv[0]: with a NUL in it"},
	        {"{\"argv\": [\"x\"], " FILES "}", "run: files[0]: \"name\" is missing"},
	        {"{\"argv\": [\"x\"], \"files\": []}", "run: files: no file in it"},
	        {"{\"argv\": [\"x\"], \"stdin\": \"\", \"stdin_path\": \"y\"}",
	         "run: stdin_path: both inline and a path"},
	        {"{\"argv\": [\"x\"], \"stdin\": 1}", "run: stdin: an integer, not a string"},
	        {"{\"argv\": [\"x\"], \"limits\": {\"stack\": 1}}", "run: limits.stack: unknown key"},
	        {"{\"argv\": [\"x\"], \"tests\": [{}]}", "run: tests: unknown key"},
	        {"{\"argv\": [\"x\"], \"reruns\": 1}", "run: reruns: unknown key"},
	        {"{\"argv\": [\"x\"], \"seccomp\": \"/etc/x.json\"}", "run: seccomp: no built-in profile"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sbx_err err = {0};
		struct job job;
		assert_true(parse_run(&job, cases[i].text, &err) < 0);
		assert_int_equal(err.stage, SBX_STAGE_USAGE);
		if (strncmp(err.msg, cases[i].message, strlen(cases[i].message)) != 0)
			fail_msg("%s: got \"%s\", wanted \"%s\"", cases[i].text, err.msg, cases[i].message);
		job_finish(&job);
	}
}

/* What the command line said before: the job's own kind wins, whole. */
static void test_exact(void **state)
{
	static const char text[] = "{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"exact\"}}";
	struct sbx_err err = {0};
	struct job job;

	(void)state;
	job_init(&job);
	job.compare.float_absolute = job.compare.float_relative = 1;
	job.compare.presentation = true;
	assert_int_equal(job_parse(&job, text, strlen(text), "job", &err), 0);
	assert_true(job.compare.case_sensitive && job.compare.space_sensitive && job.compare.presentation);
	assert_true(job.compare.float_absolute < 0 && job.compare.float_relative < 0);
	job_finish(&job);
}

static void test_many(void **state)
{
	struct job job;
	struct job_test *test;

	(void)state;
	job_init(&job);
	for (int i = 0; i < JOB_TESTS_MAX; i++)
		assert_int_equal(job_add_test(&job, &test), 0);
	assert_int_equal(job_add_test(&job, &test), -E2BIG);
	assert_int_equal(job.n_tests, JOB_TESTS_MAX);
	job_finish(&job);
}

static void test_checkers(void **state)
{
	static const struct {
		enum checker_kind kind;
		int status;
		bool presentation;
		const char *name;
	} cases[] = {
	        {CHECKER_KATTIS, 42, false, "AC"},  {CHECKER_KATTIS, 43, false, "WA"},
	        {CHECKER_KATTIS, 0, false, "IE"},   {CHECKER_KATTIS, 1, false, "IE"},
	        {CHECKER_KATTIS, 2, true, "IE"},    {CHECKER_TESTLIB, 0, false, "AC"},
	        {CHECKER_TESTLIB, 1, true, "WA"},   {CHECKER_TESTLIB, 2, false, "WA"},
	        {CHECKER_TESTLIB, 2, true, "PE"},   {CHECKER_TESTLIB, 3, true, "IE"},
	        {CHECKER_TESTLIB, 42, false, "IE"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(
		        judgement_name(judgement_of_checker(cases[i].kind, cases[i].status, cases[i].presentation)),
		        cases[i].name);
}

static void test_judgements(void **state)
{
	static const struct {
		enum verdict verdict;
		bool has_answer;
		enum compare_result compared;
		const char *name;
	} cases[] = {
	        {VERDICT_OK, true, COMPARE_SAME, "AC"},         {VERDICT_OK, true, COMPARE_DIFFERENT, "WA"},
	        {VERDICT_OK, true, COMPARE_PRESENTATION, "PE"}, {VERDICT_OK, true, COMPARE_MAX, "IE"},
	        {VERDICT_OK, false, COMPARE_MAX, "OK"},         {VERDICT_TLE, true, COMPARE_SAME, "TLE"},
	        {VERDICT_MLE, true, COMPARE_SAME, "MLE"},       {VERDICT_RE, true, COMPARE_SAME, "RE"},
	        {VERDICT_OLE, true, COMPARE_SAME, "OLE"},       {VERDICT_SV, false, COMPARE_SAME, "SV"},
	        {VERDICT_IE, true, COMPARE_SAME, "IE"},         {VERDICT_MAX, false, COMPARE_SAME, "IE"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum judgement got = judgement_of(cases[i].verdict, cases[i].has_answer, cases[i].compared);
		assert_string_equal(judgement_name(got), cases[i].name);
		assert_int_equal(judgement_is_good(got),
		                 strcmp(cases[i].name, "AC") == 0 || strcmp(cases[i].name, "OK") == 0);
	}
}

/* One that no program could be given. */
static void test_long_flag(void **state)
{
	static const char head[] =
	        "{" FILES ", \"tests\": [{}], \"checker\": {\"kind\": \"kattis\", " FILES ", \"flags\": [\"";

	(void)state;
	for (size_t len = JOB_FLAG_BYTES - 1; len <= JOB_FLAG_BYTES; len++) {
		char *text = calloc(1, sizeof(head) + len + 8);
		struct sbx_err err = {0};
		struct job job;
		int rc;

		memset(mempcpy(text, head, sizeof(head) - 1), 'x', len);
		strcat(text, "\"]}}");
		job_init(&job);
		rc = job_parse(&job, text, strlen(text), "job", &err);
		assert_int_equal(rc < 0, len == JOB_FLAG_BYTES);
		if (rc < 0)
			assert_non_null(strstr(err.msg, "job: checker.flags[0]: longer than"));
		job_finish(&job);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_defaults),
	        cmocka_unit_test(test_all_keys),
	        cmocka_unit_test(test_mistakes),
	        cmocka_unit_test(test_many),
	        cmocka_unit_test(test_judgements),
	        cmocka_unit_test(test_checkers),
	        cmocka_unit_test(test_exact),
	        cmocka_unit_test(test_runs),
	        cmocka_unit_test(test_default_language),
	        cmocka_unit_test(test_mistakes_of_runs),
	        cmocka_unit_test(test_long_flag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
