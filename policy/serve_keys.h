/*
 * The keys of `sbx serve`: a YAML list of who may ask for what. Mistakes are told with "origin:line:column: ...".
 * Nothing here touches the host.
 *
 *     - name: course-1          # a-z, A-Z, 0-9 and ".", "_", "-", at most 64; in logs and metrics
 *       sha256: "2bb80d53..."   # of the key that the caller sends: printf %s "$KEY" | sha256sum
 *       rate: 60/min            # jobs; N/s, N/min, N/h, N at most 1000000; default: any number
 *       burst: 10               # of these at once, at most 1000000; default: as many as the rate says
 *       running: 2              # jobs at once; default: as many as the service runs
 *       queued: 100             # jobs that wait; default: as many as the queue takes
 *       bytes: 64M              # of these; likewise
 *       uploads: 600/min        # files that it stores; likewise, without a burst of its own
 *       stored: 200M            # of these, its share; default: as much as the store takes
 *       priority: 5             # the highest it may ask for, 0 to 9; default: 9
 *       limits:                 # the largest that a job may ask for; default: any
 *         time: 10s             # of a test, before its language's allowance, as all of these are
 *         wall: 30s             # default, where there is a time: 2 x time + 1 s
 *         memory: 512M
 *         output: 64M
 *         pids: 64
 *         tests: 200            # of a job; each counts as often as it has passes
 *         files: 20             # of a job: sources, those of its checker too
 *
 * `name` and `sha256` have to be there, and no two keys may have one in common.
 */
#pragma once

#include "policy/admission.h"
#include "policy/digest.h"
#include "policy/job.h"
#include "policy/yaml.h"
#include "sandbox/err.h"

#include <stddef.h>
#include <stdint.h>

#define SERVE_KEYS_MAX 1000 /* each request is compared with all of them, which takes 0.07 ms then */
#define SERVE_KEY_NAME_BYTES 65

struct serve_key {
	const char *name;
	unsigned char sha256[DIGEST_BYTES];
	struct admission_rate rate, uploads;
	struct admission_limits queue; /* ADMISSION_UNLIMITED where nothing is said */
	uint64_t priority_max;
	uint64_t stored_bytes_max; /* SPEC_UNLIMITED where nothing is said */
	struct job_limits job_max; /* SPEC_UNLIMITED where nothing is said */
	uint64_t tests_max, files_max;
};

/* Strings lie in `doc`. */
struct serve_keys {
	struct serve_key *keys; /* in the order of the file */
	size_t n_keys;
	struct yaml_doc doc;
};

/* Fails with SBX_STAGE_USAGE, for a list without a key too. `origin` has to outlive what is read. */
int serve_keys_parse(const char *text, size_t len, const char *origin, struct serve_keys *ret, struct sbx_err *err);
/* Accepts a zeroed one too. */
void serve_keys_finish(struct serve_keys *keys);

/*
 * Whose key it is that a caller presents; NULL for nobody's, and for an empty one. How long it takes depends on its
 * length and on the number of keys, and neither on which of them it is nor on how much of it is right.
 */
const struct serve_key *serve_keys_find(const struct serve_keys *keys, const char *presented, size_t len);

/*
 * Whether the key may ask for such a job, as job_parse() reads it. Where the job says nothing, what sbx judge then
 * takes is what it asks for; that goes for its checker's box as for its tests. Fails with SBX_STAGE_USAGE, EPERM and
 * "limits.time: 10.000 s, where the job says nothing, is more than ..."; then ret_field is the field alone, as
 * job_parse() names it: "limits.time", "tests[3].limits.memory", "checker.limits.wall", "tests", "checker.passes",
 * "files", "checker.files".
 */
int serve_keys_admit_limits(const struct serve_key *key, const struct job *job, char ret_field[JOB_FIELD_BYTES],
                            struct sbx_err *err);
