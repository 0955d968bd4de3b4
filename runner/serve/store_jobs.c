/* The jobs of a store. */
#include "runner/serve/store_dir.h"
#include "runner/serve/store_sql.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW_BYTES 1024 /* of a job that has ended, without what it has to tell */
#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_STORE, errnum, __VA_ARGS__)

static const char *const state_names[STORE_STATE_MAX] = {
        [STORE_QUEUED] = "queued", [STORE_RUNNING] = "running",     [STORE_DONE] = "done",
        [STORE_FAILED] = "failed", [STORE_CANCELLED] = "cancelled",
};

const char *store_state_name(enum store_state state)
{
	return state_names[state];
}

/* ---- adding ---- */

/* 0: this idempotency key is new. */
static int find_earlier(struct store *store, const struct store_job *job, const unsigned char digest[DIGEST_BYTES],
                        char ret[STORE_ID_MAX + 1], struct sbx_err *err)
{
	struct db *db = &store->db;
	bool is_same;
	size_t len;
	const void *earlier;
	int rc = job->idempotency == NULL ? 0 : DB_RUN(db, SQL_FIND_RETRY, err, TEXT(job->key), TEXT(job->idempotency));

	if (rc <= 0)
		return rc;
	earlier = db_blob(db, SQL_FIND_RETRY, 2, &len);
	is_same = db_number(db, SQL_FIND_RETRY, 1) == (uint64_t)job->kind && len == DIGEST_BYTES &&
	          memcmp(earlier, digest, DIGEST_BYTES) == 0;
	if (is_same)
		snprintf(ret, STORE_ID_MAX + 1, "%s", db_text(db, SQL_FIND_RETRY, 0));
	db_reset(db, SQL_FIND_RETRY);
	return is_same ? FAIL(err, EEXIST, "this request was accepted already, as %s", ret)
	               : FAIL(err, EBADE, "another request had this idempotency key");
}

int store_add_job(struct store *store, const struct store_job *job, char ret_earlier[STORE_ID_MAX + 1],
                  struct sbx_err *err)
{
	struct db *db = &store->db;
	unsigned char hash[DIGEST_BYTES];
	struct digest digest;
	uint64_t seq;

	if (!store_is_id(job->id))
		return FAIL(err, EINVAL, "a job cannot be called \"%.40s\"", job->id);
	digest_init(&digest);
	digest_put(&digest, job->body, job->body_len);
	digest_end(&digest, hash);
	TRY(find_earlier(store, job, hash, ret_earlier, err));
	/* all of them before the first change, so that nothing has to be taken back */
	for (size_t i = 0; i < job->n_files; i++)
		TRY(store_file_touch(store, job->key, job->files[i], job->accepted_us, err));
	TRY(DB_RUN(db, SQL_ADD_JOB, err, TEXT(job->id), TEXT(job->key), TEXT(job->idempotency),
	           BLOB(hash, DIGEST_BYTES), NUMBER(job->kind), NUMBER(job->priority), NUMBER(job->accepted_us),
	           NUMBER(job->body_len)));
	seq = db_last_row(db);
	TRY(DB_RUN(db, SQL_ADD_BODY, err, NUMBER(seq), BLOB(job->body, job->body_len)));
	for (size_t i = 0; i < job->n_files; i++)
		TRY(DB_RUN(db, SQL_ADD_NEED, err, TEXT(job->files[i]), NUMBER(seq)));
	return 0;
}

/* ---- reading ---- */

void store_row_finish(struct store_row *row)
{
	free(row->key);
	free(row->report);
	free(row->error);
	*row = (struct store_row){0};
}

/* From the row that `which` stands at. */
static int take_row(const struct db *db, enum store_statement which, struct store_row *row, struct sbx_err *err)
{
	size_t len;

	*row = (struct store_row){
	        .kind = (enum store_kind)db_number(db, which, COLUMN_KIND),
	        .state = (enum store_state)db_number(db, which, COLUMN_STATE),
	        .priority = (unsigned)db_number(db, which, COLUMN_PRIORITY),
	        .attempt = (unsigned)db_number(db, which, COLUMN_ATTEMPT),
	        .deaths = (unsigned)db_number(db, which, COLUMN_DEATHS),
	        .exit_status = (int)db_number(db, which, COLUMN_EXIT_STATUS),
	        .accepted_us = db_number(db, which, COLUMN_ACCEPTED),
	        .started_us = db_number(db, which, COLUMN_STARTED),
	        .ended_us = db_number(db, which, COLUMN_ENDED),
	        .body_len = db_number(db, which, COLUMN_BODY_LEN),
	};
	snprintf(row->id, sizeof(row->id), "%s", db_text(db, which, COLUMN_ID));
	TRY(db_copy(db, which, COLUMN_KEY, &row->key, &len, err));
	return db_copy(db, which, COLUMN_ERROR, &row->error, &len, err);
}

