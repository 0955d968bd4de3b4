/*
 * What a job names on the host, read or proven to be there before anything is built: sources, a folder of tests, the
 * file of a JSON job. Called by `sbx judge`. All of it fails with SBX_STAGE_USAGE.
 */
#pragma once

#include "policy/job.h"
#include "policy/json.h"
#include "policy/language.h"
#include "sandbox/err.h"

#define JOB_SOURCES_BYTES_MAX ((size_t)64 << 20) /* all of them together */

/* Memory that a job's strings lie in. Zero it; job_memory_finish() frees all. */
struct job_memory {
	void **blocks;
	size_t n;
};

void job_memory_finish(struct job_memory *memory);

/* Adds the tests of a folder to a job: NAME.in with NAME.ans or NAME.out or neither, in the order of strverscmp(3). */
int job_load_tests(struct job *job, struct job_memory *memory, const char *dir, struct sbx_err *err);

/* The JSON job in `path`, or in standard input ("-"). Paths in it start from its folder, those of "-" from the current.
 */
int job_load_json(struct job *job, struct job_memory *memory, const char *path, struct sbx_err *err);

/*
 * Finds the job's language, reads the sources, and names them as they are to be stored. *ret_sources has job->n_files
 * entries and belongs to `memory`, with all it points to.
 */
int job_load_sources(struct job *job, struct job_memory *memory, const struct language **ret_language,
                     struct language_file **ret_sources, struct sbx_err *err);
