/*
 * The store: its database, how it is opened, and batches. Jobs are in runner/serve/store_jobs.c, files in
 * store_files.c, the folder in store_dir.c. Called by `sbx serve`.
 */
#include "runner/serve/store.h"

#include "runner/serve/store_dir.h"
#include "runner/serve/store_sql.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FORMAT 2               /* user_version */
#define APPLICATION 0x73627873 /* application_id: "sbxs" */

#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_STORE, errnum, __VA_ARGS__)

/*
 * Bodies and reports have tables of their own, since SQLite writes all of a row that changes. What `need` has keeps a
 * file: rows of it go when their job ends.
 */
static const char schema[] =
        "CREATE TABLE job(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL, idempotency TEXT,"
        " digest BLOB NOT NULL, kind INTEGER NOT NULL, priority INTEGER NOT NULL, accepted_us INTEGER NOT NULL,"
        " body_len INTEGER NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, state INTEGER NOT NULL DEFAULT 0,"
        " started_us INTEGER NOT NULL DEFAULT 0, ended_us INTEGER NOT NULL DEFAULT 0,"
        " exit_status INTEGER NOT NULL DEFAULT 0, error TEXT) STRICT;"
        "CREATE UNIQUE INDEX job_retry ON job(key, idempotency) WHERE idempotency IS NOT NULL;"
        "CREATE INDEX job_unfinished ON job(seq) WHERE ended_us = 0;"
        "CREATE INDEX job_ended ON job(ended_us) WHERE ended_us > 0;"
        "CREATE TABLE body(seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
        "CREATE TABLE report(seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
        "CREATE TABLE file(name TEXT PRIMARY KEY, bytes INTEGER NOT NULL, used_us INTEGER NOT NULL)"
        " STRICT, WITHOUT ROWID;"
        "CREATE INDEX file_used ON file(used_us);"
        "CREATE TABLE need(name TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(name, seq)) STRICT, WITHOUT ROWID;"
        "CREATE INDEX need_seq ON need(seq);";

/* What makes a database of format 1 one of format 2, a new one too. */
static const char format_2[] =
        "ALTER TABLE job ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE job ADD COLUMN kept_bytes INTEGER NOT NULL DEFAULT 0;"
        "CREATE INDEX job_kept ON job(key, ended_us) WHERE ended_us > 0;"
        /* what each key has here; kept by triggers, so that no change can forget it */
        "CREATE TABLE share(key TEXT PRIMARY KEY, results INTEGER NOT NULL DEFAULT 0, files INTEGER NOT NULL DEFAULT 0)"
        " STRICT, WITHOUT ROWID;"
        "CREATE TRIGGER job_counted AFTER UPDATE OF kept_bytes ON job BEGIN"
        " INSERT INTO share(key, results) VALUES(new.key, new.kept_bytes - old.kept_bytes)"
        " ON CONFLICT(key) DO UPDATE SET results = results + excluded.results; END;"
        "CREATE TRIGGER job_uncounted AFTER DELETE ON job BEGIN"
        " UPDATE share SET results = results - old.kept_bytes WHERE key = old.key; END;"
        "UPDATE job SET kept_bytes = 1024 + coalesce(length(error), 0)"
        " + coalesce((SELECT length(bytes) FROM report WHERE report.seq = job.seq), 0) WHERE ended_us > 0;"
        /* who put or used a file has it in its share; it is there as long as anybody holds it */
        "CREATE TABLE hold(key TEXT NOT NULL, name TEXT NOT NULL, bytes INTEGER NOT NULL, used_us INTEGER NOT NULL,"
        " PRIMARY KEY(key, name)) STRICT, WITHOUT ROWID;"
        "CREATE INDEX hold_used ON hold(key, used_us);"
        "CREATE INDEX hold_name ON hold(name);"
        "CREATE TRIGGER hold_counted AFTER INSERT ON hold BEGIN"
        " INSERT INTO share(key, files) VALUES(new.key, new.bytes)"
        " ON CONFLICT(key) DO UPDATE SET files = files + excluded.files; END;"
        "CREATE TRIGGER hold_uncounted AFTER DELETE ON hold BEGIN"
        " UPDATE share SET files = files - old.bytes WHERE key = old.key; END;"
        "CREATE TRIGGER file_gone AFTER DELETE ON file BEGIN DELETE FROM hold WHERE name = old.name; END;"
        "INSERT INTO hold(key, name, bytes, used_us) SELECT '', name, bytes, used_us FROM file;"
        "DROP INDEX file_used;"
        "ALTER TABLE file DROP COLUMN used_us;";

