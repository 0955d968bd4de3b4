/* SQLite: the only file that includes it. */
#include "runner/serve/db.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS 5000 /* somebody else has it open: sqlite3(1), say */

static int errno_of(struct sqlite3 *sqlite)
{
	switch (sqlite3_errcode(sqlite)) {
	case SQLITE_NOMEM:
		return ENOMEM;
	case SQLITE_FULL:
		return ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return EBUSY;
	case SQLITE_READONLY:
		return EROFS;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return EBADMSG;
	case SQLITE_CONSTRAINT:
		return EINVAL;
	default:
		return sqlite3_system_errno(sqlite) > 0 ? sqlite3_system_errno(sqlite) : EIO;
	}
}

static int fail(struct sqlite3 *sqlite, const char *what, struct sbx_err *err)
{
	int errnum = errno_of(sqlite);

	if (errnum == EBADMSG)
		return sbx_fail(err, SBX_STAGE_STORE, errnum, "the database is damaged: %s", sqlite3_errmsg(sqlite));
	return sbx_fail(err, SBX_STAGE_STORE, errnum, "cannot %s the database: %s", what, sqlite3_errmsg(sqlite));
}

int db_open(struct db *db, const char *path, struct sbx_err *err)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;

	*db = (struct db){0};
	if (sqlite3_open_v2(path, &db->sqlite, flags, NULL) != SQLITE_OK)
		return db->sqlite == NULL ? sbx_fail(err, SBX_STAGE_STORE, ENOMEM, "out of memory")
		                          : fail(db->sqlite, "open", err);
	sqlite3_busy_timeout(db->sqlite, BUSY_MS);
	return db_execute(db, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY",
	                  err);
}

int db_prepare(struct db *db, const char *const *texts, unsigned n, struct sbx_err *err)
{
	for (unsigned i = 0; i < n; i++)
		if (sqlite3_prepare_v3(db->sqlite, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &db->statements[i], NULL) !=
		    SQLITE_OK)
			return fail(db->sqlite, "set up", err);
	return 0;
}

void db_finish(struct db *db)
{
	for (size_t i = 0; i < DB_STATEMENTS_MAX; i++)
		sqlite3_finalize(db->statements[i]);
	sqlite3_close(db->sqlite);
	*db = (struct db){0};
}

int db_execute(struct db *db, const char *text, struct sbx_err *err)
{
	return sqlite3_exec(db->sqlite, text, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(db->sqlite, "set up", err);
}

int db_ask(struct db *db, const char *text, char *ret, size_t size, struct sbx_err *err)
{
	struct sqlite3_stmt *statement = NULL;
	const unsigned char *answer = NULL;
	int rc = 0;

	if (sqlite3_prepare_v2(db->sqlite, text, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		answer = sqlite3_column_text(statement, 0);
	if (answer != NULL)
		snprintf(ret, size, "%s", (const char *)answer);
	else
		rc = fail(db->sqlite, "read", err);
	sqlite3_finalize(statement);
	return rc;
}

static int bind(struct sqlite3_stmt *statement, int at, const struct db_value *value)
{
	switch (value->type) {
	case DB_TEXT:
		return sqlite3_bind_text(statement, at, value->bytes, -1, SQLITE_STATIC);
	case DB_BLOB: /* which is not NULL where it is empty */
		return sqlite3_bind_blob64(statement, at, value->len > 0 ? value->bytes : "", value->len,
		                           SQLITE_STATIC);
	default:
		return sqlite3_bind_int64(statement, at, (sqlite3_int64)value->number);
	}
}

void db_reset(struct db *db, unsigned which)
{
	sqlite3_reset(db->statements[which]);
	sqlite3_clear_bindings(db->statements[which]);
}

int db_step(struct db *db, unsigned which, struct sbx_err *err)
{
	int rc = sqlite3_step(db->statements[which]);

	if (rc == SQLITE_ROW)
		return 1;
	rc = rc == SQLITE_DONE ? 0 : fail(db->sqlite, "use", err);
	db_reset(db, which);
	return rc;
}

int db_run(struct db *db, unsigned which, const struct db_value *values, int n, struct sbx_err *err)
{
	for (int i = 0; i < n; i++)
		if (bind(db->statements[which], i + 1, &values[i]) != SQLITE_OK) {
			int rc = fail(db->sqlite, "use", err);
			db_reset(db, which);
			return rc;
		}
	return db_step(db, which, err);
}

uint64_t db_number(const struct db *db, unsigned which, int column)
{
	return (uint64_t)sqlite3_column_int64(db->statements[which], column);
}

int db_run_number(struct db *db, unsigned which, const struct db_value *values, int n, uint64_t *ret,
                  struct sbx_err *err)
{
	int rc = db_run(db, which, values, n, err);

	if (rc < 0)
		return rc;
	*ret = rc == 1 ? db_number(db, which, 0) : 0;
	db_reset(db, which);
	return 0;
}

const char *db_text(const struct db *db, unsigned which, int column)
{
	return (const char *)sqlite3_column_text(db->statements[which], column);
}

const void *db_blob(const struct db *db, unsigned which, int column, size_t *ret_len)
{
	const void *bytes = sqlite3_column_blob(db->statements[which], column);

	*ret_len = (size_t)sqlite3_column_bytes(db->statements[which], column);
	return bytes;
}

int db_copy(const struct db *db, unsigned which, int column, char **ret, size_t *ret_len, struct sbx_err *err)
{
	size_t len;
	const void *bytes = db_blob(db, which, column, &len);
	char *copy = NULL;

	if (sqlite3_column_type(db->statements[which], column) != SQLITE_NULL) {
		copy = malloc(len + 1);
		if (copy == NULL)
			return sbx_fail(err, SBX_STAGE_STORE, ENOMEM, "out of memory");
		if (len > 0)
			memcpy(copy, bytes, len);
		copy[len] = '\0';
	}
	*ret = copy;
	*ret_len = len;
	return 0;
}

int db_send(const struct db *db, const char *table, const char *column, uint64_t row, int fd, struct sbx_err *err)
{
	struct sqlite3_blob *blob = NULL;
	char part[64 << 10];
	int rc = 0, len, n;

	if (sqlite3_blob_open(db->sqlite, "main", table, column, (sqlite3_int64)row, 0, &blob) != SQLITE_OK)
		return fail(db->sqlite, "read", err);
	len = sqlite3_blob_bytes(blob);
	for (int at = 0; at < len && rc == 0; at += n) {
		n = len - at < (int)sizeof(part) ? len - at : (int)sizeof(part);
		if (sqlite3_blob_read(blob, part, n, at) != SQLITE_OK) {
			rc = fail(db->sqlite, "read", err);
			break;
		}
		rc = fd_write_all(fd, part, (size_t)n);
		if (rc < 0)
			sbx_fail(err, SBX_STAGE_STORE, -rc, "cannot pass on what the database holds");
	}
	sqlite3_blob_close(blob);
	return rc;
}

uint64_t db_last_row(const struct db *db)
{
	return (uint64_t)sqlite3_last_insert_rowid(db->sqlite);
}

int db_changed(const struct db *db)
{
	return sqlite3_changes(db->sqlite);
}

bool db_in_batch(const struct db *db)
{
	return sqlite3_get_autocommit(db->sqlite) == 0;
}
