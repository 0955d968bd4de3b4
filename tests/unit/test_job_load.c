/* What a JSON job calls a path, with --job-files: names in that folder, and nothing else. */
#include "runner/job_load.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/files.h"

#define NAME(digit) digit "123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define GOOD NAME("0")
#define OTHER NAME("a")
#define LINK NAME("1")
#define FOLDER NAME("2")
#define FIFO NAME("3")
#define MISSING NAME("4")

struct fixture {
	char dir[64], path[96]; /* dir/files: the folder; dir/job.json */
	struct job job;
	struct job_memory memory;
	struct sbx_err err;
};

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	strcpy(fixture->dir, "/tmp/sbx-test-XXXXXX");
	assert_non_null(mkdtemp(fixture->dir));
	assert_int_equal(chdir(fixture->dir), 0);
	assert_int_equal(mkdir("files", 0700), 0);
	put("outside", "secret");
	put("files/" GOOD, "int main;");
	put("files/" OTHER, "answer");
	put("files/plain", "not a digest");
	assert_int_equal(symlink(GOOD, "files/" LINK), 0);
	assert_int_equal(mkdir("files/" FOLDER, 0700), 0);
	assert_int_equal(mkfifo("files/" FIFO, 0600), 0);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(chdir("/"), 0);
	remove_folder(fixture->dir);
	free(fixture);
	return 0;
}

static int load(struct fixture *fixture, const char *text, const char *files)
{
	put("job.json", text);
	job_init(&fixture->job);
	fixture->memory = (struct job_memory){0};
	fixture->err = (struct sbx_err){0};
	return job_load_json(&fixture->job, &fixture->memory, "job.json", files, &fixture->err);
}

static void finish(struct fixture *fixture)
{
	job_finish(&fixture->job);
	job_memory_finish(&fixture->memory);
}

static void test_names(void **state)
{
	struct fixture *fixture = *state;
	const struct job *job = &fixture->job;
	struct job_sources sources;

	if (load(fixture,
	         "{\"language\": \"c\", \"files\": [{\"path\": \"" GOOD "\"}, {\"name\": \"a.h\", \"text\": \"x\"}],"
	         " \"tests\": [{\"stdin_path\": \"" GOOD "\", \"answer_path\": \"" OTHER "\"}, {\"stdin\": \"\"}],"
	         " \"checker\": {\"kind\": \"testlib\", \"files\": [{\"name\": \"c.py\", \"path\": \"" OTHER "\"}]}}",
	         "files") < 0)
		fail_msg("refused: %s", fixture->err.msg);
	/* sources are read, and called by their language, not by their digest */
	assert_null(job->files[0].data.path);
	assert_string_equal(job->files[0].data.bytes, "int main;");
	assert_int_equal(job_load_sources(&fixture->job, &fixture->memory, &sources, &fixture->err), 0);
	assert_string_equal(sources.files[0].name, "main.c");
	assert_string_equal(job->checkers[0].files[0].data.bytes, "answer");
	assert_string_equal(job->tests[0].input.path, "files/" GOOD);
	assert_string_equal(job->tests[0].answer.path, "files/" OTHER);
	assert_null(job->tests[1].input.path);
	finish(fixture);
}

