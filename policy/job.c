/* Reading jobs and runs from JSON. Called by `sbx judge`, and by the service, which refuses what is wrong at once. */
#include "policy/job.h"

#include "policy/json.h"
#include "policy/seccomp.h"
#include "policy/size.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the reader stands. */
struct reader {
	struct job *job;
	const char *origin;
	char place[160]; /* "tests[3].limits.time"; cut where it is longer */
	struct sbx_err *err;
};

struct field {
	const char *key;
	int (*read)(struct reader *reader, struct json_object *value, void *into);
	size_t offset; /* in what is read */
	bool required;
};

/* The fields of one object, while it is read. */
struct reading {
	struct reader *reader;
	const struct field *fields;
	size_t n;
	void *into;
};

static int wrong(struct reader *reader, const char *what)
{
	return sbx_fail(reader->err, SBX_STAGE_USAGE, EINVAL, "%.100s: %s%s%s", reader->origin, reader->place,
	                reader->place[0] == '\0' ? "" : ": ", what);
}

static int not_a(struct reader *reader, struct json_object *value, const char *wanted)
{
	char what[96];

	snprintf(what, sizeof(what), "%s, not %s", json_kind_name(json_kind_of(value)), wanted);
	return wrong(reader, what);
}

/* Both add to the place what comes next, and return its length before, for leave(). */
static size_t enter_key(struct reader *reader, const char *key)
{
	size_t len = strlen(reader->place);

	snprintf(reader->place + len, sizeof(reader->place) - len, "%s%.60s", len == 0 ? "" : ".", key);
	return len;
}

static size_t enter_index(struct reader *reader, size_t index)
{
	size_t len = strlen(reader->place);

	snprintf(reader->place + len, sizeof(reader->place) - len, "[%zu]", index);
	return len;
}

static void leave(struct reader *reader, size_t len)
{
	reader->place[len] = '\0';
}

static int read_key(const char *key, struct json_object *value, void *data, struct sbx_err *err)
{
	const struct reading *reading = data;
	size_t len = enter_key(reading->reader, key);
	int rc;

	(void)err;
	for (size_t i = 0; i < reading->n; i++) {
		const struct field *field = &reading->fields[i];
		if (strcmp(field->key, key) != 0)
			continue;
		rc = field->read(reading->reader, value, (char *)reading->into + field->offset);
		leave(reading->reader, len);
		return rc;
	}
	return wrong(reading->reader, "unknown key");
}

static int read_object(struct reader *reader, struct json_object *object, const struct field *fields, size_t n,
                       void *into)
{
	struct reading reading = {reader, fields, n, into};
	char what[96];

	if (json_kind_of(object) != JSON_OBJECT)
		return not_a(reader, object, "an object");
	TRY(json_each(object, read_key, &reading, reader->err));
	for (size_t i = 0; i < n; i++) {
		struct json_object *value;
		if (!fields[i].required || json_find(object, fields[i].key, &value))
			continue;
		snprintf(what, sizeof(what), "\"%s\" is missing", fields[i].key);
		return wrong(reader, what);
	}
	return 0;
}
#define READ_OBJECT(reader, object, fields, into)                                                                      \
	read_object(reader, object, fields, sizeof(fields) / sizeof((fields)[0]), into)

static int read_string(struct reader *reader, struct json_object *value, void *into)
{
	const char *text = json_string_of(value);

	if (text == NULL || text[0] == '\0')
		return json_kind_of(value) == JSON_STRING ? wrong(reader, "empty, or with a NUL in it")
		                                          : not_a(reader, value, "a string");
	*(const char **)into = text;
	return 0;
}

static int read_bytes(struct reader *reader, struct json_object *value, void *into)
{
	struct job_data *data = into;

	if (json_kind_of(value) != JSON_STRING)
		return not_a(reader, value, "a string");
	if (data->path != NULL)
		return wrong(reader, "both inline and a path");
	data->bytes = json_bytes_of(value, &data->len);
	return 0;
}

