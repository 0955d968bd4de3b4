/* Whether a job asks for more than its key may. Called by the routes of `sbx serve` that take jobs. */
#include "policy/serve_keys.h"

#include "policy/size.h"
#include "policy/spec.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

enum unit { TIME, SIZE, COUNT };

/* The limits of a box, in the order in which one is told of them. */
static const struct limit {
	const char *name;
	size_t offset; /* in struct job_limits */
	enum unit unit;
} limits[] = {
        {"time", offsetof(struct job_limits, cpu_us_max), TIME},
        {"wall", offsetof(struct job_limits, wall_us_max), TIME},
        {"memory", offsetof(struct job_limits, memory_bytes_max), SIZE},
        {"output", offsetof(struct job_limits, output_bytes_max), SIZE},
        {"pids", offsetof(struct job_limits, pids_max), COUNT},
};

/* Of one kind of box: what a job says, by the field that it says it in, and what holds where it says nothing. */
struct asked {
	const struct serve_key *key;
	const struct job_limits *own, *all, *otherwise; /* own: of a test, else NULL */
	const char *own_name, *all_name;
};

static uint64_t value_of(const struct job_limits *from, const struct limit *limit)
{
	return from == NULL ? SPEC_UNSET : *(const uint64_t *)(const void *)((const char *)from + limit->offset);
}

static void print(uint64_t value, enum unit unit, char *buf, size_t size)
{
	if (unit == TIME)
		duration_format(value, buf, size);
	else if (unit == SIZE)
		size_format(value, buf, size);
	else if (value == SPEC_UNLIMITED)
		snprintf(buf, size, "unlimited");
	else
		snprintf(buf, size, "%" PRIu64, value);
}

static int refuse(const char *field, uint64_t value, uint64_t most, enum unit unit, bool is_said,
                  char ret_field[JOB_FIELD_BYTES], struct sbx_err *err)
{
	char asked[32], may[32];

	print(value, unit, asked, sizeof(asked));
	print(most, unit, may, sizeof(may));
	snprintf(ret_field, JOB_FIELD_BYTES, "%s", field);
	return sbx_fail(err, SBX_STAGE_USAGE, EPERM, "%s: %s%s is more than this key may ask for, %s", field, asked,
	                is_said ? "" : ", where the job says nothing,", may);
}

static int check_limit(const struct asked *asked, const struct limit *limit, uint64_t *cpu_us,
                       char ret_field[JOB_FIELD_BYTES], struct sbx_err *err)
{
	bool is_wall = limit->offset == offsetof(struct job_limits, wall_us_max);
	/* the default wall limit follows from the time, and is the test's if that is */
	bool is_own = value_of(asked->own, limit) != SPEC_UNSET ||
	              (is_wall && value_of(asked->all, limit) == SPEC_UNSET && asked->own != NULL &&
	               asked->own->cpu_us_max != SPEC_UNSET);
	uint64_t value = value_of(is_own ? asked->own : asked->all, limit),
	         most = value_of(&asked->key->job_max, limit);
	bool is_said = value != SPEC_UNSET;
	char field[JOB_FIELD_BYTES];

	if (!is_said)
		value = is_wall ? spec_default_wall_us(*cpu_us) : value_of(asked->otherwise, limit);
	if (limit->offset == offsetof(struct job_limits, cpu_us_max))
		*cpu_us = value;
	if (value <= most)
		return 0;
	snprintf(field, sizeof(field), "%s.%s", is_own ? asked->own_name : asked->all_name, limit->name);
	return refuse(field, value, most, limit->unit, is_said, ret_field, err);
}

static int check_limits(const struct asked *asked, char ret_field[JOB_FIELD_BYTES], struct sbx_err *err)
{
	uint64_t cpu_us = 0;

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		TRY(check_limit(asked, &limits[i], &cpu_us, ret_field, err));
	return 0;
}

static int check_tests(const struct serve_key *key, const struct job *job, char ret_field[JOB_FIELD_BYTES],
                       struct sbx_err *err)
{
	struct run_spec run;
	struct job_limits otherwise;
	char name[40];

	run_spec_init(&run);
	otherwise = (struct job_limits){.cpu_us_max = run.cpu_us_max,
	                                .memory_bytes_max = run.memory_bytes_max,
	                                .output_bytes_max = run.output_bytes_max,
	                                .pids_max = run.pids_max};
	for (size_t i = 0; i < job->n_tests; i++) {
		const struct asked asked = {key, &job->tests[i].limits, &job->limits, &otherwise, name, "limits"};

		snprintf(name, sizeof(name), "tests[%zu].limits", i);
		TRY(check_limits(&asked, ret_field, err));
	}
	return 0;
}

static int check_checker(const struct serve_key *key, const struct job *job, char ret_field[JOB_FIELD_BYTES],
                         struct sbx_err *err)
{
	struct run_spec run;
	struct job_limits otherwise;
	const struct asked asked = {key, NULL, &job->checker_limits, &otherwise, NULL, "checker.limits"};

	if (job->checker == CHECKER_COMPARE)
		return 0;
	run_spec_init(&run);
	otherwise = (struct job_limits){.cpu_us_max = JOB_CHECKER_CPU_US,
	                                .memory_bytes_max = JOB_CHECKER_MEMORY_BYTES,
	                                .output_bytes_max = JOB_CHECKER_OUTPUT_BYTES,
	                                .pids_max = run.pids_max};
	return check_limits(&asked, ret_field, err);
}

/* Both counts are small enough to be multiplied (JOB_..._MAX). */
static int check_counts(const struct serve_key *key, const struct job *job, char ret_field[JOB_FIELD_BYTES],
                        struct sbx_err *err)
{
	uint64_t tests = job->n_tests, files = job->n_files;

	if (tests > key->tests_max)
		return refuse("tests", tests, key->tests_max, COUNT, true, ret_field, err);
	if (tests * job->passes_max > key->tests_max)
		return refuse("checker.passes", tests * job->passes_max, key->tests_max, COUNT, true, ret_field, err);
	if (files > key->files_max)
		return refuse("files", files, key->files_max, COUNT, true, ret_field, err);
	for (size_t i = 0; i < job->n_checkers; i++)
		files += job->checkers[i].n_files;
	if (files > key->files_max)
		return refuse("checker.files", files, key->files_max, COUNT, true, ret_field, err);
	return 0;
}

int serve_keys_admit_limits(const struct serve_key *key, const struct job *job, char ret_field[JOB_FIELD_BYTES],
                            struct sbx_err *err)
{
	TRY(check_counts(key, job, ret_field, err));
	TRY(check_tests(key, job, ret_field, err));
	return check_checker(key, job, ret_field, err);
}
