/* Packages in a folder of their own: what becomes a job of them, and what is refused. */
#include "policy/json.h"
#include "runner/problem_load.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/files.h"

#define V7 "problem_format_version: 2023-07\nuuid: 1\nname: a\n"
#define MIB (UINT64_C(1) << 20)

struct fixture {
	char dir[64], where[PATH_MAX];
	struct problem_package package;
	struct job job;
	struct job_memory memory;
};

static void remove_package(struct fixture *fixture)
{
	remove_folder(fixture->dir);
	assert_int_equal(mkdir(fixture->dir, 0700), 0);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	strcpy(fixture->dir, "/tmp/sbx-test-XXXXXX");
	assert_non_null(mkdtemp(fixture->dir));
	job_init(&fixture->job);
	*state = fixture;
	return 0;
}

static void unload(struct fixture *fixture)
{
	problem_package_finish(&fixture->package);
	job_finish(&fixture->job);
	job_memory_finish(&fixture->memory);
	job_init(&fixture->job);
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	unload(fixture);
	remove_package(fixture);
	rmdir(fixture->dir);
	free(fixture);
	return 0;
}

static const char *in_package(struct fixture *fixture, const char *name)
{
	snprintf(fixture->where, sizeof(fixture->where), "%s/%s", fixture->dir, name);
	return fixture->where;
}