/* In the order of enum store_column. */
#define ROW                                                                                                            \
	"SELECT seq, id, key, kind, state, priority, attempt, exit_status, accepted_us, started_us, ended_us,"         \
	" body_len, error, deaths FROM job "
static const char get[] = ROW "WHERE id = ?", unfinished[] = ROW "WHERE ended_us = 0 ORDER BY seq";
static const char add_job[] = "INSERT INTO job(id, key, idempotency, digest, kind, priority, accepted_us, body_len)"
                              " VALUES(?, ?, ?, ?, ?, ?, ?, ?)";
static const char add_file[] = "INSERT INTO file(name, bytes) VALUES(?, ?)"
                               " ON CONFLICT(name) DO UPDATE SET bytes = excluded.bytes";
static const char hold_file[] =
        "INSERT INTO hold(key, name, bytes, used_us) SELECT ?, name, bytes, ? FROM file WHERE name = ?"
        " ON CONFLICT(key, name) DO UPDATE SET used_us = excluded.used_us";
static const char drop_unheld[] = "DELETE FROM file WHERE name = ?1 AND NOT EXISTS(SELECT 1 FROM hold WHERE name = ?1)";
static const char note_deaths[] = "UPDATE job SET state = ?, started_us = 0, deaths = deaths + 1 WHERE ended_us = 0"
                                  " AND state = ?";
static const char find_result[] = "SELECT seq, id, attempt FROM job WHERE ended_us > 0 AND ended_us < ? AND key ="
                                  " (SELECT key FROM share ORDER BY results DESC LIMIT 1) ORDER BY ended_us LIMIT 1";
static const char end[] = "UPDATE job SET state = ?, exit_status = ?, error = ?, ended_us = ?, kept_bytes = ?"
                          " WHERE seq = ? AND ended_us = 0";
static const char find_victim[] = "SELECT name, bytes FROM hold WHERE key = ? AND NOT EXISTS(SELECT 1 FROM need WHERE"
                                  " need.name = hold.name) AND NOT EXISTS(SELECT 1 FROM run_need WHERE"
                                  " run_need.name = hold.name) ORDER BY used_us LIMIT 1";
/* of runs, which end with the service */
static const char run_needs[] =
        "CREATE TEMP TABLE run_need(name TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY(name, id))"
        " STRICT, WITHOUT ROWID; CREATE INDEX temp.run_need_id ON run_need(id)";