static int read_path(struct reader *reader, struct json_object *value, void *into)
{
	struct job_data *data = into;

	if (data->bytes != NULL)
		return wrong(reader, "both inline and a path");
	return read_string(reader, value, &data->path);
}

static int read_bool(struct reader *reader, struct json_object *value, void *into)
{
	return json_bool_of(value, into) ? 0 : not_a(reader, value, "true or false");
}

static int read_tolerance(struct reader *reader, struct json_object *value, void *into)
{
	if (!json_double_of(value, into))
		return not_a(reader, value, "a number");
	return *(double *)into >= 0 ? 0 : wrong(reader, "below 0");
}

static int read_quantity(struct reader *reader, struct json_object *value, void *into, const char *wanted,
                         int (*parse)(const char *text, uint64_t *ret))
{
	const char *text = json_string_of(value);
	char number[32];
	uint64_t n;

	if (json_u64_of(value, &n)) {
		snprintf(number, sizeof(number), "%" PRIu64, n);
		text = number;
	}
	if (text == NULL || parse(text, into) < 0)
		return wrong(reader, wanted);
	return 0;
}

static int read_duration(struct reader *reader, struct json_object *value, void *into)
{
	return read_quantity(reader, value, into, "not a duration (\"1.5s\", \"200ms\", or whole seconds)",
	                     duration_parse);
}

static int read_size(struct reader *reader, struct json_object *value, void *into)
{
	return read_quantity(reader, value, into, "not a size (\"256M\", or bytes)", size_parse);
}

static int read_count(struct reader *reader, struct json_object *value, void *into)
{
	return read_quantity(reader, value, into, "not a whole number above 0", count_parse);
}

/* What the kernel takes for such a limit. */
static int read_pids(struct reader *reader, struct json_object *value, void *into)
{
	TRY(read_count(reader, value, into));
	return *(uint64_t *)into > JOB_PIDS_MAX && *(uint64_t *)into != SPEC_UNLIMITED
	               ? wrong(reader, "more than 4194304")
	               : 0;
}

static int read_passes(struct reader *reader, struct json_object *value, void *into)
{
	TRY(read_count(reader, value, into));
	return *(uint64_t *)into > JOB_PASSES_MAX ? wrong(reader, "more than 1000") : 0;
}

static int read_keep(struct reader *reader, struct json_object *value, void *into)
{
	uint64_t n;

	if (json_u64_of(value, &n) && n == 0) {
		*(uint64_t *)into = 0;
		return 0;
	}
	TRY(read_size(reader, value, into));
	return *(uint64_t *)into > JOB_KEEP_BYTES_MAX ? wrong(reader, "more than 1M") : 0;
}

static int read_reruns(struct reader *reader, struct json_object *value, void *into)
{
	uint64_t n;

	if (!json_u64_of(value, &n) || n > JOB_RERUNS_MAX)
		return wrong(reader, "not a whole number from 0 to 10");
	*(uint64_t *)into = n;
	return 0;
}

static int read_limits(struct reader *reader, struct json_object *value, void *into)
{
	static const struct field fields[] = {
	        {"time", read_duration, offsetof(struct job_limits, cpu_us_max), false},
	        {"wall", read_duration, offsetof(struct job_limits, wall_us_max), false},
	        {"memory", read_size, offsetof(struct job_limits, memory_bytes_max), false},
	        {"output", read_size, offsetof(struct job_limits, output_bytes_max), false},
	        {"pids", read_pids, offsetof(struct job_limits, pids_max), false},
	};

	return READ_OBJECT(reader, value, fields, into);
}

/* `into` is what job_add_file() or its sister did: a new one. */
static int read_file(struct reader *reader, struct json_object *value, struct job_file *file)
{
	static const struct field fields[] = {
	        {"name", read_string, offsetof(struct job_file, name), false},
	        {"text", read_bytes, offsetof(struct job_file, data), false},
	        {"path", read_path, offsetof(struct job_file, data), false},
	};

	TRY(READ_OBJECT(reader, value, fields, file));
	return file->data.bytes == NULL && file->data.path == NULL ? wrong(reader, "\"text\" or \"path\" is missing")
	                                                           : 0;
}

