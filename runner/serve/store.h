/*
 * What `sbx serve` must not lose: jobs, their results, and the files that jobs refer to. A SQLite database
 * (runner/serve/db.h) and a folder of files, in the state folder.
 *
 * One thread has the store, and writes: begin, any number of changes, commit. What was committed survives the death of
 * the process and of the machine (write-ahead log, synchronous), so nobody is told before. A commit waits for the disk
 * once, whatever is in it; all that came while the last one waited is the next one's batch. It reads, too, and sees
 * what is not committed yet.
 *
 * Whatever fails returns -errno with SBX_STAGE_STORE. Where a function names errors of its own (-EEXIST ...), the batch
 * goes on without that change; after any other the batch is lost, all of it, by store_rollback().
 */
#pragma once

#include "policy/digest.h"
#include "runner/serve/db.h"
#include "sandbox/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_ID_MAX 31   /* of a job: letters, digits, '-' and '_' */
#define STORE_NAME_LEN 64 /* of a file: its SHA-256, in lower-case hexadecimal digits */

enum store_kind {
	STORE_JUDGE,
	STORE_LEGACY,
	STORE_KIND_MAX,
};

enum store_state {
	STORE_QUEUED,
	STORE_RUNNING,
	STORE_DONE,
	STORE_FAILED,
	STORE_CANCELLED,
	STORE_STATE_MAX,
};
const char *store_state_name(enum store_state state);
static inline bool store_is_over(enum store_state state)
{
	return state != STORE_QUEUED && state != STORE_RUNNING;
}

struct store {
	struct db db;
	int dir_fd, files_fd, lock_fd;    /* files_fd: never changes, and may be used by all threads */
	char *path;                       /* of the database */
	char (*gone)[STORE_NAME_LEN + 1]; /* files to remove after the batch, unless they have a row */
	size_t n_gone;
	bool renamed;     /* a file got its name since the last commit */
	bool is_unsynced; /* commits do not wait for the disk */
	bool owes_sync;   /* one did not */
};

/*
 * Makes the folder (0700) and what is in it, or opens it as it was left, and removes what a killed service left half
 * done. No link of anybody but root leads there, and it has to be the caller's own. Refuses: a folder that another
 * service has open (-EBUSY, its pid in the message), a database of a newer sbx (-EPROTONOSUPPORT), a damaged one
 * (-EBADMSG), one that is not a store's (-EINVAL). On failure nothing needs finishing.
 */
int store_open(struct store *store, const char *dir, struct sbx_err *err);
/* Without a commit. Accepts a zeroed store. */
void store_finish(struct store *store);

int store_begin(struct store *store, struct sbx_err *err);
/* A batch whose commit does not wait for the disk: until the next change that does, or store_sync(), it survives the
 * death of the process, but not that of the machine. */
int store_begin_unsynced(struct store *store, struct sbx_err *err);
/* Between batches: what such ones left, where there were any, is on the disk. */
int store_sync(struct store *store, struct sbx_err *err);
/* On failure nothing of the batch has happened, and it is over. */
int store_commit(struct store *store, struct sbx_err *err);
void store_rollback(struct store *store);

/* ---- jobs ---- */

struct store_job {
	const char *id;          /* the caller's, unique */
	const char *key;         /* the name of the API key; "" for none */
	const char *idempotency; /* of this key's requests; NULL for none */
	enum store_kind kind;
	unsigned priority;
	const char *body;
	size_t body_len;
	uint64_t accepted_us;     /* since 1970, as all times here */
	const char *const *files; /* names; they stay as long as the job has not ended */
	size_t n_files;
};

/*
 * A job to be run. -EEXIST: the same request, by key, idempotency key, kind and body, was accepted already, as the job
 * *ret_earlier. -EBADE: an idempotency key that another request had. -ENOENT: a file that is not there, named in err.
 */
int store_add_job(struct store *store, const struct store_job *job, char ret_earlier[STORE_ID_MAX + 1],
                  struct sbx_err *err);

/*
 * Of jobs that ran when a service died, for the start of the next one: they are queued again, and have one death more.
 * One that has `deaths_max` of them ends as failed: whoever runs it once more may die by it. *ret_failed is how many
 * did; `event_bytes` says what is kept elsewhere of one that began `attempts` times.
 */
int store_note_deaths(struct store *store, unsigned deaths_max, uint64_t now_us,
                      uint64_t (*event_bytes)(void *arg, const char *id, unsigned attempts), void *arg,
                      unsigned *ret_failed, struct sbx_err *err);
/* RUNNING: the service ends in an orderly way, and its attempt is cut off: it is queued again. -ENOENT, -EALREADY. */
int store_put_back(struct store *store, const char *id, struct sbx_err *err);

/* An attempt at it begins, each with a larger number than the one before: -ESTALE. -ENOENT, -EALREADY: see below. */
int store_start(struct store *store, const char *id, unsigned attempt, uint64_t now_us, struct sbx_err *err);

struct store_result {
	unsigned attempt;       /* that it is of; 0: it never began */
	enum store_state state; /* STORE_DONE, STORE_FAILED or STORE_CANCELLED */
	int exit_status;
	const char *report; /* NULL for none */
	size_t report_len;
	const char *error;    /* NULL for none */
	uint64_t event_bytes; /* that are kept of it elsewhere */
};