/* Which may be missing. */
static int take_report(struct db *db, uint64_t seq, struct store_row *row, struct sbx_err *err)
{
	int rc = DB_RUN(db, SQL_GET_REPORT, err, NUMBER(seq));

	if (rc == 1)
		rc = db_copy(db, SQL_GET_REPORT, 0, &row->report, &row->report_len, err);
	db_reset(db, SQL_GET_REPORT);
	return rc;
}

static int take_all(struct db *db, enum store_parts parts, struct store_row *row, uint64_t *ret_seq,
                    struct sbx_err *err)
{
	TRY(take_row(db, SQL_GET, row, err));
	*ret_seq = db_number(db, SQL_GET, COLUMN_SEQ);
	return parts == STORE_ROW_AND_REPORT ? take_report(db, *ret_seq, row, err) : 0;
}

static int get(struct db *db, const char *id, enum store_parts parts, struct store_row *ret, uint64_t *ret_seq,
               struct sbx_err *err)
{
	struct store_row row = {0};
	/* all of it from one state of the database: SQL_GET holds that until it is reset */
	int rc = DB_RUN(db, SQL_GET, err, TEXT(id));

	if (rc == 0)
		return FAIL(err, ENOENT, "there is no job %.40s", id);
	TRY(rc);
	rc = take_all(db, parts, &row, ret_seq, err);
	db_reset(db, SQL_GET);
	if (rc < 0)
		store_row_finish(&row);
	else
		*ret = row;
	return rc;
}

int store_get(struct store *store, const char *id, enum store_parts parts, struct store_row *ret, struct sbx_err *err)
{
	uint64_t seq;

	return get(&store->db, id, parts, ret, &seq, err);
}

int store_send_body(struct store *store, const char *id, int fd, struct sbx_err *err)
{
	struct db *db = &store->db;
	bool has_ended;
	int rc = DB_RUN(db, SQL_GET, err, TEXT(id));

	if (rc == 0)
		return FAIL(err, ENOENT, "there is no job %.40s", id);
	TRY(rc);
	has_ended = db_number(db, SQL_GET, COLUMN_ENDED) != 0;
	rc = has_ended ? FAIL(err, ENOENT, "job %.40s has ended, and its body is dropped", id)
	               : db_send(db, "body", "bytes", db_number(db, SQL_GET, COLUMN_SEQ), fd, err);
	db_reset(db, SQL_GET);
	return rc;
}

int store_each_unfinished(struct store *store, int (*fn)(void *arg, const struct store_row *row), void *arg,
                          struct sbx_err *err)
{
	struct db *db = &store->db;
	int rc = db_run(db, SQL_UNFINISHED, NULL, 0, err);

	while (rc == 1) {
		struct store_row row = {0};
		rc = take_row(db, SQL_UNFINISHED, &row, err);
		if (rc == 0)
			rc = fn(arg, &row);
		store_row_finish(&row);
		if (rc < 0)
			db_reset(db, SQL_UNFINISHED);
		else
			rc = db_step(db, SQL_UNFINISHED, err);
	}
	return rc;
}

/* ---- its course ---- */

int store_start(struct store *store, const char *id, unsigned attempt, uint64_t now_us, struct sbx_err *err)
{
	struct store_row row = {0};
	uint64_t seq;
	int rc = get(&store->db, id, STORE_ROW, &row, &seq, err);

	TRY(rc);
	if (row.ended_us != 0)
		rc = FAIL(err, EALREADY, "job %s has ended already", id);
	else if (attempt <= row.attempt)
		rc = FAIL(err, ESTALE, "job %s is at attempt %u already", id, row.attempt);
	store_row_finish(&row);
	TRY(rc);
	return DB_RUN(&store->db, SQL_START, err, NUMBER(STORE_RUNNING), NUMBER(attempt), NUMBER(now_us), NUMBER(seq));
}