/* With the folders that it needs. */
static void put(struct fixture *fixture, const char *name, const char *text)
{
	char *path = strdup(in_package(fixture, name));
	FILE *file;

	for (char *slash = strchr(path + strlen(fixture->dir) + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
		*slash = '/';
	}
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	free(path);
}

static void put_test(struct fixture *fixture, const char *name)
{
	char path[100];

	snprintf(path, sizeof(path), "data/%s.in", name);
	put(fixture, path, "");
	snprintf(path, sizeof(path), "data/%s.ans", name);
	put(fixture, path, "");
}

static void load(struct fixture *fixture)
{
	struct sbx_err err = {0};

	if (problem_load(&fixture->package, &fixture->job, &fixture->memory, fixture->dir, &err) < 0)
		fail_msg("refused: %s", err.msg);
}

/* Refused with DIR before the message, or after "--problem: ". */
static void refuse(struct fixture *fixture, const char *message)
{
	struct sbx_err err = {0};
	char wanted[300];

	snprintf(wanted, sizeof(wanted), "%s%s", fixture->dir, message);
	assert_true(problem_load(&fixture->package, &fixture->job, &fixture->memory, fixture->dir, &err) < 0);
	assert_int_equal(err.stage, SBX_STAGE_USAGE);
	if (strncmp(err.msg, wanted, strlen(wanted)) != 0)
		fail_msg("got \"%s\", wanted \"%s\"", err.msg, wanted);
	unload(fixture);
	remove_package(fixture);
}

static void test_legacy(void **state)
{
	static const char *const names[] = {"sample/1",        "secret/1",     "secret/2",    "secret/9-deep/in/1",
	                                    "secret/9-deep/x", "secret/10-ab", "secret/11/1", "secret/11-b"};
	static const struct {
		const char *name;
		size_t first, n, n_groups;
	} groups[] = {{"", 0, 8, 6},
	              {"sample", 0, 1, 1},
	              {"secret", 1, 7, 4},
	              {"secret/9-deep", 3, 2, 2},
	              {"secret/9-deep/in", 3, 1, 1},
	              {"secret/11", 6, 1, 1}};
	struct fixture *fixture = *state;
	const struct job *job = &fixture->job;
	char path[100];

	put(fixture, "problem.yaml",
	    "limits: {memory: 64, output: 1, compilation_time: 5}\nvalidator_flags: case_sensitive");
	put(fixture, ".timelimit", "2\n");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_test(fixture, names[i]);
	put(fixture, "data/sample/2.interaction", "<1\n");
	put(fixture, "data/secret/1.desc", "people only");
	put(fixture, "data/secret/.hidden.in", "");
	put(fixture, "data/secret/testdata.yaml", "output_validator_flags: float_tolerance 0.5");
	put(fixture, "data/secret/11/testdata.yaml", "output_validator_flags: space_change_sensitive");
	load(fixture);
	assert_int_equal(job->n_tests, 8);
	for (size_t i = 0; i < job->n_tests; i++) {
		assert_string_equal(job->tests[i].name, names[i]);
		snprintf(path, sizeof(path), "%s/data/%s.in", fixture->dir, names[i]);
		assert_string_equal(job->tests[i].input.path, path);
		snprintf(path, sizeof(path), "%s/data/%s.ans", fixture->dir, names[i]);
		assert_string_equal(job->tests[i].answer.path, path);
		assert_true(job->tests[i].compare->case_sensitive);
		assert_int_equal(job->tests[i].compare->space_sensitive, i == 6);
		assert_true(job->tests[i].compare->float_absolute == (i == 0 || i == 6 ? -1 : 0.5));
	}
	assert_int_equal(fixture->package.n_groups, sizeof(groups) / sizeof(groups[0]));
	for (size_t i = 0; i < fixture->package.n_groups; i++) {
		const struct problem_group *group = &fixture->package.groups[i];
		assert_string_equal(group->name, groups[i].name);
		assert_int_equal(group->first_test, groups[i].first);
		assert_int_equal(group->n_tests, groups[i].n);
		assert_int_equal(group->n_groups, groups[i].n_groups);
	}
	assert_int_equal(job->limits.cpu_us_max, 2000000);
	assert_int_equal(job->limits.memory_bytes_max, 64 * MIB);
	assert_int_equal(job->limits.output_bytes_max, MIB);
	assert_int_equal(job->compile_us_max, 5000000);
	assert_true(job->compile_memory_bytes_max == SPEC_UNSET && job->limits.pids_max == SPEC_UNSET);
}

static void test_2023_07(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, "problem.yaml", V7 "limits: {time_limit: 1.5}");
	put(fixture, ".timelimit", "not looked at");
	put_test(fixture, "secret/1");
	put_test(fixture, "invalid_output/1");
	put(fixture, "data/invalid_input/1.in", "");
	put(fixture, "data/test_group.yaml", "output_validator_args: [float_tolerance, '0.1']");
	fixture->job.limits.memory_bytes_max = MIB;
	load(fixture);
	assert_int_equal(fixture->job.n_tests, 1);
	assert_string_equal(fixture->job.tests[0].name, "secret/1");
	assert_true(fixture->job.tests[0].compare->float_absolute == 0.1);
	assert_int_equal(fixture->job.limits.cpu_us_max, 1500000);
	assert_int_equal(fixture->job.limits.memory_bytes_max, MIB); /* of whoever asked for another */
	assert_false(fixture->package.problem.custom_validator);
}