static int no_room(struct reader *reader, int rc, const char *full)
{
	return wrong(reader, rc == -E2BIG ? full : "out of memory");
}

static int read_source(struct reader *reader, struct json_object *value, void *into)
{
	struct job_file *file;
	int rc = job_add_file(reader->job, &file);

	(void)into;
	return rc < 0 ? no_room(reader, rc, "more than 10000 files") : read_file(reader, value, file);
}

static int read_checker_source(struct reader *reader, struct json_object *value, void *into)
{
	struct job_file *file;
	int rc = job_add_checker_file(&reader->job->checkers[0], &file);

	(void)into;
	return rc < 0 ? no_room(reader, rc, "more than 10000 files") : read_file(reader, value, file);
}

static int read_test(struct reader *reader, struct json_object *value, void *into)
{
	static const struct field fields[] = {
	        {"name", read_string, offsetof(struct job_test, name), false},
	        {"stdin", read_bytes, offsetof(struct job_test, input), false},
	        {"stdin_path", read_path, offsetof(struct job_test, input), false},
	        {"answer", read_bytes, offsetof(struct job_test, answer), false},
	        {"answer_path", read_path, offsetof(struct job_test, answer), false},
	        {"limits", read_limits, offsetof(struct job_test, limits), false},
	};
	struct job_test *test;
	int rc = job_add_test(reader->job, &test);

	(void)into;
	if (rc < 0)
		return no_room(reader, rc, "more than 100000 tests");
	return READ_OBJECT(reader, value, fields, test);
}

static int read_each(struct reader *reader, struct json_object *value,
                     int (*read)(struct reader *reader, struct json_object *value, void *into))
{
	if (json_kind_of(value) != JSON_ARRAY)
		return not_a(reader, value, "an array");
	for (size_t i = 0; i < json_length(value); i++) {
		size_t len = enter_index(reader, i);
		TRY(read(reader, json_at(value, i), NULL));
		leave(reader, len);
	}
	return 0;
}

static int read_files(struct reader *reader, struct json_object *value, void *into)
{
	(void)into;
	if (json_length(value) == 0 && json_kind_of(value) == JSON_ARRAY)
		return wrong(reader, "no file in it");
	return read_each(reader, value, read_source);
}

static int read_tests(struct reader *reader, struct json_object *value, void *into)
{
	(void)into;
	/* a job that judges by nothing would come out as a good one */
	if (json_length(value) == 0 && json_kind_of(value) == JSON_ARRAY)
		return wrong(reader, "no test in it");
	return read_each(reader, value, read_test);
}

static int read_kind(struct reader *reader, struct json_object *value, void *into)
{
	struct job *job = into;
	const char *text = json_string_of(value);

	if (text != NULL && strcmp(text, "exact") == 0)
		job->compare = (struct compare_options){true, true, job->compare.presentation, -1, -1};
	else if (text != NULL && strcmp(text, "kattis") == 0)
		job->checker = CHECKER_KATTIS;
	else if (text != NULL && strcmp(text, "testlib") == 0)
		job->checker = CHECKER_TESTLIB;
	else if (text == NULL || strcmp(text, "tokens") != 0)
		return wrong(reader, "neither \"tokens\" nor \"exact\", \"kattis\", \"testlib\"");
	return 0;
}

static int read_checker_files(struct reader *reader, struct json_object *value, void *into)
{
	(void)into;
	return read_each(reader, value, read_checker_source);
}

/* Into a new array that ends with NULL. */
static int read_words(struct reader *reader, struct json_object *value, const char ***into,
                      int (*read)(struct reader *reader, struct json_object *value, void *into))
{
	const char **words;

	if (json_kind_of(value) != JSON_ARRAY)
		return not_a(reader, value, "an array");
	words = calloc(json_length(value) + 1, sizeof(*words));
	if (words == NULL)
		return wrong(reader, "out of memory");
	*into = words;
	for (size_t i = 0; i < json_length(value); i++) {
		size_t len = enter_index(reader, i);
		TRY(read(reader, json_at(value, i), &words[i]));
		if (strlen(words[i]) >= JOB_FLAG_BYTES)
			return wrong(reader, "longer than an argument may be, of 131071 bytes");
		leave(reader, len);
	}
	return 0;
}