static bool are_same(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return (a == NULL) == (b == NULL) && (a == NULL || (a_len == b_len && memcmp(a, b, a_len) == 0));
}

static bool is_result_of(const struct store_result *result, const struct store_row *row)
{
	const char *error = result->error, *told = row->error;

	return result->state == row->state && result->attempt == row->attempt &&
	       result->exit_status == row->exit_status &&
	       are_same(error, error == NULL ? 0 : strlen(error), told, told == NULL ? 0 : strlen(told)) &&
	       are_same(result->report, result->report_len, row->report, row->report_len);
}

/* What ended has no use for its body, and lets its files go. */
static int write_result(struct store *store, uint64_t seq, const struct store_result *result, uint64_t now_us,
                        struct sbx_err *err)
{
	struct db *db = &store->db;
	uint64_t kept_bytes = ROW_BYTES + result->report_len + (result->error != NULL ? strlen(result->error) : 0) +
	                      result->event_bytes;

	TRY(DB_RUN(db, SQL_END, err, NUMBER(result->state), NUMBER(result->exit_status), TEXT(result->error),
	           NUMBER(now_us), NUMBER(kept_bytes), NUMBER(seq)));
	if (db_changed(db) != 1)
		return FAIL(err, EALREADY, "the job has ended already");
	if (result->report != NULL)
		TRY(DB_RUN(db, SQL_ADD_REPORT, err, NUMBER(seq), BLOB(result->report, result->report_len)));
	TRY(DB_RUN(db, SQL_DROP_NEEDS, err, NUMBER(seq)));
	return DB_RUN(db, SQL_DROP_BODY, err, NUMBER(seq));
}

int store_end(struct store *store, const char *id, const struct store_result *result, uint64_t now_us,
              struct sbx_err *err)
{
	struct store_row row = {0};
	uint64_t seq;
	bool has_ended;
	int rc = get(&store->db, id, STORE_ROW_AND_REPORT, &row, &seq, err);

	TRY(rc);
	has_ended = row.ended_us != 0;
	if (has_ended && !is_result_of(result, &row))
		rc = FAIL(err, EALREADY, "job %s has ended already, with another result (%s, attempt %u)", id,
		          store_state_name(row.state), row.attempt);
	else if (!has_ended && result->attempt != row.attempt)
		rc = FAIL(err, ESTALE, "job %s is at attempt %u, and this is a result of attempt %u", id, row.attempt,
		          result->attempt);
	store_row_finish(&row);
	return rc < 0 || has_ended ? rc : write_result(store, seq, result, now_us, err);
}

int store_cancel(struct store *store, const char *id, uint64_t event_bytes, uint64_t now_us, struct sbx_err *err)
{
	const struct store_result cancelled = {.state = STORE_CANCELLED, .event_bytes = event_bytes};
	struct store_row row = {0};
	uint64_t seq;
	bool has_ended;
	int rc = get(&store->db, id, STORE_ROW, &row, &seq, err);

	TRY(rc);
	has_ended = row.ended_us != 0;
	if (has_ended && row.state != STORE_CANCELLED)
		rc = FAIL(err, EALREADY, "job %s has ended already", id);
	store_row_finish(&row);
	return rc < 0 || has_ended ? rc : write_result(store, seq, &cancelled, now_us, err);
}

int store_put_back(struct store *store, const char *id, struct sbx_err *err)
{
	struct store_row row = {0};
	uint64_t seq;
	bool has_ended;

	TRY(get(&store->db, id, STORE_ROW, &row, &seq, err));
	has_ended = row.ended_us != 0;
	store_row_finish(&row);
	if (has_ended)
		return FAIL(err, EALREADY, "job %s has ended already", id);
	return DB_RUN(&store->db, SQL_PUT_BACK, err, NUMBER(STORE_QUEUED), NUMBER(seq));
}

static int fail_deadly(struct store *store, const char *id, unsigned attempt, unsigned deaths, uint64_t event_bytes,
                       uint64_t now_us, struct sbx_err *err)
{
	char error[120];
	const struct store_result failed = {
	        .attempt = attempt, .state = STORE_FAILED, .error = error, .event_bytes = event_bytes};

	snprintf(error, sizeof(error), "the service died %u times while it ran: it is not tried again", deaths);
	return store_end(store, id, &failed, now_us, err);
}