static void check_flags(const char *const *flags, const char *wanted)
{
	char got[100] = "";

	assert_non_null(flags);
	for (; *flags != NULL; flags++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s;", *flags);
	assert_string_equal(got, wanted);
}

static void test_validators(void **state)
{
	static const char *const flags[] = {"its;own;",       "its;own;all;",   "its;own;all;",
	                                    "its;own;b;two;", "its;own;b;two;", "its;own;all;"};
	struct fixture *fixture = *state;
	const struct problem_package *package = &fixture->package;
	const struct job *job = &fixture->job;

	put(fixture, "problem.yaml",
	    "validation: custom\nvalidator_flags: its own\n"
	    "limits: {validation_time: 3, validation_memory: 32, validation_output: 1}");
	put(fixture, "output_validators/a/x.cpp", "");
	put(fixture, "output_validators/a/lib/x.h", "");
	put_test(fixture, "sample/1");
	put_test(fixture, "secret/1");
	put_test(fixture, "secret/a/1");
	put_test(fixture, "secret/b/1");
	put_test(fixture, "secret/b/c/1");
	put_test(fixture, "secret/d/1");
	put(fixture, "data/secret/testdata.yaml", "output_validator_flags: all");
	put(fixture, "data/secret/b/testdata.yaml", "output_validator_flags: b  two");
	load(fixture);
	assert_int_equal(package->n_validators, 1);
	assert_string_equal(package->validators[0].name, "a");
	assert_int_equal(job->n_checkers, 1);
	assert_null(job->checkers[0].name);
	assert_int_equal(job->checker, CHECKER_KATTIS);
	assert_string_equal(job->checkers[0].language, "cpp");
	assert_int_equal(job->checkers[0].n_files, 2);
	assert_string_equal(job->checkers[0].files[0].name, "lib/x.h");
	assert_string_equal(job->checkers[0].files[0].data.path, in_package(fixture, "output_validators/a/lib/x.h"));
	assert_string_equal(job->checkers[0].files[1].name, "x.cpp");
	assert_int_equal(job->checker_limits.cpu_us_max, 3000000);
	assert_int_equal(job->checker_limits.memory_bytes_max, 32 * MIB);
	assert_int_equal(job->checker_limits.output_bytes_max, MIB);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		check_flags(job->tests[i].checker_flags, flags[i]);
	/* one array for all that say the same */
	assert_ptr_equal(job->tests[1].checker_flags, job->tests[5].checker_flags);
	unload(fixture);
	remove_package(fixture);
	put(fixture, "problem.yaml", V7);
	put_test(fixture, "secret/1");
	put(fixture, "data/secret/test_group.yaml", "output_validator_args: [its, own]");
	put(fixture, "output_validator/validate.cpp", "");
	put(fixture, "output_validator/validate.h", "");
	load(fixture);
	assert_true(package->problem.custom_validator);
	assert_int_equal(package->n_validators, 1);
	assert_string_equal(package->validators[0].name, "output_validator");
	assert_int_equal(package->validators[0].n_files, 2);
	check_flags(job->tests[0].checker_flags, "its;own;");
	assert_int_equal(job->checker_limits.cpu_us_max, 60000000);
}

/* `build` before `run`, and each file with its mode. */
static void test_scripts(void **state)
{
	struct fixture *fixture = *state;
	const struct job *job = &fixture->job;

	put(fixture, "problem.yaml", V7);
	put_test(fixture, "secret/1");
	put(fixture, "output_validator/a.txt", "");
	put(fixture, "output_validator/run", "");
	put(fixture, "output_validator/sub/build", "");
	assert_int_equal(chmod(in_package(fixture, "output_validator/run"), 0700), 0);
	load(fixture);
	assert_ptr_equal(job->checkers[0].scripts, language_scripts(false));
	assert_null(job->checkers[0].scripts->compile.argv[0]);
	assert_null(job->checkers[0].language);
	assert_int_equal(job->checkers[0].n_files, 3);
	assert_false(job->checkers[0].files[0].is_executable);
	assert_true(job->checkers[0].files[1].is_executable);
	unload(fixture);
	put(fixture, "output_validator/build", "");
	assert_int_equal(chmod(in_package(fixture, "output_validator/build"), 0700), 0);
	assert_int_equal(chmod(in_package(fixture, "output_validator/run"), 0600), 0);
	load(fixture);
	assert_ptr_equal(job->checkers[0].scripts, language_scripts(true));
	assert_string_equal(job->checkers[0].scripts->compile.argv[0], "./build");
}

/* Settings of single tests: over those of the group, and not of the next test. */
static void test_singles(void **state)
{
	static const char *const mistakes[][2] = {
	        {"on_reject: break", ":1:1: no such key: \"on_reject\""},
	        {"scoring: {}", ":1:1: no such key: \"scoring\""},
	        {"args: x", ":1:1: \"args\" has to be a list of strings"},
	        {"output_validator_args: [x]", ":1:1: the default validator has no argument \"x\""},
	        {"full_feedback: x", ":1:1: \"full_feedback\" has to be true or false"},
	};
	struct fixture *fixture = *state;
	const struct job *job = &fixture->job;

	put(fixture, "problem.yaml", V7);
	put(fixture, "data/test_group.yaml", "args: [all]\noutput_validator_args: [case_sensitive]");
	for (int i = 1; i < 5; i++)
		put_test(fixture, (const char *[]){"secret/1", "secret/2", "secret/3", "secret/g/1"}[i - 1]);
	put(fixture, "data/secret/2.yaml", "args: [-x, its own]\nhint: a\nfull_feedback: true");
	put(fixture, "data/secret/3.yaml", "args: []\noutput_validator_args: [float_tolerance, '1']\ndescription: a");
	put(fixture, "data/secret/g/1.yaml", "");
	put(fixture, "data/secret/g/test_group.yaml", "args: [g]");
	load(fixture);
	check_flags(job->tests[0].args, "all;");
	check_flags(job->tests[1].args, "-x;its own;");
	assert_null(job->tests[2].args);
	check_flags(job->tests[3].args, "g;");
	assert_true(job->tests[1].compare->case_sensitive);
	assert_false(job->tests[2].compare->case_sensitive);
	assert_true(job->tests[2].compare->float_absolute == 1);
	assert_true(job->tests[3].compare->case_sensitive);
	assert_null(job->tests[0].checker_flags);
	unload(fixture);
	put(fixture, "data/test_group.yaml", "output_validator_args: [all]");
	put(fixture, "data/secret/3.yaml", "output_validator_args: [three, '']");
	put(fixture, "output_validator/a.py", "");
	load(fixture);
	check_flags(job->tests[0].checker_flags, "all;");
	check_flags(job->tests[2].checker_flags, "three;;");
	unload(fixture);
	remove_package(fixture);
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		char message[200];
		put(fixture, "problem.yaml", V7);
		put_test(fixture, "secret/1");
		put(fixture, "data/secret/1.yaml", mistakes[i][0]);
		snprintf(message, sizeof(message), "/data/secret/1.yaml%s", mistakes[i][1]);
		refuse(fixture, message);
	}
	put(fixture, "problem.yaml", V7);
	put_test(fixture, "secret/test_group");
	refuse(fixture, "/data/secret/test_group.yaml is for the group");
}

