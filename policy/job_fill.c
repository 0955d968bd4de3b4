/* The parts of a job, whoever fills it in: policy/job.c from JSON, and what reads options, folders and packages. */
#include "policy/job.h"

#include "policy/json.h"

#include <errno.h>
#include <stdlib.h>

const struct job_limits job_no_limits = {SPEC_UNSET, SPEC_UNSET, SPEC_UNSET, SPEC_UNSET, SPEC_UNSET};

void job_init(struct job *job)
{
	*job = (struct job){.limits = job_no_limits,
	                    .checker_limits = job_no_limits,
	                    .compile_us_max = SPEC_UNSET,
	                    .compile_memory_bytes_max = SPEC_UNSET,
	                    .compare = {.float_absolute = -1, .float_relative = -1},
	                    .passes_max = 1,
	                    .keep_bytes = JOB_KEEP_BYTES,
	                    .data_uid = -1};
}

void job_finish(struct job *job)
{
	free(job->files);
	for (size_t i = 0; i < JOB_CHECKERS_MAX; i++)
		free(job->checkers[i].files);
	free(job->checker_flags);
	free(job->argv);
	free(job->tests);
	json_free(job->json);
	*job = (struct job){0};
}

/* Room for one more of `size` bytes: doubled each time that their number is a power of two. */
static int grow(void **array, size_t n, size_t max, size_t size)
{
	void *larger;

	if (n >= max)
		return -E2BIG;
	if ((n & (n - 1)) != 0)
		return 0;
	larger = realloc(*array, (n == 0 ? 1 : 2 * n) * size);
	if (larger == NULL)
		return -ENOMEM;
	*array = larger;
	return 0;
}

static int add_file(struct job_file **files, size_t *n, struct job_file **ret)
{
	void *array = *files;

	TRY(grow(&array, *n, JOB_FILES_MAX, sizeof(**files)));
	*files = array;
	*ret = &(*files)[(*n)++];
	**ret = (struct job_file){0};
	return 0;
}

int job_add_file(struct job *job, struct job_file **ret)
{
	return add_file(&job->files, &job->n_files, ret);
}

int job_add_checker_file(struct job_checker *checker, struct job_file **ret)
{
	return add_file(&checker->files, &checker->n_files, ret);
}

int job_add_test(struct job *job, struct job_test **ret)
{
	void *array = job->tests;

	TRY(grow(&array, job->n_tests, JOB_TESTS_MAX, sizeof(*job->tests)));
	job->tests = array;
	*ret = &job->tests[job->n_tests++];
	**ret = (struct job_test){.limits = job_no_limits};
	return 0;
}