static int read_flags(struct reader *reader, struct json_object *value, void *into)
{
	return read_words(reader, value, into, read_string);
}

static int read_both_tolerances(struct reader *reader, struct json_object *value, void *into)
{
	struct compare_options *options = into;

	TRY(read_tolerance(reader, value, &options->float_absolute));
	options->float_relative = options->float_absolute;
	return 0;
}

/* Of a comparison; whether the value matters or not, whoever wrote it expects that it does. */
static int check_tokens_only(struct reader *reader, const struct json_object *checker)
{
	static const char *const keys[] = {"case_sensitive", "space_sensitive", "float_tolerance", "float_absolute",
	                                   "float_relative"};
	struct json_object *kind = NULL, *value;

	json_find(checker, "kind", &kind);
	if (strcmp(json_string_of(kind), "tokens") == 0)
		return 0;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char what[96];
		if (!json_find(checker, keys[i], &value))
			continue;
		enter_key(reader, keys[i]);
		snprintf(what, sizeof(what), "is for the kind tokens, and does not go with %s", json_string_of(kind));
		return wrong(reader, what);
	}
	return 0;
}

static int read_checker(struct reader *reader, struct json_object *value, void *into)
{
	static const struct field fields[] = {
	        {"kind", read_kind, 0, true},
	        {"presentation", read_bool, offsetof(struct job, compare.presentation), false},
	        {"case_sensitive", read_bool, offsetof(struct job, compare.case_sensitive), false},
	        {"space_sensitive", read_bool, offsetof(struct job, compare.space_sensitive), false},
	        {"float_tolerance", read_both_tolerances, offsetof(struct job, compare), false},
	        {"float_absolute", read_tolerance, offsetof(struct job, compare.float_absolute), false},
	        {"float_relative", read_tolerance, offsetof(struct job, compare.float_relative), false},
	        {"language", read_string, offsetof(struct job, checkers[0].language), false},
	        {"files", read_checker_files, 0, false},
	        {"flags", read_flags, offsetof(struct job, checker_flags), false},
	        {"limits", read_limits, offsetof(struct job, checker_limits), false},
	        {"passes", read_passes, offsetof(struct job, passes_max), false},
	        {"interactive", read_bool, offsetof(struct job, interactive), false},
	};
	struct job *job = into;
	bool is_program;

	TRY(READ_OBJECT(reader, value, fields, job));
	TRY(check_tokens_only(reader, value));
	is_program = job->checker != CHECKER_COMPARE;
	if (!is_program && memcmp(&job->checker_limits, &job_no_limits, sizeof(job_no_limits)) != 0)
		return wrong(reader, "\"limits\" are for kattis and testlib");
	if (job->checker != CHECKER_KATTIS && (job->interactive || job->passes_max > 1))
		return wrong(reader, "\"interactive\" and \"passes\" are for kattis");
	if (is_program != (job->checkers[0].n_files > 0))
		return wrong(reader, is_program ? "\"files\" is missing" : "\"files\" are for kattis and testlib");
	job->n_checkers = is_program;
	return 0;
}

static int read_profile(struct reader *reader, struct json_object *value, void *into)
{
	TRY(read_string(reader, value, into));
	return seccomp_builtin_find(*(const char **)into) != NULL
	               ? 0
	               : wrong(reader, "no built-in profile has this name (sbx policy list shows them)");
}

static int read_after_failure(struct reader *reader, struct json_object *value, void *into)
{
	const char *text = json_string_of(value);

	if (text == NULL || (strcmp(text, "stop") != 0 && strcmp(text, "continue") != 0))
		return wrong(reader, "neither \"stop\" nor \"continue\"");
	*(bool *)into = text[0] == 's';
	return 0;
}