/* In the order of their names, which they have since there are several. */
static void test_several_validators(void **state)
{
	static const char *const names[] = {"a", "b2.py", "b10.cpp"};
	struct fixture *fixture = *state;
	const struct job *job = &fixture->job;

	put(fixture, "problem.yaml", "validation: custom");
	put_test(fixture, "secret/1");
	put(fixture, "output_validators/b10.cpp", "");
	put(fixture, "output_validators/b2.py", "");
	put(fixture, "output_validators/a/run", "");
	assert_int_equal(chmod(in_package(fixture, "output_validators/a/run"), 0700), 0);
	load(fixture);
	assert_int_equal(job->n_checkers, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(job->checkers[i].name, names[i]);
		assert_int_equal(job->checkers[i].n_files, 1);
	}
	assert_non_null(job->checkers[0].scripts);
	assert_string_equal(job->checkers[1].language, "python3");
	assert_string_equal(job->checkers[2].language, "cpp");
}

static void test_refused_validators(void **state)
{
	static const struct {
		const char *yaml, *files[2], *message;
	} cases[] = {
	        {"validation: custom interactive",
	         {"output_validators/a.py", "output_validators/b.py"},
	         "/output_validators: more than one validator is not supported in interactive problems"},
	        {"validation: custom score\ntype: scoring",
	         {"output_validators/a.py", "output_validators/b.py"},
	         "/output_validators: more than one validator is not supported"},
	        {"validation: custom",
	         {"output_validators/a.py", "output_validators/b.txt"},
	         "/output_validators: b.txt: no language has the extension .txt"},
	        {"validation: custom",
	         {"output_validators/a.py", "output_validators/b.md"},
	         "/output_validators: none of the files has the extension of a language"},
	        {"validation: custom",
	         {"output_validators/a/b.c", "output_validators/a/build"},
	         "/output_validators/a/build: not executable"},
	        {V7, {"output_validator/run"}, "/output_validator/run: not executable"},
	        {V7, {"output_validator/a.txt"}, "/output_validator: a.txt: no language has the extension .txt"},
	        {V7, {"output_validator/a/b.c", "output_validator/a/c.py"}, "/output_validator/a: two languages: "},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put(fixture, "problem.yaml", cases[i].yaml);
		put_test(fixture, "secret/1");
		for (size_t k = 0; k < 2 && cases[i].files[k] != NULL; k++)
			put(fixture, cases[i].files[k], "");
		refuse(fixture, cases[i].message);
	}
	put(fixture, "problem.yaml", "validation: custom");
	put_test(fixture, "secret/1");
	for (int i = 0; i < JOB_CHECKERS_MAX + 1; i++) {
		char name[40];
		snprintf(name, sizeof(name), "output_validators/%d.py", i);
		put(fixture, name, "");
	}
	refuse(fixture, "/output_validators: more than 8 validators");
	put(fixture, "problem.yaml", "validation: custom");
	put_test(fixture, "secret/1");
	put(fixture, "output_validators/a/x", "");
	assert_int_equal(unlink(in_package(fixture, "output_validators/a/x")), 0);
	refuse(fixture, ": the validator a is an empty folder");
}