/*
 * The result, for good, and the job's body is dropped, which nobody needs any more. The same result once more is well.
 * -ENOENT: there is no such job. -ESTALE: another attempt is under way. -EALREADY: it has ended, with another result.
 */
int store_end(struct store *store, const char *id, const struct store_result *result, uint64_t now_us,
              struct sbx_err *err);
/* The result STORE_CANCELLED, of whatever attempt. Cancelling twice is well. `event_bytes` (struct store_result) are
 * those of all its attempts. -ENOENT, -EALREADY: as above. */
int store_cancel(struct store *store, const char *id, uint64_t event_bytes, uint64_t now_us, struct sbx_err *err);

/* A job as it is. Zero it; strings are its own. */
struct store_row {
	char id[STORE_ID_MAX + 1];
	char *key;
	enum store_kind kind;
	enum store_state state;
	unsigned priority, attempt, deaths;
	int exit_status;
	uint64_t accepted_us, started_us, ended_us; /* 0: not yet */
	size_t body_len;                            /* also of a body that was dropped */
	char *report, *error;                       /* NULL: there is none, or the report was not asked for */
	size_t report_len;
};
void store_row_finish(struct store_row *row);

enum store_parts {
	STORE_ROW,
	STORE_ROW_AND_REPORT,
};

/* -ENOENT: there is no such job, or none any more. Texts end with a NUL that does not count. */
int store_get(struct store *store, const char *id, enum store_parts parts, struct store_row *ret, struct sbx_err *err);
/* The body of a job to a descriptor: a large one never lies in memory as a whole. -ENOENT: the job is not there, or has
 * ended. */
int store_send_body(struct store *store, const char *id, int fd, struct sbx_err *err);
/* Each job that has not ended, in the order in which they were accepted, until `fn` returns below 0,
 * which is then returned. `fn` changes nothing in the store. */
int store_each_unfinished(struct store *store, int (*fn)(void *arg, const struct store_row *row), void *arg,
                          struct sbx_err *err);
/* Removes up to `max` jobs that ended before then, the first first, and their idempotency keys; their number. What is
 * kept elsewhere of those that `fn` is told of may be removed once that is committed. */
int store_expire(struct store *store, uint64_t before_us, unsigned max,
                 void (*fn)(void *arg, const char *id, unsigned attempt), void *arg, struct sbx_err *err);
/*
 * The same of jobs that ended before then, until those that are left have at most so many bytes, with their events: the
 * oldest of the key that has most, so that nobody loses a result by another who has fewer. Each counts for 1 KiB at
 * least.
 */
int store_evict_results(struct store *store, uint64_t bytes_max, uint64_t before_us, unsigned max,
                        void (*fn)(void *arg, const char *id, unsigned attempt), void *arg, struct sbx_err *err);
/* What they have now. */
int store_results_bytes(struct store *store, uint64_t *ret, struct sbx_err *err);
/* Removes from a folder of files called ID.ANYTHING those of jobs that are not here: what a service left that died
 * between that commit and the removal. */
int store_sweep(struct store *store, int dir_fd, struct sbx_err *err);

/* ---- files ---- */

/*
 * A file on its way in: begun and written by any thread, put into the store by the store's. It has no name of its own
 * before; what is left of it by a dead service is removed at the next start.
 */
struct store_upload {
	int files_fd, fd;
	char name[32]; /* "" when there is nothing to drop */
	uint64_t bytes;
	struct digest digest;
};

int store_upload_begin(const struct store *store, struct store_upload *upload, struct sbx_err *err);
int store_upload_write(struct store_upload *upload, const void *bytes, size_t len, struct sbx_err *err);
/* All of it is on the disk, and has this digest: -EBADMSG where it has another one. */
int store_upload_end(struct store_upload *upload, const char *name, struct sbx_err *err);
/* Removes what was not put. Accepts what store_upload_begin() left, whatever happened since. */
void store_upload_drop(struct store_upload *upload);

/* An upload that has ended becomes the file `name`, or was there before; it is held by `key`. */
int store_file_put(struct store *store, struct store_upload *upload, const char *key, const char *name, uint64_t now_us,
                   struct sbx_err *err);
/* It was used by `key`, who holds it from now on, and has it in its share. -ENOENT: it is not there. */
int store_file_touch(struct store *store, const char *key, const char *name, uint64_t now_us, struct sbx_err *err);
/* A run, of which there is no row, needs the file until store_run_over(), in a batch or not, or the store's end. */
int store_run_needs(struct store *store, const char *id, const char *name, struct sbx_err *err);
int store_run_over(struct store *store, const char *id, struct sbx_err *err);
/* Its size. -ENOENT */
int store_file_get(struct store *store, const char *name, uint64_t *ret_bytes, struct sbx_err *err);
/*
 * Takes files from who holds them, but none that an unfinished job refers to, and removes those that nobody holds any
 * more: from `key`, until it has at most `share_max` bytes, and then from whoever has most, until all have at most
 * `bytes_max`; the least recently used of its own first. *ret_bytes is what all have then, which may be more. The files
 * themselves go with the commit.
 */
int store_files_evict(struct store *store, const char *key, uint64_t share_max, uint64_t bytes_max, uint64_t *ret_bytes,
                      struct sbx_err *err);