static int read_job(struct reader *reader, struct json_object *value)
{
	static const struct field fields[] = {
	        {"language", read_string, offsetof(struct job, language), false},
	        {"files", read_files, 0, true},
	        {"tests", read_tests, 0, true},
	        {"limits", read_limits, offsetof(struct job, limits), false},
	        {"checker", read_checker, 0, false},
	        {"seccomp", read_profile, offsetof(struct job, seccomp), false},
	        {"after_failure", read_after_failure, offsetof(struct job, stop_on_first_failure), false},
	        {"reruns", read_reruns, offsetof(struct job, reruns), false},
	        {"keep_output", read_keep, offsetof(struct job, keep_bytes), false},
	        {"merge_stderr", read_bool, offsetof(struct job, merge_stderr), false},
	};

	TRY(READ_OBJECT(reader, value, fields, reader->job));
	if (reader->job->merge_stderr && reader->job->interactive)
		return wrong(reader,
		             "\"merge_stderr\" does not go with an interactive checker, which reads answers only");
	return 0;
}

/* ---- a run ---- */

/* Unlike a name it may be empty. */
static int read_argument(struct reader *reader, struct json_object *value, void *into)
{
	const char *text = json_string_of(value);

	if (text == NULL)
		return json_kind_of(value) == JSON_STRING ? wrong(reader, "with a NUL in it")
		                                          : not_a(reader, value, "a string");
	*(const char **)into = text;
	return 0;
}

static int read_argv(struct reader *reader, struct json_object *value, void *into)
{
	const char ***argv = into;

	TRY(read_words(reader, value, argv, read_argument));
	return (*argv)[0] != NULL && (*argv)[0][0] != '\0' ? 0 : wrong(reader, "no program in it");
}

static int read_input(struct reader *reader, struct json_object *value, void *into)
{
	(void)into;
	return read_bytes(reader, value, &reader->job->tests[0].input);
}

static int read_input_path(struct reader *reader, struct json_object *value, void *into)
{
	(void)into;
	return read_path(reader, value, &reader->job->tests[0].input);
}

/* No language says what its files are called, and which of them is the program. */
static int take_argv(struct reader *reader)
{
	struct job *job = reader->job;

	job->language = NULL;
	for (size_t i = 0; i < job->n_files; i++) {
		job->files[i].is_executable = true;
		if (job->files[i].name != NULL)
			continue;
		enter_key(reader, "files");
		enter_index(reader, i);
		return wrong(reader, "\"name\" is missing");
	}
	return 0;
}

static int read_run(struct reader *reader, struct json_object *value)
{
	static const struct field fields[] = {
	        {"argv", read_argv, offsetof(struct job, argv), false},
	        {"language", read_string, offsetof(struct job, language), false},
	        {"files", read_files, 0, false},
	        {"stdin", read_input, 0, false},
	        {"stdin_path", read_input_path, 0, false},
	        {"limits", read_limits, offsetof(struct job, limits), false},
	        {"seccomp", read_profile, offsetof(struct job, seccomp), false},
	        {"keep_output", read_keep, offsetof(struct job, keep_bytes), false},
	        {"merge_stderr", read_bool, offsetof(struct job, merge_stderr), false},
	};
	struct job *job = reader->job;
	struct json_object *language;
	struct job_test *test;

	if (job_add_test(job, &test) < 0)
		return wrong(reader, "out of memory");
	test->name = JOB_RUN_TEST;
	TRY(READ_OBJECT(reader, value, fields, job));
	if (job->argv != NULL && json_find(value, "language", &language))
		return wrong(reader, "\"argv\" and \"language\" exclude each other");
	if (job->argv != NULL)
		return take_argv(reader);
	if (job->language == NULL)
		return wrong(reader, "\"argv\" or \"language\" is missing");
	return job->n_files > 0 ? 0 : wrong(reader, "\"files\" is missing");
}

int job_parse(struct job *job, const char *text, size_t len, const char *origin, struct sbx_err *err)
{
	struct reader reader = {.job = job, .origin = origin, .err = err};

	TRY(json_parse(text, len, origin, &job->json, err));
	return job->is_run ? read_run(&reader, job->json) : read_job(&reader, job->json);
}