/* What would not be used, and so the output compared in another way. */
static void test_unused_validators(void **state)
{
	static const struct {
		const char *yaml, *file, *message;
	} cases[] = {
	        {"{}", "output_validators/a.py",
	         "/output_validators: problem.yaml does not say that the validation is custom"},
	        {"{}", "output_validator/a.py", "/output_validator: a folder of 2023-07 packages"},
	        {V7, "output_validators/a.py", "/output_validators: a folder of legacy packages"},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put(fixture, "problem.yaml", cases[i].yaml);
		put_test(fixture, "secret/1");
		put(fixture, cases[i].file, "");
		refuse(fixture, cases[i].message);
	}
	put(fixture, "problem.yaml", "{}");
	put_test(fixture, "secret/1");
	put(fixture, "output_validators/.gitignore", "");
	load(fixture);
}

static void test_includes(void **state)
{
	struct fixture *fixture = *state;
	struct sbx_err err = {0};
	struct job *job = &fixture->job;
	struct job_file *file;

	put(fixture, "problem.yaml", V7);
	put_test(fixture, "secret/1");
	put(fixture, "include/default/note", "");
	put(fixture, "include/default/lib/a.h", "");
	put(fixture, "include/python3/note", "");
	put(fixture, "include/cpp/note", "");
	load(fixture);
	assert_int_equal(job_add_file(job, &file), 0);
	file->name = "lib/a.h";
	file->data.path = "/dev/null";
	assert_int_equal(
	        problem_admit(&fixture->package, job, &fixture->memory, language_builtin_find("python3"), &err), 0);
	assert_int_equal(job->n_files, 2);
	assert_string_equal(job->files[0].data.path, in_package(fixture, "include/default/lib/a.h"));
	assert_string_equal(job->files[1].data.path, in_package(fixture, "include/python3/note"));
}

