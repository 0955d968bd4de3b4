/*
 * SQLite, which only runner/serve/db.c includes: a connection of one thread's, and its statements, by number. Called by
 * the store. All of it fails with SBX_STAGE_STORE and -errno: -EBADMSG for a database that is damaged, -ENOSPC for a
 * full disk. After a failure of a change, all changes since the last commit are lost.
 */
#pragma once

#include "sandbox/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DB_STATEMENTS_MAX 40

struct db {
	struct sqlite3 *sqlite;
	struct sqlite3_stmt *statements[DB_STATEMENTS_MAX];
};

/* No component of `path` may be a symbolic link, and the file must be there. */
int db_open(struct db *db, const char *path, struct sbx_err *err);
/* Statement i is texts[i] from now on. */
int db_prepare(struct db *db, const char *const *texts, unsigned n, struct sbx_err *err);
/* Accepts a zeroed one, and what a failure of the others left. */
void db_finish(struct db *db);

/* Texts with nothing in them that comes from elsewhere. */
int db_execute(struct db *db, const char *text, struct sbx_err *err);
/* The first column of its first row. */
int db_ask(struct db *db, const char *text, char *ret, size_t size, struct sbx_err *err);

/* What a statement's next ? stands for. */
struct db_value {
	enum { DB_TEXT, DB_BLOB, DB_NUMBER } type;
	const char *bytes; /* of a text, NULL: NULL */
	size_t len;
	uint64_t number; /* below 2^63 */
};
#define TEXT(text) ((struct db_value){.type = DB_TEXT, .bytes = (text)})
#define BLOB(blob, n) ((struct db_value){.type = DB_BLOB, .bytes = (const char *)(blob), .len = (n)})
#define NUMBER(n) ((struct db_value){.type = DB_NUMBER, .number = (uint64_t)(n)})

/* 1: a row, which lasts until the next db_step() or the db_reset() that has to come; 0: none, and it is reset, as after
 * a failure. What `values` point to has to last as long. */
int db_run(struct db *db, unsigned which, const struct db_value *values, int n, struct sbx_err *err);
#define DB_RUN(db, which, err, ...)                                                                                    \
	db_run(db, which, (const struct db_value[]){__VA_ARGS__},                                                      \
	       (int)(sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)), err)
int db_step(struct db *db, unsigned which, struct sbx_err *err);
void db_reset(struct db *db, unsigned which);
/* The whole of one that has one row at most, of one number: 0 or -errno; 0 where there is no row. */
int db_run_number(struct db *db, unsigned which, const struct db_value *values, int n, uint64_t *ret,
                  struct sbx_err *err);

/* Of the row: borrowed from it, but db_copy(), whose copy ends with a NUL that does not count; NULL for NULL. */
uint64_t db_number(const struct db *db, unsigned which, int column);
const char *db_text(const struct db *db, unsigned which, int column);
const void *db_blob(const struct db *db, unsigned which, int column, size_t *ret_len);
int db_copy(const struct db *db, unsigned which, int column, char **ret, size_t *ret_len, struct sbx_err *err);

/* The blob of a row to a descriptor, part by part, so that no memory is needed for it. */
int db_send(const struct db *db, const char *table, const char *column, uint64_t row, int fd, struct sbx_err *err);

uint64_t db_last_row(const struct db *db); /* the number of the one that was added last */
int db_changed(const struct db *db);       /* how many rows the last statement changed */
bool db_in_batch(const struct db *db);     /* between BEGIN and its end */
