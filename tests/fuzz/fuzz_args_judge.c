/* The command line of `sbx judge`, its words parted by NULs. */
#include "fuzz.h"

#include "policy/seccomp.h"
#include "runner/args_judge.h"
#include "sandbox/host.h"

#include <math.h>

#define WORDS_MAX 200

static void check_args(const struct judge_args *args, int argc, char *const *words)
{
	const struct job *job = &args->job;
	const double tolerances[] = {job->compare.float_absolute, job->compare.float_relative};
	const uint64_t quantities[] = {job->limits.cpu_us_max,       job->limits.wall_us_max,
	                               job->limits.memory_bytes_max, job->limits.output_bytes_max,
	                               job->limits.pids_max,         args->cache_bytes_max};

	bool has_json = args->job_file != NULL || args->run_file != NULL;

	FUZZ_ASSERT((args->tests != NULL) + (args->job_file != NULL) + (args->problem != NULL) +
	                    (args->run_file != NULL) ==
	            1);
	FUZZ_ASSERT(job->is_run == (args->run_file != NULL) && !(job->is_run && job->reruns > 0));
	FUZZ_ASSERT(args->sources > words && args->sources <= words + argc);
	FUZZ_ASSERT((args->sources[0] != NULL) == (!has_json && !args->verify));
	FUZZ_ASSERT(args->report != NULL && args->n_slots <= HOST_JOB_SLOTS);
	FUZZ_ASSERT(job->reruns <= JOB_RERUNS_MAX && job->keep_bytes <= JOB_KEEP_BYTES_MAX);
	FUZZ_ASSERT(job->seccomp == NULL || seccomp_builtin_find(job->seccomp) != NULL);
	FUZZ_ASSERT(args->job_files == NULL || has_json);
	FUZZ_ASSERT(args->cache != NULL || args->cache_bytes_max == SPEC_UNSET);
	for (size_t i = 0; i < sizeof(tolerances) / sizeof(tolerances[0]); i++)
		FUZZ_ASSERT(isfinite(tolerances[i]) && (tolerances[i] >= 0 || tolerances[i] == -1));
	for (size_t i = 0; i < sizeof(quantities) / sizeof(quantities[0]); i++)
		FUZZ_ASSERT(quantities[i] > 0 && (quantities[i] <= INT64_MAX || quantities[i] >= SPEC_UNSET));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	char *words[WORDS_MAX + 2] = {strdup("judge")};
	struct sbx_err err = {0};
	struct judge_args args;
	int argc = 1;

	while (input.left > 0 && argc <= WORDS_MAX)
		words[argc++] = fuzz_part(&input);
	if (judge_args_parse(&args, argc, words, &err) < 0)
		fuzz_assert_error(&err);
	else if (!args.help)
		check_args(&args, argc, words);
	while (argc > 0)
		free(words[--argc]);
	return 0;
}