static void test_not_admitted(void **state)
{
	struct fixture *fixture = *state;
	struct sbx_err err = {0};
	struct job_file *file;

	put(fixture, "problem.yaml", V7 "languages: [cpp, java]\nlimits: {code: 1}");
	put_test(fixture, "secret/1");
	put(fixture, "large.c", "");
	assert_int_equal(truncate(in_package(fixture, "large.c"), 1025), 0);
	load(fixture);
	assert_int_equal(job_add_file(&fixture->job, &file), 0);
	file->name = "large.c";
	file->data.path = fixture->where;
	assert_int_equal(problem_admit(&fixture->package, &fixture->job, &fixture->memory,
	                               language_builtin_find("python3"), &err),
	                 -EINVAL);
	assert_non_null(strstr(err.msg, "/problem.yaml: submissions in python3 are not allowed"));
	assert_int_equal(
	        problem_admit(&fixture->package, &fixture->job, &fixture->memory, language_builtin_find("java"), &err),
	        -EFBIG);
	assert_string_equal(err.msg, "the sources are larger than the package's limit, 1 KiB");
}

static void test_not_supported(void **state)
{
	static const struct {
		const char *yaml, *group, *message;
	} cases[] = {
	        {V7 "type: interactive", "{}",
	         "/problem.yaml: an interactive or multi-pass problem needs an output validator"},
	        {V7 "type: multi-pass", "{}",
	         "/problem.yaml: an interactive or multi-pass problem needs an output validator"},
	        {V7 "type: submit-answer", "{}", "/problem.yaml: submit-answer problems are not supported yet"},
	        {V7 "allow_file_writing: true", "{}",
	         "/problem.yaml: submissions that write files are not supported yet"},
	        {V7, "static_validation: true", "/data: static validation is not supported yet"},
	        {"{}", "grading: custom", "/data: custom graders are not supported yet"},
	        {"{}", "{}",
	         ": no time limit, and none is worked out from its submissions: put seconds into a file .timelimit "
	         "there, or "
	         "give one with -t"},
	        {V7, "{}",
	         ": no time limit, and none is worked out from its submissions: put time_limit, in seconds, under "
	         "limits in "
	         "its problem.yaml, or give one with -t"},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool is_legacy = strncmp(cases[i].yaml, V7, strlen(V7)) != 0;
		struct sbx_err err = {0};
		put(fixture, "problem.yaml", cases[i].yaml);
		put(fixture, is_legacy ? "data/testdata.yaml" : "data/test_group.yaml", cases[i].group);
		put_test(fixture, "secret/1");
		load(fixture);
		assert_true(problem_check_supported(&fixture->package, &fixture->job, &err) < 0);
		if (strncmp(err.msg + strlen(fixture->dir), cases[i].message, strlen(cases[i].message)) != 0)
			fail_msg("got \"%s\", wanted \"%s\"", err.msg, cases[i].message);
		fixture->job.limits.cpu_us_max = 1;
		assert_int_equal(problem_check_supported(&fixture->package, &fixture->job, &err) == 0,
		                 strstr(cases[i].message, "give one") != NULL);
		unload(fixture);
		remove_package(fixture);
	}
}