static const char *const texts[SQL_STATEMENT_MAX] = {
        [SQL_GET] = get,
        [SQL_GET_REPORT] = "SELECT bytes FROM report WHERE seq = ?",
        [SQL_GET_FILE] = "SELECT bytes FROM file WHERE name = ?",
        [SQL_BEGIN] = "BEGIN IMMEDIATE",
        [SQL_COMMIT] = "COMMIT",
        [SQL_FIND_RETRY] = "SELECT id, kind, digest FROM job WHERE key = ? AND idempotency = ?",
        [SQL_ADD_JOB] = add_job,
        [SQL_ADD_BODY] = "INSERT INTO body(seq, bytes) VALUES(?, ?)",
        [SQL_ADD_NEED] = "INSERT OR IGNORE INTO need(name, seq) VALUES(?, ?)",
        [SQL_ADD_REPORT] = "INSERT INTO report(seq, bytes) VALUES(?, ?)",
        [SQL_START] = "UPDATE job SET state = ?, attempt = ?, started_us = ? WHERE seq = ?",
        [SQL_PUT_BACK] = "UPDATE job SET state = ?, started_us = 0 WHERE seq = ?",
        [SQL_NOTE_DEATHS] = note_deaths,
        [SQL_FIND_DEADLY] = "SELECT id, attempt, deaths FROM job WHERE ended_us = 0 AND deaths >= ? LIMIT 1",
        /* whatever was asked before: a result is written once */
        [SQL_END] = end,
        [SQL_DROP_BODY] = "DELETE FROM body WHERE seq = ?",
        [SQL_DROP_REPORT] = "DELETE FROM report WHERE seq = ?",
        [SQL_DROP_NEEDS] = "DELETE FROM need WHERE seq = ?",
        [SQL_DROP_JOB] = "DELETE FROM job WHERE seq = ?",
        [SQL_UNFINISHED] = unfinished,
        [SQL_OVER] = "SELECT seq, id, attempt FROM job WHERE ended_us > 0 AND ended_us < ? ORDER BY ended_us LIMIT 1",
        [SQL_RESULTS_BYTES] = "SELECT coalesce(sum(results), 0) FROM share",
        [SQL_FIND_RESULT] = find_result,
        [SQL_ADD_FILE] = add_file,
        [SQL_HOLD_FILE] = hold_file,
        [SQL_DROP_FILE] = "DELETE FROM file WHERE name = ?",
        [SQL_DROP_HOLD] = "DELETE FROM hold WHERE key = ? AND name = ?",
        [SQL_DROP_UNHELD] = drop_unheld,
        [SQL_FILES_SHARE] = "SELECT files FROM share WHERE key = ?",
        [SQL_FILES_SHARES] = "SELECT key FROM share WHERE files > 0 ORDER BY files DESC, key",
        [SQL_NEXT_FILE] = "SELECT name, bytes FROM file WHERE name > ? ORDER BY name LIMIT 1",
        [SQL_FILES_BYTES] = "SELECT coalesce(sum(bytes), 0) FROM file",
        [SQL_FIND_VICTIM] = find_victim,
        [SQL_ADD_RUN_NEED] = "INSERT OR IGNORE INTO run_need(name, id) VALUES(?, ?)",
        [SQL_DROP_RUN_NEEDS] = "DELETE FROM run_need WHERE id = ?",
};

_Static_assert(SQL_STATEMENT_MAX <= DB_STATEMENTS_MAX, "");

/* From an empty one, of format 0, or an older one. */
static int upgrade(struct db *db, long format, struct sbx_err *err)
{
	char version[96];

	snprintf(version, sizeof(version), "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT", APPLICATION,
	         FORMAT);
	TRY(db_execute(db, "BEGIN IMMEDIATE", err));
	if (format < 1)
		TRY(db_execute(db, schema, err));
	if (format < 2)
		TRY(db_execute(db, format_2, err));
	return db_execute(db, version, err);
}

/* Makes an empty one a store's, and an older one one of this format; refuses what is none, newer, or damaged. */
static int check_format(struct db *db, struct sbx_err *err)
{
	char application[16], version[16], tables[16], sound[128];
	long format;

	TRY(db_ask(db, "PRAGMA application_id", application, sizeof(application), err));
	TRY(db_ask(db, "PRAGMA user_version", version, sizeof(version), err));
	TRY(db_ask(db, "SELECT count(*) FROM sqlite_schema", tables, sizeof(tables), err));
	if (strcmp(tables, "0") == 0 && strcmp(version, "0") == 0)
		return upgrade(db, 0, err);
	if (strtol(application, NULL, 10) != APPLICATION)
		return FAIL(err, EINVAL, "this is a database of something else");
	format = strtol(version, NULL, 10);
	if (format > FORMAT)
		return FAIL(err, EPROTONOSUPPORT, "it was made by a newer sbx: its format is %s, this one knows %d",
		            version, FORMAT);
	TRY(db_ask(db, "PRAGMA quick_check(1)", sound, sizeof(sound), err));
	if (strcmp(sound, "ok") != 0)
		return FAIL(err, EBADMSG, "the database is damaged: %.100s", sound);
	return format < FORMAT ? upgrade(db, format, err) : 0;
}

