/*
 * What a job names on the host, read or proven to be there before anything is built: sources, a folder of tests, the
 * file of a JSON job. Called by `sbx judge`. All of it fails with SBX_STAGE_USAGE.
 */
#pragma once

#include "policy/job.h"
#include "policy/json.h"
#include "policy/language.h"
#include "runner/job_memory.h"
#include "sandbox/err.h"

#define JOB_SOURCES_BYTES_MAX ((size_t)64 << 20) /* all of them together */

/* Adds the tests of a folder to a job: NAME.in with NAME.ans or NAME.out or neither, in the order of strverscmp(3). */
int job_load_tests(struct job *job, struct job_memory *memory, const char *dir, struct sbx_err *err);

/*
 * The JSON job (or run, where job->is_run says so) in `path`, or in standard input ("-"). Paths in it start from its
 * folder, those of "-" from the current. With `files`, a folder, they are not paths but names of files in there, each
 * 64 lower-case hexadecimal digits: then nothing that the job says leads to any other place of the host. (Languages and
 * profiles are built-in ones always, and names of sources are names in the job's own folder.)
 */
int job_load_json(struct job *job, struct job_memory *memory, const char *path, const char *files, struct sbx_err *err);

/* A key of a JSON job that has a path. */
struct job_key {
	const char *list; /* "tests"; NULL: the key is the run's own */
	size_t index;
	const char *name; /* "stdin_path" */
};
/* "tests[3].stdin_path", in `buf` or not. */
const char *job_key_text(const struct job_key *key, char buf[JOB_FIELD_BYTES]);

/*
 * Test data, to be read: the regular file at `path`. As path_open(), so of links only root's are followed; and where
 * the job says whose it has to be (data_uid), that is proven of what was opened, since it may have been replaced after
 * job_load_json() saw it. Returns a descriptor or -errno: -EPERM for another one's.
 */
int job_open_data(const struct job *job, const char *path);

/* Names the sources that have no name yet as their paths end, and finds their language. */
int job_find_language(struct job *job, struct job_memory *memory, const struct language **ret, struct sbx_err *err);

/* Sources in one language, under the names that they are to be stored by. All of it is job_memory's. */
struct job_sources {
	const struct language *language;
	struct language_file *files;
	size_t n_files;
	size_t wrong; /* after a failure: which of them is at fault; n_files: none by itself */
};

/* Finds the language of the job's sources, or of each of its checkers', reads them, and proves that they can be stored.
 */
int job_load_sources(struct job *job, struct job_memory *memory, struct job_sources *ret, struct sbx_err *err);
int job_load_checkers(struct job *job, struct job_memory *memory, struct job_sources ret[JOB_CHECKERS_MAX],
                      struct sbx_err *err);

struct job_languages {
	const struct language *submission, *checker; /* built-in ones; NULL where there is none */
};

/*
 * What is wrong with a JSON job that came from job_parse(), as far as a look at no file tells; the files that it names
 * are taken for such whose content is not known, and their paths are gone afterwards. ret_field is the field at fault:
 * "language", "files[2].name", "checker.files", "tests[1].name".
 */
int job_check(struct job *job, struct job_memory *memory, struct job_languages *ret, char ret_field[JOB_FIELD_BYTES],
              struct sbx_err *err);