static void test_submissions(void **state)
{
	struct fixture *fixture = *state;
	const struct problem_package *package = &fixture->package;
	struct sbx_err err = {0};

	put(fixture, "problem.yaml", "{}");
	put_test(fixture, "secret/1");
	load(fixture);
	assert_int_equal(problem_load_submissions(&fixture->package, &fixture->memory, &err), 0);
	assert_int_equal(package->n_submissions, 0);
	put(fixture, "submissions/accepted/two/Main.java", "");
	put(fixture, "submissions/accepted/two/Other.java", "// @EXPECTED_RESULTS@: TIMELIMIT\n");
	put(fixture, "submissions/accepted/one.py", "");
	put(fixture, "submissions/mixed/a.c", "");
	assert_int_equal(problem_load_submissions(&fixture->package, &fixture->memory, &err), 0);
	assert_int_equal(package->n_submissions, 3);
	assert_string_equal(package->submissions[0].folder, "accepted");
	assert_string_equal(package->submissions[0].program.name, "one.py");
	assert_int_equal(package->submissions[0].expected, 1U << JUDGEMENT_AC);
	assert_string_equal(package->submissions[1].program.name, "two");
	assert_int_equal(package->submissions[1].program.n_files, 2);
	assert_int_equal(package->submissions[1].expected, 1U << JUDGEMENT_TLE);
	assert_int_equal(package->submissions[2].expected, PROBLEM_EXPECT_ANY);
	assert_false(package->has_rules);
	put(fixture, "submissions/mixed/a.c", "// @EXPECTED_RESULTS@: CHECK-MANUALLY\n");
	assert_int_equal(problem_load_submissions(&fixture->package, &fixture->memory, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "submissions/mixed/a.c: @EXPECTED_RESULTS@: \"CHECK-MANUALLY\""));
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *yaml, *extra, *message;
	} cases[] = {
	        {"nmae: a", NULL, "/problem.yaml:1:1: no such key"},
	        {"{}", "data/secret/2.in", "/data/secret/2.in has no 2.ans"},
	        {"{}", "data/secret/2.ans", "/data/secret/2.ans has no 2.in"},
	        {"{}", "data/secret/2.ans/x", "/data/secret/2.ans: not a regular file"},
	        {"{}", "data/secret/a/test_group.yaml", "/data/secret/a/test_group.yaml: a file of 2023-07 packages"},
	        {"{}", ".timelimit", "/.timelimit: not a number of seconds"},
	        {"validation: custom", NULL, "/problem.yaml: the validation is custom, but there is nothing in"},
	        {V7, "data/secret/testdata.yaml", "/data/secret/testdata.yaml: a file of legacy packages"},
	        {V7, "data/secret/1.args", "/data/secret/1.args: arguments of a test go into its .yaml"},
	        {V7, "data/secret/2.yaml", "/data/secret/2.yaml has no 2.in"},
	        {V7, "data/secret/1.files/a", "/data/secret/1.files: files of a single test are not supported yet"},
	        {"{}", "data/secret/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/x",
	         "/data/secret/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16: more than 16 folders"},
	};
	struct fixture *fixture = *state;
	struct sbx_err err;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put(fixture, "problem.yaml", cases[i].yaml);
		put_test(fixture, "secret/1");
		if (cases[i].extra != NULL)
			put(fixture, cases[i].extra, "x");
		if (strstr(cases[i].message, "2.ans: not") != NULL)
			put(fixture, "data/secret/2.in", "");
		refuse(fixture, cases[i].message);
	}
	refuse(fixture, ": no problem.yaml in it");
	put(fixture, "problem.yaml", "{}");
	refuse(fixture, ": no test in data/secret");
	put(fixture, "problem.yaml", "{}");
	put_test(fixture, "sample/1");
	refuse(fixture, ": no test in data/secret");
	put(fixture, "problem.yaml", "{}");
	put_test(fixture, "secret/1");
	assert_int_equal(symlink("/etc/passwd", in_package(fixture, "data/secret/2.in")), 0);
	refuse(fixture, "/data/secret/2.in: neither a regular file nor a folder");
	put(fixture, "problem.yaml", "{}");
	assert_int_equal(symlink("/", in_package(fixture, "data")), 0);
	refuse(fixture, "/data: not a folder that can be opened, or a symbolic link");
	assert_int_equal(symlink("/etc/passwd", in_package(fixture, "problem.yaml")), 0);
	refuse(fixture, "/problem.yaml: not a regular file that can be read, or a symbolic link");
	assert_int_equal(problem_load(&fixture->package, &fixture->job, &fixture->memory, "/no/such", &err), -ENOENT);
	assert_string_equal(err.msg, "--problem: cannot open /no/such: No such file or directory");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	        TEST(test_legacy),
	        TEST(test_2023_07),
	        TEST(test_validators),
	        TEST(test_scripts),
	        TEST(test_several_validators),
	        TEST(test_refused_validators),
	        TEST(test_singles),
	        TEST(test_unused_validators),
	        TEST(test_includes),
	        TEST(test_not_admitted),
	        TEST(test_not_supported),
	        TEST(test_submissions),
	        TEST(test_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