/* Each of the keys that is a path, with each value that is none of a file in the folder. */
static void test_refused(void **state)
{
	static const struct {
		const char *key, *before, *after;
	} keys[] = {
	        {"files[1].path", "{\"files\": [{\"text\": \"\"}, {\"path\": \"", "\"}], \"tests\": [{}]}"},
	        {"tests[1].stdin_path", "{\"files\": [{\"text\": \"\"}], \"tests\": [{}, {\"stdin_path\": \"", "\"}]}"},
	        {"tests[0].answer_path", "{\"files\": [{\"text\": \"\"}], \"tests\": [{\"answer_path\": \"", "\"}]}"},
	        {"checker.files[0].path",
	         "{\"files\": [{\"text\": \"\"}], \"tests\": [{}], \"checker\": {\"kind\": \"kattis\", \"files\": "
	         "[{\"path\": \"",
	         "\"}]}}"},
	};
	static const struct {
		const char *path, *message;
	} values[] = {
	        {"/etc/shadow", "not the name of a file in --job-files"},
	        {"/" GOOD, "not the name of a file in --job-files"},
	        {"../outside", "not the name of a file in --job-files"},
	        {"plain", "not the name of a file in --job-files"},
	        {"./" GOOD, "not the name of a file in --job-files"},
	        {GOOD "/", "not the name of a file in --job-files"},
	        {GOOD "0", "not the name of a file in --job-files"},
	        {NAME("A"), "not the name of a file in --job-files"},
	        {LINK, "a symbolic link lies there"},
	        {FOLDER, "what has this name in --job-files is not a regular file"},
	        {FIFO, "what has this name in --job-files is not a regular file"},
	        {MISSING, "no file of this name in --job-files can be opened"},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		for (size_t k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
			char text[512], wanted[256];
			snprintf(text, sizeof(text), "%s%s%s", keys[i].before, values[k].path, keys[i].after);
			snprintf(wanted, sizeof(wanted), "job.json: %s: %s", keys[i].key, values[k].message);
			assert_true(load(fixture, text, "files") < 0);
			assert_int_equal(fixture->err.stage, SBX_STAGE_USAGE);
			if (strncmp(fixture->err.msg, wanted, strlen(wanted)) != 0)
				fail_msg("%s: got \"%s\"", text, fixture->err.msg);
			finish(fixture);
		}
}

/* Without the option, paths are paths, and a source is called as its path ends. */
static void test_paths(void **state)
{
	struct fixture *fixture = *state;

	if (load(fixture, "{\"files\": [{\"path\": \"files/plain\"}], \"tests\": [{\"stdin_path\": \"outside\"}]}",
	         NULL) < 0)
		fail_msg("refused: %s", fixture->err.msg);
	assert_string_equal(fixture->job.files[0].data.path, "files/plain");
	assert_string_equal(fixture->job.tests[0].input.path, "outside");
	finish(fixture);
}

static void test_folder(void **state)
{
	struct fixture *fixture = *state;

	assert_true(load(fixture, "{\"files\": [{\"text\": \"\"}], \"tests\": [{}]}", "none") < 0);
	assert_string_equal(fixture->err.msg, "--job-files: cannot open none: No such file or directory");
	finish(fixture);
}

/* Together, as for sources that come inline; sparse files cost nothing but the reading. */
static void test_too_large(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(truncate("files/" GOOD, (off_t)JOB_SOURCES_BYTES_MAX / 2 + 1), 0);
	assert_true(load(fixture, "{\"files\": [{\"path\": \"" GOOD "\"}, {\"path\": \"" GOOD "\"}], \"tests\": [{}]}",
	                 "files") < 0);
	assert_string_equal(fixture->err.msg, "the sources are larger than 64 MiB together");
	finish(fixture);
}

/* What is opened is what counts, not what lay there when the job was read. */
static void test_open_data(void **state)
{
	struct fixture *fixture = *state;
	struct job *job = &fixture->job;
	int fd;

	assert_int_equal(
	        load(fixture, "{\"files\": [{\"text\": \"\"}], \"tests\": [{\"stdin_path\": \"" GOOD "\"}]}", "files"),
	        0);
	assert_int_equal(job->data_uid, getuid());
	fd = job_open_data(job, job->tests[0].input.path);
	assert_true(fd >= 0);
	close(fd);
	job->data_uid++;
	assert_int_equal(job_open_data(job, job->tests[0].input.path), -EPERM);
	job->data_uid--;
	assert_int_equal(job_open_data(job, "files/" FOLDER), -EISDIR);
	assert_int_equal(job_open_data(job, "files/" FIFO), -EMEDIUMTYPE);
	assert_int_equal(job_open_data(job, "files/" MISSING), -ENOENT);
	finish(fixture);
	/* of a job whose paths are paths it may be anybody's */
	assert_int_equal(
	        load(fixture, "{\"files\": [{\"text\": \"\"}], \"tests\": [{\"stdin_path\": \"/etc/passwd\"}]}", NULL),
	        0);
	assert_int_equal(job->data_uid, -1);
	finish(fixture);
}

/* What job_check() says, of jobs whose files it does not look for. */
static void test_check(void **state)
{
#define PYTHON "{\"language\": \"python3\", \"tests\": [{}], \"files\": "
#define WITH(checker)                                                                                                  \
	"{\"files\": [{\"name\": \"a.py\", \"text\": \"\"}], \"tests\": [{}], \"checker\": {\"kind\": "                \
	"\"testlib\", " checker "}}"
#define TESTS(tests) "{\"files\": [{\"name\": \"a.py\", \"text\": \"\"}], \"tests\": [" tests "]}"
	static const struct {
		const char *job, *field, *said; /* NULL: nothing is wrong */
	} rows[] = {
	        {PYTHON "[{\"text\": \"\"}]}", NULL, NULL},
	        {PYTHON "[{\"path\": \"" MISSING "\"}]}", NULL, NULL},
	        {PYTHON "[{\"path\": \"" MISSING "\"}, {\"text\": \"\"}]}", "files[1].name",
	         "another one has its name"},
	        {PYTHON "[{\"name\": \"b.py\", \"path\": \"x\"}, {\"name\": \"b.py\", \"path\": \"y\"}]}",
	         "files[1].name", "another one has its name"},
	        {PYTHON "[{\"name\": \"a/../b.py\", \"text\": \"\"}]}", "files[0].name", "not a name of a file"},
	        {PYTHON "[{\"name\": \"data\", \"text\": \"\"}]}", "files", "no file is a source in Python"},
	        {"{\"tests\": [{}], \"files\": [{\"path\": \"" MISSING "\"}]}", "files", "needs its language"},
	        {"{\"tests\": [{}], \"files\": [{\"name\": \"a.cobol\", \"text\": \"\"}]}", "files", "no language has"},
	        {"{\"language\": \"cobol\", \"tests\": [{}], \"files\": [{\"text\": \"\"}]}", "language", "\"cobol\""},
	        /* a file in Java is called by what is in it, which is not known of one with a path */
	        {"{\"language\": \"java\", \"tests\": [{}], \"files\": [{\"path\": \"x\"}, {\"path\": \"y\"}]}", NULL,
	         NULL},
	        {"{\"tests\": [{}], \"files\": [{\"name\": \"A.java\", \"path\": \"x\"}, {\"name\": \"A.java\", "
	         "\"text\":"
	         " \"\"}]}",
	         NULL, NULL},
	        {"{\"language\": \"java\", \"tests\": [{}], \"files\": [{\"text\": \"public class A {}\"}, {\"path\": "
	         "\"x\"},"
	         " {\"text\": \"public class A {}\"}]}",
	         "files[2].name", "the source A.java cannot be stored"},
	        {"{\"tests\": [{}], \"files\": [{\"name\": \"../A.java\", \"path\": \"x\"}]}", "files[0].name",
	         "not a name of a file"},
	        {WITH("\"files\": [{\"name\": \"c.py\", \"path\": \"x\"}]"), NULL, NULL},
	        {WITH("\"files\": [{\"name\": \"c.py\", \"text\": \"\"}, {\"name\": \"c.py/d\", \"text\": \"\"}]"),
	         "checker.files[1].name", "another one has its name"},
	        {WITH("\"files\": [{\"name\": \"c.cobol\", \"text\": \"\"}]"), "checker.files", "no language has"},
	        {WITH("\"language\": \"cobol\", \"files\": [{\"text\": \"\"}]"), "checker.language", "\"cobol\""},
	        {WITH("\"language\": \"c\", \"files\": [{\"name\": \"a.h\", \"text\": \"\"}]"), "checker.files",
	         "no file is a source in C"},
	        {TESTS("{}, {\"name\": \"3\"}, {\"stdin_path\": \"x\"}"), "tests[2]",
	         "tests[1].name and tests[2]: both tests are called \"3\""},
	        {TESTS("{\"name\": \"a\"}, {\"name\": \"b\"}, {\"name\": \"a\"}"), "tests[2].name",
	         "tests[0].name and tests[2].name: both tests are called \"a\""},
	        {TESTS("{}, {\"name\": \"1 \"}"), NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct job_languages languages = {0};
		struct job_memory memory = {0};
		char field[JOB_FIELD_BYTES];
		struct sbx_err err = {0};
		struct job job;
		int rc;

		job_init(&job);
		if (job_parse(&job, rows[i].job, strlen(rows[i].job), "job", &err) < 0)
			fail_msg("%s", err.msg);
		rc = job_check(&job, &memory, &languages, field, &err);
		assert_true((rc == 0) == (languages.submission != NULL));
		assert_true((rc == 0 && job.n_checkers > 0) == (languages.checker != NULL));
		if (rc < 0 && (rows[i].field == NULL || strcmp(field, rows[i].field) != 0 ||
		               strstr(err.msg, rows[i].said) == NULL || err.stage != SBX_STAGE_USAGE))
			fail_msg("%s: %s: %s", rows[i].job, field, err.msg);
		if (rc == 0 && rows[i].field != NULL)
			fail_msg("%s: nothing is wrong", rows[i].job);
		job_finish(&job);
		job_memory_finish(&memory);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_names, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_paths, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_folder, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_too_large, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_open_data, set_up, tear_down),
	        cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
