/*
 * The files of a store. A row is a promise that the file is there: so a file gets its name before it gets a row, and
 * loses its row before its name. What dies in between leaves a file without a row, which goes at the next start.
 */
#include "runner/serve/store_dir.h"
#include "runner/serve/store_sql.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_STORE, errnum, __VA_ARGS__)

/* ---- uploads ---- */

int store_upload_begin(const struct store *store, struct store_upload *upload, struct sbx_err *err)
{
	uint64_t random;

	*upload = (struct store_upload){.files_fd = store->files_fd, .fd = -1};
	digest_init(&upload->digest);
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return FAIL(err, EIO, "no random numbers");
	snprintf(upload->name, sizeof(upload->name), "%016" PRIx64 ".new", random);
	upload->fd = openat(store->files_fd, upload->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (upload->fd < 0) {
		upload->name[0] = '\0';
		return FAIL(err, errno, "cannot make a file");
	}
	/* a checker in its box reads it with an id that is nobody's; all others are kept out by the folder */
	if (fchmod(upload->fd, 0644) < 0) {
		int errnum = errno;
		store_upload_drop(upload);
		return FAIL(err, errnum, "cannot make a file readable");
	}
	return 0;
}

int store_upload_write(struct store_upload *upload, const void *bytes, size_t len, struct sbx_err *err)
{
	int rc = fd_write_all(upload->fd, bytes, len);

	if (rc < 0)
		return FAIL(err, -rc, "cannot write a file");
	digest_put(&upload->digest, bytes, len);
	upload->bytes += len;
	return 0;
}

int store_upload_end(struct store_upload *upload, const char *name, struct sbx_err *err)
{
	unsigned char digest[DIGEST_BYTES];
	char hex[STORE_NAME_LEN + 1];

	digest_end(&upload->digest, digest);
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	if (strcmp(hex, name) != 0)
		return FAIL(err, EBADMSG, "the file's SHA-256 is %s", hex);
	/* before it gets its name, lest the name be there, and what is in it not */
	if (fsync(upload->fd) < 0)
		return FAIL(err, errno, "cannot write a file");
	fd_close(&upload->fd);
	return 0;
}

void store_upload_drop(struct store_upload *upload)
{
	fd_close(&upload->fd);
	if (upload->name[0] != '\0')
		unlinkat(upload->files_fd, upload->name, 0);
	upload->name[0] = '\0';
}

/* ---- in the store ---- */

/* To be removed when the batch is over, if it has no row then. */
static int note(struct store *store, const char *name, struct sbx_err *err)
{
	void *larger;

	if ((store->n_gone & (store->n_gone - 1)) == 0) {
		larger = realloc(store->gone, (store->n_gone == 0 ? 1 : 2 * store->n_gone) * sizeof(*store->gone));
		if (larger == NULL)
			return FAIL(err, ENOMEM, "out of memory");
		store->gone = larger;
	}
	snprintf(store->gone[store->n_gone++], sizeof(*store->gone), "%s", name);
	return 0;
}

int store_file_put(struct store *store, struct store_upload *upload, const char *key, const char *name, uint64_t now_us,
                   struct sbx_err *err)
{
	/* a full disk may take the name, and no row: it would never be emptied */
	TRY(note(store, name, err));
	if (renameat(store->files_fd, upload->name, store->files_fd, name) < 0)
		return FAIL(err, errno, "cannot name a file: %s", strerror(errno));
	upload->name[0] = '\0';
	store->renamed = true;
	TRY(DB_RUN(&store->db, SQL_ADD_FILE, err, TEXT(name), NUMBER(upload->bytes)));
	return store_file_touch(store, key, name, now_us, err);
}

int store_file_touch(struct store *store, const char *key, const char *name, uint64_t now_us, struct sbx_err *err)
{
	TRY(DB_RUN(&store->db, SQL_HOLD_FILE, err, TEXT(key), NUMBER(now_us), TEXT(name)));
	return db_changed(&store->db) > 0 ? 0 : FAIL(err, ENOENT, "there is no file %.64s", name);
}

int store_run_needs(struct store *store, const char *id, const char *name, struct sbx_err *err)
{
	return DB_RUN(&store->db, SQL_ADD_RUN_NEED, err, TEXT(name), TEXT(id));
}

int store_run_over(struct store *store, const char *id, struct sbx_err *err)
{
	return DB_RUN(&store->db, SQL_DROP_RUN_NEEDS, err, TEXT(id));
}

int store_file_get(struct store *store, const char *name, uint64_t *ret_bytes, struct sbx_err *err)
{
	struct db *db = &store->db;
	int rc = DB_RUN(db, SQL_GET_FILE, err, TEXT(name));

	if (rc == 0)
		return FAIL(err, ENOENT, "there is no file %.64s", name);
	TRY(rc);
	*ret_bytes = db_number(db, SQL_GET_FILE, 0);
	db_reset(db, SQL_GET_FILE);
	return 0;
}

/* 1: `key` does not hold its least recently used file any more, and *ret_freed is what went with it; 0: it has none. */
static int take_from(struct store *store, const char *key, uint64_t *ret_freed, struct sbx_err *err)
{
	struct db *db = &store->db;
	char name[STORE_NAME_LEN + 1];
	uint64_t bytes;
	int rc = DB_RUN(db, SQL_FIND_VICTIM, err, TEXT(key));

	if (rc <= 0)
		return rc;
	snprintf(name, sizeof(name), "%s", db_text(db, SQL_FIND_VICTIM, 0));
	bytes = db_number(db, SQL_FIND_VICTIM, 1);
	db_reset(db, SQL_FIND_VICTIM);
	TRY(note(store, name, err));
	TRY(DB_RUN(db, SQL_DROP_HOLD, err, TEXT(key), TEXT(name)));
	TRY(DB_RUN(db, SQL_DROP_UNHELD, err, TEXT(name)));
	*ret_freed = db_changed(db) > 0 ? bytes : 0;
	return 1;
}

/* From whoever has most, or next to it where all that has most is needed. As above. */
static int take_from_most(struct store *store, uint64_t *ret_freed, struct sbx_err *err)
{
	struct db *db = &store->db;
	int rc = db_run(db, SQL_FILES_SHARES, NULL, 0, err);

	while (rc == 1) {
		rc = take_from(store, db_text(db, SQL_FILES_SHARES, 0), ret_freed, err);
		if (rc != 0) {
			db_reset(db, SQL_FILES_SHARES);
			return rc;
		}
		rc = db_step(db, SQL_FILES_SHARES, err);
	}
	return rc;
}

int store_files_evict(struct store *store, const char *key, uint64_t share_max, uint64_t bytes_max, uint64_t *ret_bytes,
                      struct sbx_err *err)
{
	struct db *db = &store->db;
	uint64_t bytes, share, freed;
	int rc = 1;

	TRY(db_run_number(db, SQL_FILES_SHARE, &TEXT(key), 1, &share, err));
	while (share > share_max && rc == 1) {
		rc = take_from(store, key, &freed, err);
		TRY(rc);
		TRY(db_run_number(db, SQL_FILES_SHARE, &TEXT(key), 1, &share, err));
	}
	TRY(db_run_number(db, SQL_FILES_BYTES, NULL, 0, &bytes, err));
	while (bytes > bytes_max && (rc = take_from_most(store, &freed, err)) == 1)
		bytes -= freed;
	*ret_bytes = bytes;
	return rc < 0 ? rc : 0;
}

/* ---- around a commit ---- */

int store_files_sync(struct store *store, struct sbx_err *err)
{
	if (store->renamed && fsync(store->files_fd) < 0)
		return FAIL(err, errno, "cannot write the folder of files: %s", strerror(errno));
	store->renamed = false;
	return 0;
}

/* 1: it has a row. */
static int has_row(struct store *store, const char *name, struct sbx_err *err)
{
	int rc = DB_RUN(&store->db, SQL_GET_FILE, err, TEXT(name));

	db_reset(&store->db, SQL_GET_FILE);
	return rc;
}

/* But those that came back in the same batch, or with its end. What cannot be removed now goes at the next start. */
void store_files_remove(struct store *store)
{
	struct sbx_err ignored;

	for (size_t i = 0; i < store->n_gone; i++)
		if (has_row(store, store->gone[i], &ignored) == 0)
			unlinkat(store->files_fd, store->gone[i], 0);
	store->n_gone = 0;
}

/* ---- at the start ---- */

/* Rows of files that are not there all the same: somebody tidied up, or the disk lied. */
static int drop_missing(struct store *store, struct sbx_err *err)
{
	char last[STORE_NAME_LEN + 1] = "", name[STORE_NAME_LEN + 1];
	struct db *db = &store->db;
	int rc;

	while ((rc = DB_RUN(db, SQL_NEXT_FILE, err, TEXT(last))) == 1) {
		uint64_t bytes = db_number(db, SQL_NEXT_FILE, 1), size;
		snprintf(name, sizeof(name), "%s", db_text(db, SQL_NEXT_FILE, 0));
		db_reset(db, SQL_NEXT_FILE);
		if (store_dir_size(store, name, &size) < 0 || size != bytes)
			TRY(DB_RUN(db, SQL_DROP_FILE, err, TEXT(name)));
		memcpy(last, name, sizeof(last));
	}
	return rc;
}

int store_files_tidy(struct store *store, struct sbx_err *err)
{
	int rc;

	TRY(store_begin(store, err));
	rc = drop_missing(store, err);
	if (rc < 0) {
		store_rollback(store);
		return rc;
	}
	TRY(store_commit(store, err));
	return store_dir_sweep(store, store->files_fd, has_row, err);
}
