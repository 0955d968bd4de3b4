/* Jobs and runs in JSON: what they say keeps the bounds of policy/job.h, and the same text says it twice. */
#include "fuzz.h"

#include "policy/job.h"
#include "policy/json.h"
#include "policy/seccomp.h"

#include <math.h>

static void check_quantity(uint64_t value)
{
	FUZZ_ASSERT(value > 0 && (value <= INT64_MAX || value == SPEC_UNSET || value == SPEC_UNLIMITED));
}

static void check_limits(const struct job_limits *limits)
{
	check_quantity(limits->cpu_us_max);
	check_quantity(limits->wall_us_max);
	check_quantity(limits->memory_bytes_max);
	check_quantity(limits->output_bytes_max);
	check_quantity(limits->pids_max);
}

static void check_data(const struct job_data *data)
{
	FUZZ_ASSERT(data->path == NULL || (data->bytes == NULL && data->path[0] != '\0'));
	FUZZ_ASSERT(data->bytes != NULL || data->len == 0);
	FUZZ_ASSERT(data->bytes == NULL || data->bytes[data->len] == '\0');
}

static void check_files(const struct job_file *files, size_t n)
{
	FUZZ_ASSERT(n > 0 && n <= JOB_FILES_MAX);
	for (size_t i = 0; i < n; i++) {
		FUZZ_ASSERT(files[i].name == NULL || files[i].name[0] != '\0');
		FUZZ_ASSERT(files[i].data.path != NULL || files[i].data.bytes != NULL);
		check_data(&files[i].data);
	}
}

static void check_tests(const struct job *job)
{
	FUZZ_ASSERT(job->n_tests > 0 && job->n_tests <= JOB_TESTS_MAX);
	for (size_t i = 0; i < job->n_tests; i++) {
		FUZZ_ASSERT(job->tests[i].name == NULL || job->tests[i].name[0] != '\0');
		check_data(&job->tests[i].input);
		check_data(&job->tests[i].answer);
		check_limits(&job->tests[i].limits);
	}
}

static void check_tolerance(double tolerance)
{
	FUZZ_ASSERT(isfinite(tolerance) && (tolerance >= 0 || tolerance == -1));
}

static void check_checker(const struct job *job)
{
	bool is_program = job->checker != CHECKER_COMPARE;

	check_tolerance(job->compare.float_absolute);
	check_tolerance(job->compare.float_relative);
	check_limits(&job->checker_limits);
	FUZZ_ASSERT(job->n_checkers == is_program && (job->checkers[0].n_files > 0) == is_program);
	if (is_program)
		check_files(job->checkers[0].files, job->checkers[0].n_files);
	FUZZ_ASSERT(job->passes_max >= 1 && job->passes_max <= JOB_PASSES_MAX);
	FUZZ_ASSERT(!job->merge_stderr || !job->interactive);
	FUZZ_ASSERT(job->checker == CHECKER_KATTIS || (job->passes_max == 1 && !job->interactive));
	for (size_t i = 0; job->checker_flags != NULL && job->checker_flags[i] != NULL; i++)
		FUZZ_ASSERT(job->checker_flags[i][0] != '\0');
}

static void check_job(const struct job *job)
{
	check_tests(job);
	check_limits(&job->limits);
	check_checker(job);
	FUZZ_ASSERT(job->seccomp == NULL || seccomp_builtin_find(job->seccomp) != NULL);
	FUZZ_ASSERT(job->reruns <= JOB_RERUNS_MAX && job->keep_bytes <= JOB_KEEP_BYTES_MAX);
}

/* A command or a language; all that is about more than one test is as it was. */
static void check_run(const struct job *job)
{
	FUZZ_ASSERT((job->argv != NULL) != (job->language != NULL));
	FUZZ_ASSERT(job->argv == NULL || (job->argv[0] != NULL && job->argv[0][0] != '\0'));
	for (size_t i = 0; i < job->n_files; i++)
		FUZZ_ASSERT(job->argv == NULL || (job->files[i].name != NULL && job->files[i].is_executable));
	FUZZ_ASSERT(job->n_tests == 1 && strcmp(job->tests[0].name, JOB_RUN_TEST) == 0);
	FUZZ_ASSERT(job->tests[0].answer.bytes == NULL && job->tests[0].answer.path == NULL);
	FUZZ_ASSERT(job->n_checkers == 0 && job->reruns == 0 && !job->stop_on_first_failure);
}

static void check_again(const struct job *job)
{
	/* as json_text() prints it, which is another text with the same meaning */
	FUZZ_CLEANUP char *text = strdup(json_text(job->json, true));
	struct sbx_err err = {0};
	struct job again;

	job_init(&again);
	again.is_run = job->is_run;
	FUZZ_ASSERT(job_parse(&again, text, strlen(text), "again", &err) == 0);
	FUZZ_ASSERT(again.n_files == job->n_files && again.n_tests == job->n_tests);
	FUZZ_ASSERT(memcmp(&again.limits, &job->limits, sizeof(job->limits)) == 0);
	FUZZ_ASSERT(memcmp(&again.checker_limits, &job->checker_limits, sizeof(job->limits)) == 0);
	FUZZ_ASSERT(again.checker == job->checker && again.keep_bytes == job->keep_bytes);
	FUZZ_ASSERT(again.compare.float_absolute == job->compare.float_absolute);
	job_finish(&again);
}

static void try(const char *text, size_t size, bool is_run)
{
	struct sbx_err err = {0};
	struct job job;

	job_init(&job);
	job.is_run = is_run;
	if (job_parse(&job, text, size, "job.json", &err) < 0) {
		fuzz_assert_error(&err);
	} else {
		if (is_run)
			check_run(&job);
		if (job.argv == NULL || job.n_files > 0)
			check_files(job.files, job.n_files);
		check_job(&job);
		check_again(&job);
	}
	job_finish(&job);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FUZZ_CLEANUP char *text = fuzz_bytes((const char *)data, size);

	try(text, size, false);
	try(text, size, true);
	return 0;
}