/* A log that a large batch made long is cut again, at its next turn, to 64 MiB. */
static int open_db(struct store *store, struct sbx_err *err)
{
	struct db *db = &store->db;
	char mode[16];

	TRY(db_open(db, store->path, err));
	TRY(db_ask(db, "PRAGMA journal_mode = WAL", mode, sizeof(mode), err));
	if (strcmp(mode, "wal") != 0)
		return FAIL(err, EOPNOTSUPP, "there can be no write-ahead log on this file system");
	TRY(db_execute(db, "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864", err));
	TRY(check_format(db, err));
	TRY(db_execute(db, run_needs, err));
	return db_prepare(db, texts, SQL_STATEMENT_MAX, err);
}

/* What was said of the database, with its path, and with what is to be done about a damaged one. */
static int name_db(const struct store *store, struct sbx_err *err)
{
	const struct sbx_err said = *err;

	return FAIL(err, said.errnum, "%.150s: %.150s%s", store->path, said.msg,
	            said.errnum == EBADMSG ? " (move it away to begin anew, without the jobs in it)" : "");
}

int store_open(struct store *store, const char *dir, struct sbx_err *err)
{
	int rc = store_dir_open(store, dir, err);

	if (rc == 0 && open_db(store, err) < 0)
		rc = name_db(store, err);
	if (rc == 0)
		rc = store_files_tidy(store, err);
	if (rc < 0)
		store_finish(store);
	return rc;
}

void store_finish(struct store *store)
{
	if (store->dir_fd == 0)
		return; /* zeroed: nothing here gets this number, which is standard input's */
	db_finish(&store->db);
	store_dir_finish(store);
	*store = (struct store){0};
}

/* ---- batches ---- */

/* Between batches: SQLite refuses it within one. */
static int sync_commits(struct store *store, bool sync, struct sbx_err *err)
{
	if (store->is_unsynced != sync)
		return 0;
	TRY(db_execute(&store->db, sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err));
	store->is_unsynced = !sync;
	return 0;
}

int store_begin(struct store *store, struct sbx_err *err)
{
	TRY(sync_commits(store, true, err));
	return db_run(&store->db, SQL_BEGIN, NULL, 0, err);
}

int store_begin_unsynced(struct store *store, struct sbx_err *err)
{
	TRY(sync_commits(store, false, err));
	return db_run(&store->db, SQL_BEGIN, NULL, 0, err);
}

void store_rollback(struct store *store)
{
	struct sbx_err ignored;

	/* SQLite has done so already after some failures */
	if (db_in_batch(&store->db))
		db_execute(&store->db, "ROLLBACK", &ignored);
	store_files_remove(store);
	store->renamed = false;
}

int store_commit(struct store *store, struct sbx_err *err)
{
	int rc = store_files_sync(store, err);

	if (rc == 0)
		rc = db_run(&store->db, SQL_COMMIT, NULL, 0, err);
	if (rc < 0) {
		store_rollback(store);
		return rc;
	}
	store->owes_sync |= store->is_unsynced;
	store_files_remove(store);
	return 0;
}

/* A checkpoint, which has to have the log on the disk before it changes the database. */
int store_sync(struct store *store, struct sbx_err *err)
{
	char busy[8];

	if (!store->owes_sync)
		return 0;
	TRY(sync_commits(store, true, err));
	TRY(db_ask(&store->db, "PRAGMA wal_checkpoint(PASSIVE)", busy, sizeof(busy), err));
	store->owes_sync = false;
	return 0;
}
