/*
 * The keys of sbx serve, whose a presented one is, and whether it may ask for a job. The file ends at the first NUL,
 * the JSON of the job at the second; the presented key is what is left.
 */
#include "fuzz.h"

#include "policy/serve_keys.h"

#include <ctype.h>
#include <errno.h>

static void check_key(struct admission *queue, const struct serve_key *key)
{
	struct admission_key *queued = NULL;
	size_t len = strlen(key->name);

	FUZZ_ASSERT(len > 0 && len < SERVE_KEY_NAME_BYTES);
	for (size_t i = 0; i < len; i++)
		FUZZ_ASSERT(isalnum((unsigned char)key->name[i]) || strchr("._-", key->name[i]) != NULL);
	FUZZ_ASSERT(admission_add_key(queue, &key->queue, &key->rate, 0, &queued) == 0);
	FUZZ_ASSERT(key->queue.running_max > 0 && key->queue.queued_max > 0 && key->queue.bytes_max > 0);
	FUZZ_ASSERT(key->priority_max <= ADMISSION_PRIORITY_MAX);
	FUZZ_ASSERT(key->job_max.cpu_us_max > 0 && key->job_max.wall_us_max > 0 && key->job_max.memory_bytes_max > 0);
	FUZZ_ASSERT(key->job_max.output_bytes_max > 0 && key->job_max.pids_max > 0);
	FUZZ_ASSERT(key->job_max.wall_us_max != SPEC_UNSET && key->tests_max > 0 && key->files_max > 0);
}

static void check_keys(const struct serve_keys *keys)
{
	const struct admission_limits limits = {1, 1, 1};
	struct admission *queue = admission_create(&limits, 0);

	FUZZ_ASSERT(queue != NULL && keys->n_keys > 0 && keys->n_keys <= SERVE_KEYS_MAX);
	for (size_t i = 0; i < keys->n_keys; i++) {
		check_key(queue, &keys->keys[i]);
		for (size_t k = 0; k < i; k++) {
			FUZZ_ASSERT(strcmp(keys->keys[i].name, keys->keys[k].name) != 0);
			FUZZ_ASSERT(memcmp(keys->keys[i].sha256, keys->keys[k].sha256, DIGEST_BYTES) != 0);
		}
	}
	admission_destroy(queue);
}

static void try_find(const struct serve_keys *keys, const char *presented, size_t len)
{
	const struct serve_key *found = serve_keys_find(keys, presented, len), *wanted = NULL;
	unsigned char sha256[DIGEST_BYTES];
	struct digest digest;

	digest_init(&digest);
	digest_put(&digest, presented, len);
	digest_end(&digest, sha256);
	for (size_t i = 0; i < keys->n_keys; i++)
		if (memcmp(keys->keys[i].sha256, sha256, DIGEST_BYTES) == 0)
			wanted = &keys->keys[i];
	FUZZ_ASSERT(found == wanted && (len > 0 || found == NULL));
}

static uint64_t pick(uint64_t first, uint64_t second, uint64_t otherwise)
{
	return first != SPEC_UNSET ? first : second != SPEC_UNSET ? second : otherwise;
}

/* What a box gets, as runner/judge_run.c reckons it, within what the key may ask for. */
static bool is_within(const struct job_limits *own, const struct job_limits *all, const struct job_limits *otherwise,
                      const struct job_limits *most)
{
	uint64_t cpu_us = pick(own->cpu_us_max, all->cpu_us_max, otherwise->cpu_us_max);
	uint64_t wall_us = pick(own->wall_us_max, all->wall_us_max, SPEC_UNSET);

	if (wall_us == SPEC_UNSET)
		wall_us = cpu_us >= SPEC_UNLIMITED / 2 - 1000000 ? SPEC_UNLIMITED : 2 * cpu_us + 1000000;
	return cpu_us <= most->cpu_us_max && wall_us <= most->wall_us_max &&
	       pick(own->memory_bytes_max, all->memory_bytes_max, otherwise->memory_bytes_max) <=
	               most->memory_bytes_max &&
	       pick(own->output_bytes_max, all->output_bytes_max, otherwise->output_bytes_max) <=
	               most->output_bytes_max &&
	       pick(own->pids_max, all->pids_max, otherwise->pids_max) <= most->pids_max;
}

static bool is_admissible(const struct serve_key *key, const struct job *job)
{
	const struct job_limits run = {10000000, SPEC_UNSET, 256 << 20, 64 << 20, 64},
	                        checker = {60000000, SPEC_UNSET, UINT64_C(2) << 30, 8 << 20, 64},
	                        unset = {SPEC_UNSET, SPEC_UNSET, SPEC_UNSET, SPEC_UNSET, SPEC_UNSET};
	size_t files = job->n_files + (job->n_checkers > 0 ? job->checkers[0].n_files : 0);

	if (job->n_tests * job->passes_max > key->tests_max || files > key->files_max)
		return false;
	for (size_t i = 0; i < job->n_tests; i++)
		if (!is_within(&job->tests[i].limits, &job->limits, &run, &key->job_max))
			return false;
	return job->checker == CHECKER_COMPARE || is_within(&unset, &job->checker_limits, &checker, &key->job_max);
}

static void try_admit(const struct serve_keys *keys, const struct job *job)
{
	for (size_t i = 0; i < keys->n_keys; i++) {
		char field[JOB_FIELD_BYTES] = "";
		struct sbx_err err = {0};
		int rc = serve_keys_admit_limits(&keys->keys[i], job, field, &err);

		FUZZ_ASSERT(rc == (is_admissible(&keys->keys[i], job) ? 0 : -EPERM));
		if (rc == 0) {
			FUZZ_ASSERT(field[0] == '\0' && err.msg[0] == '\0');
			continue;
		}
		fuzz_assert_error(&err);
		FUZZ_ASSERT(field[0] != '\0' && strncmp(err.msg, field, strlen(field)) == 0);
		FUZZ_ASSERT(err.msg[strlen(field)] == ':');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	FUZZ_CLEANUP char *yaml = fuzz_part(&input);
	FUZZ_CLEANUP char *json = fuzz_part(&input);
	size_t len = input.left;
	FUZZ_CLEANUP char *presented = fuzz_bytes(input.at, len);
	struct serve_keys keys = {0};
	struct sbx_err err = {0};
	struct job job;

	if (serve_keys_parse(yaml, strlen(yaml), "fuzz.yaml", &keys, &err) < 0) {
		fuzz_assert_error(&err);
		return 0;
	}
	check_keys(&keys);
	try_find(&keys, presented, len);
	job_init(&job);
	if (job_parse(&job, json, strlen(json), "fuzz.json", &err) == 0)
		try_admit(&keys, &job);
	job_finish(&job);
	serve_keys_finish(&keys);
	return 0;
}