int store_note_deaths(struct store *store, unsigned deaths_max, uint64_t now_us,
                      uint64_t (*event_bytes)(void *arg, const char *id, unsigned attempts), void *arg,
                      unsigned *ret_failed, struct sbx_err *err)
{
	struct db *db = &store->db;
	unsigned n = 0;
	int rc;

	TRY(DB_RUN(db, SQL_NOTE_DEATHS, err, NUMBER(STORE_QUEUED), NUMBER(STORE_RUNNING)));
	while ((rc = DB_RUN(db, SQL_FIND_DEADLY, err, NUMBER(deaths_max))) == 1) {
		char id[STORE_ID_MAX + 1];
		unsigned attempt = (unsigned)db_number(db, SQL_FIND_DEADLY, 1),
		         deaths = (unsigned)db_number(db, SQL_FIND_DEADLY, 2);

		snprintf(id, sizeof(id), "%s", db_text(db, SQL_FIND_DEADLY, 0));
		db_reset(db, SQL_FIND_DEADLY);
		TRY(fail_deadly(store, id, attempt, deaths, event_bytes(arg, id, attempt), now_us, err));
		n++;
	}
	TRY(rc);
	*ret_failed = n;
	return 0;
}

/* ---- the end of its time ---- */

static int drop_job(struct store *store, uint64_t seq, struct sbx_err *err)
{
	TRY(DB_RUN(&store->db, SQL_DROP_REPORT, err, NUMBER(seq)));
	return DB_RUN(&store->db, SQL_DROP_JOB, err, NUMBER(seq));
}

/* The one at which `which` stands, told to `fn`. */
static int drop_found(struct store *store, enum store_statement which,
                      void (*fn)(void *arg, const char *id, unsigned attempt), void *arg, struct sbx_err *err)
{
	struct db *db = &store->db;
	char id[STORE_ID_MAX + 1];
	uint64_t seq = db_number(db, which, 0);
	unsigned attempt = (unsigned)db_number(db, which, 2);

	snprintf(id, sizeof(id), "%s", db_text(db, which, 1));
	db_reset(db, which);
	TRY(drop_job(store, seq, err));
	fn(arg, id, attempt);
	return 0;
}

int store_expire(struct store *store, uint64_t before_us, unsigned max,
                 void (*fn)(void *arg, const char *id, unsigned attempt), void *arg, struct sbx_err *err)
{
	unsigned n = 0;
	int rc = 0;

	for (; n < max && (rc = DB_RUN(&store->db, SQL_OVER, err, NUMBER(before_us))) == 1; n++)
		TRY(drop_found(store, SQL_OVER, fn, arg, err));
	return rc < 0 ? rc : (int)n;
}

int store_results_bytes(struct store *store, uint64_t *ret, struct sbx_err *err)
{
	return db_run_number(&store->db, SQL_RESULTS_BYTES, NULL, 0, ret, err);
}

int store_evict_results(struct store *store, uint64_t bytes_max, uint64_t before_us, unsigned max,
                        void (*fn)(void *arg, const char *id, unsigned attempt), void *arg, struct sbx_err *err)
{
	unsigned n = 0;
	uint64_t bytes;
	int rc;

	TRY(store_results_bytes(store, &bytes, err));
	while (n < max && bytes > bytes_max) {
		rc = DB_RUN(&store->db, SQL_FIND_RESULT, err, NUMBER(before_us));
		TRY(rc);
		if (rc == 0)
			break;
		TRY(drop_found(store, SQL_FIND_RESULT, fn, arg, err));
		TRY(store_results_bytes(store, &bytes, err));
		n++;
	}
	return (int)n;
}

static int has_job(struct store *store, const char *name, struct sbx_err *err)
{
	char id[STORE_ID_MAX + 1];
	int rc;

	snprintf(id, sizeof(id), "%.*s", (int)strcspn(name, "."), name);
	rc = DB_RUN(&store->db, SQL_GET, err, TEXT(id));
	db_reset(&store->db, SQL_GET);
	return rc;
}

int store_sweep(struct store *store, int dir_fd, struct sbx_err *err)
{
	return store_dir_sweep(store, dir_fd, has_job, err);
}
