/* The store: what is in it, what is refused, and what the death of its process leaves. */
#include "policy/digest.h"
#include "runner/serve/store.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/files.h"

struct fixture {
	char dir[64], state[80]; /* dir/state: the store's */
	struct store store;
	struct sbx_err err;
};

#define WELL(fixture, call)                                                                                            \
	do {                                                                                                           \
		if ((call) < 0)                                                                                        \
			fail_msg("%s: %s", #call, (fixture)->err.msg);                                                 \
	} while (0)
#define REFUSED(fixture, wanted, text, call)                                                                           \
	do {                                                                                                           \
		assert_int_equal(call, wanted);                                                                        \
		assert_int_equal((fixture)->err.stage, SBX_STAGE_STORE);                                               \
		if (strstr((fixture)->err.msg, text) == NULL)                                                          \
			fail_msg("%s: %s", #call, (fixture)->err.msg);                                                 \
	} while (0)

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	strcpy(fixture->dir, "/tmp/sbx-test-XXXXXX");
	assert_non_null(mkdtemp(fixture->dir));
	snprintf(fixture->state, sizeof(fixture->state), "%s/state", fixture->dir);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	store_finish(&fixture->store);
	remove_folder(fixture->dir);
	free(fixture);
	return 0;
}

static struct fixture *opened(void **state)
{
	struct fixture *fixture = *state;

	WELL(fixture, store_open(&fixture->store, fixture->state, &fixture->err));
	return fixture;
}

static void reopen(struct fixture *fixture)
{
	store_finish(&fixture->store);
	WELL(fixture, store_open(&fixture->store, fixture->state, &fixture->err));
}

static struct store_job job_of(const char *id, const char *body)
{
	return (struct store_job){
	        .id = id, .key = "alice", .body = body, .body_len = strlen(body), .accepted_us = 1000, .priority = 3};
}

static int add(struct fixture *fixture, const struct store_job *job)
{
	char earlier[STORE_ID_MAX + 1];

	return store_add_job(&fixture->store, job, earlier, &fixture->err);
}

static void add_well(struct fixture *fixture, const char *id)
{
	const struct store_job job = job_of(id, "body");

	WELL(fixture, add(fixture, &job));
}

static int end(struct fixture *fixture, const char *id, unsigned attempt, const char *report)
{
	const struct store_result result = {.attempt = attempt,
	                                    .state = STORE_DONE,
	                                    .exit_status = 1,
	                                    .report = report,
	                                    .report_len = strlen(report)};

	return store_end(&fixture->store, id, &result, 5000, &fixture->err);
}

#define IN_BATCH(fixture, ...)                                                                                         \
	do {                                                                                                           \
		WELL(fixture, store_begin(&(fixture)->store, &(fixture)->err));                                        \
		__VA_ARGS__;                                                                                           \
		WELL(fixture, store_commit(&(fixture)->store, &(fixture)->err));                                       \
	} while (0)

static struct store_row row_of(struct fixture *fixture, const char *id)
{
	struct store_row row = {0};

	WELL(fixture, store_get(&fixture->store, id, STORE_ROW_AND_REPORT, &row, &fixture->err));
	return row;
}

/* Whether the bytes are kept; not only told to be. */
static bool has_body(struct fixture *fixture, const char *id)
{
	char text[120], count[16];

	snprintf(text, sizeof(text), "SELECT count(*) FROM body JOIN job USING(seq) WHERE id = '%s'", id);
	WELL(fixture, db_ask(&fixture->store.db, text, count, sizeof(count), &fixture->err));
	return strcmp(count, "1") == 0;
}

static void check_body(struct fixture *fixture, const char *id, const char *body, size_t len)
{
	int fd = memfd_create("body", MFD_CLOEXEC);
	char *got = malloc(len + 1);

	assert_true(fd >= 0 && got != NULL);
	WELL(fixture, store_send_body(&fixture->store, id, fd, &fixture->err));
	assert_int_equal(pread(fd, got, len + 1, 0), len);
	assert_memory_equal(got, body, len);
	free(got);
	close(fd);
}

static bool is_there(struct fixture *fixture, const char *id)
{
	struct store_row row = {0};
	int rc = store_get(&fixture->store, id, STORE_ROW, &row, &fixture->err);

	assert_true(rc == 0 || rc == -ENOENT);
	store_row_finish(&row);
	return rc == 0;
}

/* The ids of those that have not ended, in their order, each with a space behind. */
static int append(void *arg, const struct store_row *row)
{
	char *text = arg;

	assert_int_equal(row->ended_us, 0);
	sprintf(text + strlen(text), "%s ", row->id);
	return 0;
}

static void check_unfinished(struct fixture *fixture, const char *wanted)
{
	char text[512] = "";

	WELL(fixture, store_each_unfinished(&fixture->store, append, text, &fixture->err));
	assert_string_equal(text, wanted);
}

/* ---- jobs ---- */

static void test_course(void **state)
{
	struct fixture *fixture = opened(state);
	struct store_job job = job_of("A-1_b", "a\0\"';--");
	struct store_row row;

	job.body_len = 7;
	job.kind = STORE_LEGACY;
	IN_BATCH(fixture, WELL(fixture, add(fixture, &job)));
	reopen(fixture);
	row = row_of(fixture, "A-1_b");
	assert_string_equal(row.id, "A-1_b");
	assert_string_equal(row.key, "alice");
	assert_true(row.kind == STORE_LEGACY && row.state == STORE_QUEUED && row.priority == 3 && row.attempt == 0);
	assert_true(row.accepted_us == 1000 && row.started_us == 0 && row.ended_us == 0);
	assert_int_equal(row.body_len, 7);
	check_body(fixture, "A-1_b", "a\0\"';--", 7);
	assert_true(row.report == NULL && row.error == NULL);
	store_row_finish(&row);

	IN_BATCH(fixture, WELL(fixture, store_start(&fixture->store, "A-1_b", 1, 2000, &fixture->err)));
	row = row_of(fixture, "A-1_b");
	assert_true(row.state == STORE_RUNNING && row.attempt == 1 && row.started_us == 2000);
	store_row_finish(&row);
	check_unfinished(fixture, "A-1_b ");

	IN_BATCH(fixture, WELL(fixture, end(fixture, "A-1_b", 1, "{}")));
	reopen(fixture);
	row = row_of(fixture, "A-1_b");
	assert_true(row.state == STORE_DONE && row.exit_status == 1 && row.ended_us == 5000);
	assert_string_equal(row.report, "{}");
	assert_true(row.report_len == 2 && row.body_len == 7 && !has_body(fixture, "A-1_b"));
	store_row_finish(&row);
	check_unfinished(fixture, "");
}

static void test_large_body(void **state)
{
	struct fixture *fixture = opened(state);
	size_t len = (64 << 10) * 3 + 5;
	char *body = malloc(len);
	struct store_job job = job_of("a", "");
	int fd = memfd_create("body", MFD_CLOEXEC);

	for (size_t i = 0; i < len; i++)
		body[i] = (char)(i * 31 + i / 4096);
	job.body = body;
	job.body_len = len;
	IN_BATCH(fixture, WELL(fixture, add(fixture, &job)); add_well(fixture, "b");
	         WELL(fixture, store_cancel(&fixture->store, "b", 0, 1, &fixture->err)));
	check_body(fixture, "a", body, len);
	REFUSED(fixture, -ENOENT, "job b has ended", store_send_body(&fixture->store, "b", fd, &fixture->err));
	REFUSED(fixture, -ENOENT, "there is no job c", store_send_body(&fixture->store, "c", fd, &fixture->err));
	REFUSED(fixture, -EBADF, "cannot pass on", store_send_body(&fixture->store, "a", -1, &fixture->err));
	close(fd);
	free(body);
}

/* What does not fit is lost with its batch, and nothing else. */
static void test_full(void **state)
{
	struct fixture *fixture = opened(state);
	struct store *store = &fixture->store;
	struct store_job job = job_of("large", "");
	char *body = calloc(1, 1 << 20);

	IN_BATCH(fixture, add_well(fixture, "a"));
	WELL(fixture, db_execute(&store->db, "PRAGMA max_page_count = 100", &fixture->err));
	job.body = body;
	job.body_len = 1 << 20;
	WELL(fixture, store_begin(store, &fixture->err));
	add_well(fixture, "b");
	REFUSED(fixture, -ENOSPC, "full", add(fixture, &job));
	store_rollback(store);
	check_unfinished(fixture, "a ");
	IN_BATCH(fixture, add_well(fixture, "c"));
	check_unfinished(fixture, "a c ");
	free(body);
}

static void test_result_once(void **state)
{
	struct fixture *fixture = opened(state);
	struct store *store = &fixture->store;
	struct store_result failed = {.attempt = 2, .state = STORE_FAILED, .error = "the judge died"};
	struct store_row row;

	WELL(fixture, store_begin(store, &fixture->err));
	add_well(fixture, "a");
	REFUSED(fixture, -ENOENT, "there is no job b", end(fixture, "b", 1, ""));
	REFUSED(fixture, -ENOENT, "there is no job b", store_start(store, "b", 1, 1, &fixture->err));
	REFUSED(fixture, -ESTALE, "is at attempt 0, and this is a result of attempt 1", end(fixture, "a", 1, ""));
	WELL(fixture, store_start(store, "a", 2, 1, &fixture->err));
	REFUSED(fixture, -ESTALE, "is at attempt 2 already", store_start(store, "a", 2, 1, &fixture->err));
	REFUSED(fixture, -ESTALE, "is at attempt 2 already", store_start(store, "a", 1, 1, &fixture->err));
	REFUSED(fixture, -ESTALE, "is at attempt 2, and this", end(fixture, "a", 1, ""));
	WELL(fixture, store_end(store, "a", &failed, 7, &fixture->err));
	/* once more, at another time */
	WELL(fixture, store_end(store, "a", &failed, 9, &fixture->err));
	REFUSED(fixture, -EALREADY, "another result (failed, attempt 2)", end(fixture, "a", 2, ""));
	failed.error = "the judge died.";
	REFUSED(fixture, -EALREADY, "another result", store_end(store, "a", &failed, 7, &fixture->err));
	failed.error = NULL;
	REFUSED(fixture, -EALREADY, "another result", store_end(store, "a", &failed, 7, &fixture->err));
	REFUSED(fixture, -EALREADY, "has ended already", store_start(store, "a", 3, 1, &fixture->err));
	REFUSED(fixture, -EALREADY, "has ended already", store_cancel(store, "a", 0, 1, &fixture->err));
	/* each of these left the batch as it was */
	WELL(fixture, store_commit(store, &fixture->err));
	row = row_of(fixture, "a");
	assert_true(row.state == STORE_FAILED && row.ended_us == 7 && row.report == NULL);
	assert_string_equal(row.error, "the judge died");
	store_row_finish(&row);

	IN_BATCH(fixture, add_well(fixture, "c"); WELL(fixture, store_start(store, "c", 1, 1, &fixture->err)););
	IN_BATCH(fixture, WELL(fixture, end(fixture, "c", 1, "one")));
	WELL(fixture, store_begin(store, &fixture->err));
	WELL(fixture, end(fixture, "c", 1, "one"));
	REFUSED(fixture, -EALREADY, "another result (done", end(fixture, "c", 1, "two"));
	REFUSED(fixture, -EALREADY, "another result (done", end(fixture, "c", 1, "one more"));
	WELL(fixture, store_commit(store, &fixture->err));
}

static void test_cancel(void **state)
{
	struct fixture *fixture = opened(state);
	struct store *store = &fixture->store;
	struct store_row row;

	IN_BATCH(fixture, add_well(fixture, "a"); add_well(fixture, "b");
	         WELL(fixture, store_start(store, "b", 1, 1, &fixture->err)));
	WELL(fixture, store_begin(store, &fixture->err));
	for (int i = 0; i < 2; i++) {
		WELL(fixture, store_cancel(store, "a", 0, 8, &fixture->err));
		WELL(fixture, store_cancel(store, "b", 0, 8, &fixture->err));
	}
	REFUSED(fixture, -ENOENT, "there is no job x", store_cancel(store, "x", 0, 8, &fixture->err));
	/* what its judge still says comes too late */
	REFUSED(fixture, -EALREADY, "another result (cancelled", end(fixture, "b", 1, "{}"));
	WELL(fixture, store_commit(store, &fixture->err));
	row = row_of(fixture, "b");
	assert_true(row.state == STORE_CANCELLED && row.attempt == 1 && row.ended_us == 8);
	assert_string_equal(store_state_name(row.state), "cancelled");
	store_row_finish(&row);
	check_unfinished(fixture, "");
}

static void test_idempotency(void **state)
{
	struct fixture *fixture = opened(state);
	struct store_job job = job_of("first", "body");
	char earlier[STORE_ID_MAX + 1] = "";

	job.idempotency = "retry";
	IN_BATCH(fixture, WELL(fixture, add(fixture, &job)));
	job.id = "second";
	WELL(fixture, store_begin(&fixture->store, &fixture->err));
	REFUSED(fixture, -EEXIST, "as first", store_add_job(&fixture->store, &job, earlier, &fixture->err));
	assert_string_equal(earlier, "first");
	job.body = "BODY";
	REFUSED(fixture, -EBADE, "another request", add(fixture, &job));
	job.body = "body";
	job.kind = STORE_LEGACY;
	REFUSED(fixture, -EBADE, "another request", add(fixture, &job));
	/* another key's, or none at all */
	job.key = "bob";
	WELL(fixture, add(fixture, &job));
	job.idempotency = NULL;
	job.id = "third";
	WELL(fixture, add(fixture, &job));
	job.id = "fourth";
	WELL(fixture, add(fixture, &job));
	WELL(fixture, store_commit(&fixture->store, &fixture->err));
	check_unfinished(fixture, "first second third fourth ");
	/* it lives as long as its job, which may have ended */
	IN_BATCH(fixture, WELL(fixture, store_cancel(&fixture->store, "first", 0, 10, &fixture->err)));
	job = job_of("fifth", "body");
	job.idempotency = "retry";
	WELL(fixture, store_begin(&fixture->store, &fixture->err));
	REFUSED(fixture, -EEXIST, "as first", add(fixture, &job));
	WELL(fixture, store_commit(&fixture->store, &fixture->err));
}

static void test_names(void **state)
{
	struct fixture *fixture = opened(state);
	static const char *const bad[] = {"",        "a/b", "..", "a b", "x\n", "12345678901234567890123456789012",
	                                  "\xc3\xa4"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct store_job job = job_of(bad[i], "");
		REFUSED(fixture, -EINVAL, "a job cannot be called", add(fixture, &job));
	}
	IN_BATCH(fixture, add_well(fixture, "1234567890123456789012345678901"));
	/* an id is nobody else's */
	WELL(fixture, store_begin(&fixture->store, &fixture->err));
	REFUSED(fixture, -EINVAL, "UNIQUE",
	        add(fixture, &(struct store_job){.id = "1234567890123456789012345678901", .key = "", .body = ""}));
	store_rollback(&fixture->store);
}

static void test_batches(void **state)
{
	struct fixture *fixture = opened(state);
	struct store_row before = {0};

	WELL(fixture, store_begin(&fixture->store, &fixture->err));
	add_well(fixture, "a");
	assert_true(is_there(fixture, "a"));
	store_rollback(&fixture->store);
	assert_false(is_there(fixture, "a"));
	IN_BATCH(fixture, add_well(fixture, "a"); add_well(fixture, "b"));
	assert_true(is_there(fixture, "a") && is_there(fixture, "b"));
	WELL(fixture, store_get(&fixture->store, "a", STORE_ROW, &before, &fixture->err));
	assert_null(before.report);
	assert_int_equal(before.body_len, 4);
	store_row_finish(&before);
	/* left without a commit */
	WELL(fixture, store_begin(&fixture->store, &fixture->err));
	add_well(fixture, "c");
	reopen(fixture);
	check_unfinished(fixture, "a b ");
}

static void check_sync(struct fixture *fixture, const char *level)
{
	char text[8];

	WELL(fixture, db_ask(&fixture->store.db, "PRAGMA synchronous", text, sizeof(text), &fixture->err));
	assert_string_equal(text, level);
}

/* By a copy of the database alone, made by another process: this one would lose its locks by closing it. */
static unsigned attempt_without_log(struct fixture *fixture, const char *id)
{
	char dir[96], from[128];
	struct store copy;
	struct store_row row;
	unsigned attempt;
	int status;
	pid_t pid;

	snprintf(dir, sizeof(dir), "%s/copy", fixture->dir);
	snprintf(from, sizeof(from), "%s/serve.db", fixture->state);
	remove_folder(dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	pid = fork();
	if (pid == 0) {
		execlp("cp", "cp", from, dir, NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	WELL(fixture, store_open(&copy, dir, &fixture->err));
	WELL(fixture, store_get(&copy, id, STORE_ROW, &row, &fixture->err));
	attempt = row.attempt;
	store_row_finish(&row);
	store_finish(&copy);
	return attempt;
}

/* It may be lost with the machine, not with the process; and no batch after it may. */
static void test_unsynced(void **state)
{
	struct fixture *fixture = opened(state);
	struct store_row row;
	int status;
	pid_t pid;

	IN_BATCH(fixture, add_well(fixture, "a"));
	check_sync(fixture, "2");
	store_finish(&fixture->store);
	pid = fork();
	if (pid == 0) {
		if (store_open(&fixture->store, fixture->state, &fixture->err) == 0 &&
		    store_begin_unsynced(&fixture->store, &fixture->err) == 0 &&
		    store_start(&fixture->store, "a", 1, 2000, &fixture->err) == 0)
			store_commit(&fixture->store, &fixture->err);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	WELL(fixture, store_open(&fixture->store, fixture->state, &fixture->err));
	row = row_of(fixture, "a");
	assert_true(row.state == STORE_RUNNING && row.attempt == 1);
	store_row_finish(&row);

	WELL(fixture, store_begin_unsynced(&fixture->store, &fixture->err));
	WELL(fixture, store_put_back(&fixture->store, "a", &fixture->err));
	WELL(fixture, store_commit(&fixture->store, &fixture->err));
	check_sync(fixture, "1");
	IN_BATCH(fixture, add_well(fixture, "b"));
	check_sync(fixture, "2");
	/* the database alone, without the log */
	WELL(fixture, store_begin_unsynced(&fixture->store, &fixture->err));
	WELL(fixture, store_start(&fixture->store, "a", 2, 3000, &fixture->err));
	WELL(fixture, store_commit(&fixture->store, &fixture->err));
	assert_int_equal(attempt_without_log(fixture, "a"), 0);
	WELL(fixture, store_sync(&fixture->store, &fixture->err));
	assert_int_equal(attempt_without_log(fixture, "a"), 2);
	WELL(fixture, store_begin_unsynced(&fixture->store, &fixture->err));
	store_rollback(&fixture->store);
	WELL(fixture, store_begin(&fixture->store, &fixture->err));
	check_sync(fixture, "2");
	store_rollback(&fixture->store);
}

static void note(void *arg, const char *id, unsigned attempt)
{
	sprintf((char *)arg + strlen(arg), "%s%u", id, attempt);
}

static void test_expire(void **state)
{
	struct fixture *fixture = opened(state);
	struct store *store = &fixture->store;
	struct store_job job = job_of("a", "body");
	char gone[64] = "";

	job.idempotency = "retry";
	IN_BATCH(fixture, WELL(fixture, add(fixture, &job)); add_well(fixture, "b"); add_well(fixture, "c");
	         add_well(fixture, "d"); WELL(fixture, store_start(store, "a", 2, 1, &fixture->err));
	         WELL(fixture, store_cancel(store, "c", 0, 10, &fixture->err));
	         WELL(fixture, store_cancel(store, "a", 0, 20, &fixture->err));
	         WELL(fixture, store_cancel(store, "d", 0, 30, &fixture->err)));
	IN_BATCH(fixture, assert_int_equal(store_expire(store, 30, 1, note, gone, &fixture->err), 1));
	assert_string_equal(gone, "c0");
	IN_BATCH(fixture, assert_int_equal(store_expire(store, 30, 9, note, gone, &fixture->err), 1));
	assert_string_equal(gone, "c0a2");
	assert_false(is_there(fixture, "a"));
	assert_true(is_there(fixture, "b") && is_there(fixture, "d"));
	/* and its idempotency key with it */
	IN_BATCH(fixture, WELL(fixture, add(fixture, &job)));
}

static void end_with(struct fixture *fixture, const char *id, const char *key, size_t report_len, uint64_t event_bytes,
                     uint64_t ended_us)
{
	struct store_job job = job_of(id, "body");
	char *report = calloc(1, report_len + 1);
	const struct store_result result = {
	        .state = STORE_DONE, .report = report, .report_len = report_len, .event_bytes = event_bytes};

	job.key = key;
	WELL(fixture, add(fixture, &job));
	WELL(fixture, store_end(&fixture->store, id, &result, ended_us, &fixture->err));
	free(report);
}

static uint64_t results_bytes(struct fixture *fixture)
{
	uint64_t bytes;

	WELL(fixture, store_results_bytes(&fixture->store, &bytes, &fixture->err));
	return bytes;
}

/* By bytes: the oldest of whoever has most, and nothing of others; what has just ended stays. */
static void test_evict_results(void **state)
{
	struct fixture *fixture = opened(state);
	struct store *store = &fixture->store;
	char gone[64] = "";

	IN_BATCH(fixture, end_with(fixture, "b", "bob", 3000, 0, 10); end_with(fixture, "a", "alice", 1000, 2000, 20);
	         end_with(fixture, "c", "alice", 0, 0, 30); end_with(fixture, "d", "alice", 2000, 0, 40);
	         add_well(fixture, "waits"); end_with(fixture, "e", "alice", 9000, 0, 50));
	assert_int_equal(results_bytes(fixture), 5 * 1024 + 17000);
	IN_BATCH(fixture, assert_int_equal(store_evict_results(store, 22120, 99, 9, note, gone, &fixture->err), 0));
	/* lost with its batch */
	WELL(fixture, store_begin(store, &fixture->err));
	assert_int_equal(store_evict_results(store, 0, 99, 1, note, gone, &fixture->err), 1);
	store_rollback(store);
	assert_string_equal(gone, "a0");
	assert_int_equal(results_bytes(fixture), 5 * 1024 + 17000);
	gone[0] = '\0';
	IN_BATCH(fixture, assert_int_equal(store_evict_results(store, 22119, 99, 9, note, gone, &fixture->err), 1));
	assert_string_equal(gone, "a0");
	reopen(fixture);
	/* the same with a bound on how many, and on how old */
	IN_BATCH(fixture, assert_int_equal(store_evict_results(store, 5000, 50, 1, note, gone, &fixture->err), 1));
	assert_string_equal(gone, "a0c0");
	IN_BATCH(fixture, assert_int_equal(store_evict_results(store, 5000, 50, 9, note, gone, &fixture->err), 1));
	assert_string_equal(gone, "a0c0d0");
	IN_BATCH(fixture, assert_int_equal(store_evict_results(store, 5000, 51, 9, note, gone, &fixture->err), 1));
	assert_string_equal(gone, "a0c0d0e0");
	assert_true(is_there(fixture, "b") && is_there(fixture, "waits") && !is_there(fixture, "e"));
	IN_BATCH(fixture, assert_int_equal(store_evict_results(store, 0, 99, 9, note, gone, &fixture->err), 1));
	assert_int_equal(results_bytes(fixture), 0);
	/* what goes by time is not counted any more, either */
	IN_BATCH(fixture, end_with(fixture, "f", "bob", 3000, 0, 10));
	IN_BATCH(fixture, assert_int_equal(store_expire(store, 99, 9, note, gone, &fixture->err), 1));
	assert_int_equal(results_bytes(fixture), 0);
}

static uint64_t events_of(void *arg, const char *id, unsigned attempts)
{
	(void)arg;
	assert_string_equal(id, "a");
	return 500 * attempts;
}

/* Events that are kept count, whichever way a job ended. */
static void test_events_count(void **state)
{
	struct fixture *fixture = opened(state);
	struct store *store = &fixture->store;
	unsigned failed;

	IN_BATCH(fixture, add_well(fixture, "a"); add_well(fixture, "b");
	         WELL(fixture, store_start(store, "a", 1, 1000, &fixture->err));
	         WELL(fixture, store_start(store, "b", 1, 1000, &fixture->err));
	         WELL(fixture, store_put_back(store, "b", &fixture->err)));
	IN_BATCH(fixture, WELL(fixture, store_note_deaths(store, 2, 5000, events_of, NULL, &failed, &fixture->err)));
	assert_int_equal(results_bytes(fixture), 0);
	IN_BATCH(fixture, WELL(fixture, store_cancel(store, "b", 700, 5000, &fixture->err)));
	assert_int_equal(results_bytes(fixture), 1024 + 700);
	IN_BATCH(fixture, WELL(fixture, store_start(store, "a", 2, 1000, &fixture->err)));
	IN_BATCH(fixture, WELL(fixture, store_note_deaths(store, 2, 5000, events_of, NULL, &failed, &fixture->err)));
	assert_int_equal(failed, 1);
	struct store_row row = row_of(fixture, "a");
	assert_int_equal(results_bytes(fixture), 2 * 1024 + 700 + 1000 + strlen(row.error));
	store_row_finish(&row);
}

static uint64_t no_events(void *arg, const char *id, unsigned attempts)
{
	(void)arg, (void)id, (void)attempts;
	return 0;
}

/* What ran when the service died is queued again, but not for ever. */
static void test_deaths(void **state)
{
	struct fixture *fixture = opened(state);
	struct store *store = &fixture->store;
	struct store_row row;
	unsigned failed;

	IN_BATCH(fixture, add_well(fixture, "deadly"); add_well(fixture, "waits"); add_well(fixture, "cut"));
	for (unsigned n = 1; n <= 3; n++) {
		IN_BATCH(fixture, WELL(fixture, store_start(store, "deadly", n, 1000, &fixture->err));
		         WELL(fixture, store_start(store, "cut", n, 1000, &fixture->err)));
		/* an end of the service that its jobs have not brought about */
		IN_BATCH(fixture, WELL(fixture, store_put_back(store, "cut", &fixture->err)));
		reopen(fixture);
		IN_BATCH(fixture,
		         WELL(fixture, store_note_deaths(store, 3, 5000, no_events, NULL, &failed, &fixture->err)));
		assert_int_equal(failed, n == 3);
		row = row_of(fixture, "deadly");
		assert_true(row.state == (n < 3 ? STORE_QUEUED : STORE_FAILED) && row.deaths == n && row.attempt == n);
		if (n < 3)
			assert_true(row.started_us == 0 && row.error == NULL);
		else
			assert_string_equal(row.error, "the service died 3 times while it ran: it is not tried again");
		store_row_finish(&row);
	}
	check_unfinished(fixture, "waits cut ");
	assert_false(has_body(fixture, "deadly"));
	row = row_of(fixture, "cut");
	assert_true(row.deaths == 0 && row.attempt == 3 && row.state == STORE_QUEUED && row.started_us == 0);
	store_row_finish(&row);
	/* nothing ran since */
	IN_BATCH(fixture, WELL(fixture, store_note_deaths(store, 3, 5000, no_events, NULL, &failed, &fixture->err)));
	assert_int_equal(failed, 0);
	WELL(fixture, store_begin(store, &fixture->err));
	REFUSED(fixture, -EALREADY, "has ended already", store_put_back(store, "deadly", &fixture->err));
	REFUSED(fixture, -ENOENT, "there is no job", store_put_back(store, "nothing", &fixture->err));
	store_rollback(store);
}

/* ---- files ---- */

static void name_of(const char *text, char name[STORE_NAME_LEN + 1])
{
	unsigned char hash[DIGEST_BYTES];
	struct digest digest;

	digest_init(&digest);
	digest_put(&digest, text, strlen(text));
	digest_end(&digest, hash);
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		snprintf(name + 2 * i, 3, "%02x", hash[i]);
}

/* In a batch. */
static void put_file_of(struct fixture *fixture, const char *key, const char *text, uint64_t now_us)
{
	struct store_upload upload;
	char name[STORE_NAME_LEN + 1];

	name_of(text, name);
	WELL(fixture, store_upload_begin(&fixture->store, &upload, &fixture->err));
	WELL(fixture, store_upload_write(&upload, text, 1, &fixture->err));
	WELL(fixture, store_upload_write(&upload, text + 1, strlen(text + 1), &fixture->err));
	WELL(fixture, store_upload_end(&upload, name, &fixture->err));
	WELL(fixture, store_file_put(&fixture->store, &upload, key, name, now_us, &fixture->err));
	store_upload_drop(&upload);
}

static void put_file(struct fixture *fixture, const char *text, uint64_t now_us)
{
	put_file_of(fixture, "alice", text, now_us);
}

/* The row, and the file with this text; or neither. */
static bool has_file(struct fixture *fixture, const char *text)
{
	char name[STORE_NAME_LEN + 1], got[64];
	uint64_t bytes = 0;
	struct stat st;
	int rc, fd, n;

	name_of(text, name);
	rc = store_file_get(&fixture->store, name, &bytes, &fixture->err);
	fd = openat(fixture->store.files_fd, name, O_RDONLY | O_CLOEXEC);
	assert_true(rc == 0 || rc == -ENOENT);
	assert_int_equal(fd >= 0, rc == 0);
	if (rc < 0)
		return false;
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	n = (int)read(fd, got, sizeof(got));
	assert_int_equal(n, strlen(text));
	assert_memory_equal(got, text, (size_t)n);
	assert_int_equal(bytes, n);
	close(fd);
	return true;
}

static unsigned count_files(const struct fixture *fixture)
{
	char path[128];
	struct stat st;
	unsigned n = 0;
	FILE *list;

	snprintf(path, sizeof(path), "ls -A %s/files | wc -l", fixture->state);
	list = popen(path, "re");
	assert_int_equal(fscanf(list, "%u", &n), 1);
	pclose(list);
	snprintf(path, sizeof(path), "%s/files", fixture->state);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	return n;
}

static void test_uploads(void **state)
{
	struct fixture *fixture = opened(state);
	struct store_upload upload;
	char name[STORE_NAME_LEN + 1];

	umask(077);
	IN_BATCH(fixture, put_file(fixture, "text", 1));
	umask(022);
	assert_true(has_file(fixture, "text"));
	/* the same again */
	IN_BATCH(fixture, put_file(fixture, "text", 2));
	assert_true(has_file(fixture, "text"));
	/* not what it was said to be: nothing stays */
	name_of("text", name);
	WELL(fixture, store_upload_begin(&fixture->store, &upload, &fixture->err));
	WELL(fixture, store_upload_write(&upload, "texT", 4, &fixture->err));
	assert_int_equal(count_files(fixture), 2);
	REFUSED(fixture, -EBADMSG, "the file's SHA-256 is ", store_upload_end(&upload, name, &fixture->err));
	store_upload_drop(&upload);
	store_upload_drop(&upload);
	assert_int_equal(count_files(fixture), 1);
	name_of("other", name);
	REFUSED(fixture, -ENOENT, "there is no file",
	        store_file_touch(&fixture->store, "alice", name, 3, &fixture->err));
	/* a batch that is lost leaves what was there before, and nothing else */
	WELL(fixture, store_begin(&fixture->store, &fixture->err));
	put_file(fixture, "text", 3);
	put_file(fixture, "other", 3);
	store_rollback(&fixture->store);
	assert_true(has_file(fixture, "text"));
	assert_int_equal(count_files(fixture), 1);
}

static void evict(struct fixture *fixture, uint64_t bytes_max, uint64_t wanted)
{
	uint64_t bytes = 0;

	WELL(fixture, store_files_evict(&fixture->store, "alice", UINT64_MAX, bytes_max, &bytes, &fixture->err));
	assert_int_equal(bytes, wanted);
}

static void test_eviction(void **state)
{
	struct fixture *fixture = opened(state);
	struct store *store = &fixture->store;
	struct store_job job = job_of("a", "body");
	char names[4][STORE_NAME_LEN + 1];
	const char *files[] = {names[1], names[1], names[3]};

	name_of("1111", names[1]);
	name_of("3333", names[3]);
	IN_BATCH(fixture, put_file(fixture, "1111", 1); put_file(fixture, "2222", 2); put_file(fixture, "3333", 3);
	         put_file(fixture, "4444", 4));
	IN_BATCH(fixture, evict(fixture, 16, 16));
	/* a job that is accepted uses its files, and keeps them */
	job.files = files;
	job.n_files = 3;
	job.accepted_us = 5;
	IN_BATCH(fixture, WELL(fixture, add(fixture, &job)));
	IN_BATCH(fixture, evict(fixture, 12, 12); assert_true(faccessat(store->files_fd, names[1], F_OK, 0) == 0));
	assert_true(has_file(fixture, "1111") && !has_file(fixture, "2222"));
	IN_BATCH(fixture, evict(fixture, 0, 8));
	assert_true(has_file(fixture, "1111") && has_file(fixture, "3333") && !has_file(fixture, "4444"));
	reopen(fixture);
	IN_BATCH(fixture, evict(fixture, 0, 8));
	/* until it ends; then by use */
	IN_BATCH(fixture, WELL(fixture, store_cancel(store, "a", 0, 6, &fixture->err));
	         WELL(fixture, store_file_touch(store, "alice", names[1], 7, &fixture->err)));
	IN_BATCH(fixture, evict(fixture, 7, 4));
	assert_true(has_file(fixture, "1111") && !has_file(fixture, "3333"));
	/* a job whose file is gone is refused, and nothing of it stays */
	job.id = "b";
	WELL(fixture, store_begin(store, &fixture->err));
	REFUSED(fixture, -ENOENT, names[3], add(fixture, &job));
	WELL(fixture, store_commit(store, &fixture->err));
	assert_false(is_there(fixture, "b"));
	/* removed and put again in one batch; removed in a batch that did not happen */
	IN_BATCH(fixture, evict(fixture, 0, 0); put_file(fixture, "1111", 9));
	assert_true(has_file(fixture, "1111"));
	WELL(fixture, store_begin(store, &fixture->err));
	evict(fixture, 0, 0);
	store_rollback(store);
	IN_BATCH(fixture, add_well(fixture, "c"));
	assert_true(has_file(fixture, "1111"));
}

/* Those of whoever has most go, and of one with a bound of its own, his own. */
static void test_shares_of_files(void **state)
{
	struct fixture *fixture = opened(state);
	struct store *store = &fixture->store;
	struct store_job job = job_of("a", "body");
	char names[3][STORE_NAME_LEN + 1];
	const char *files[] = {names[0]};
	uint64_t bytes;

	name_of("1111", names[0]);
	name_of("2222", names[1]);
	name_of("5555", names[2]);
	IN_BATCH(fixture, put_file_of(fixture, "bob", "5555", 1); put_file(fixture, "1111", 2);
	         put_file(fixture, "2222", 3); put_file(fixture, "3333", 4));
	/* the oldest is that of one who has less */
	IN_BATCH(fixture, evict(fixture, 12, 12));
	assert_true(has_file(fixture, "5555") && !has_file(fixture, "1111"));
	/* one that is used by another is his, too, and counts once */
	IN_BATCH(fixture, WELL(fixture, store_file_touch(store, "bob", names[1], 5, &fixture->err));
	         put_file(fixture, "1111", 6));
	IN_BATCH(fixture, evict(fixture, 16, 16));
	IN_BATCH(fixture, evict(fixture, 12, 12));
	assert_true(has_file(fixture, "2222") && !has_file(fixture, "3333") && has_file(fixture, "5555"));
	IN_BATCH(fixture, evict(fixture, 8, 8));
	assert_true(has_file(fixture, "2222") && has_file(fixture, "1111") && !has_file(fixture, "5555"));
	reopen(fixture);
	/* of the one that a key may have: its own, as far as no job needs it */
	job.files = files;
	job.n_files = 1;
	IN_BATCH(fixture, put_file(fixture, "6666", 7); WELL(fixture, add(fixture, &job)));
	IN_BATCH(fixture, WELL(fixture, store_files_evict(store, "alice", 0, 99, &bytes, &fixture->err)));
	assert_int_equal(bytes, 8);
	assert_true(has_file(fixture, "1111") && has_file(fixture, "2222") && !has_file(fixture, "6666"));
	/* where all of the one who has most is needed, of the next */
	IN_BATCH(fixture, put_file_of(fixture, "carol", "77", 8));
	IN_BATCH(fixture, evict(fixture, 4, 4));
	assert_true(has_file(fixture, "1111") && !has_file(fixture, "2222") && !has_file(fixture, "77"));
}

/* Of a run there is no row: what it names stays as long as it says. */
static void test_run_needs(void **state)
{
	struct fixture *fixture = opened(state);
	struct store *store = &fixture->store;
	char names[2][STORE_NAME_LEN + 1];

	name_of("1111", names[0]);
	name_of("2222", names[1]);
	IN_BATCH(fixture, put_file(fixture, "1111", 1); put_file(fixture, "2222", 2); put_file(fixture, "3333", 3);
	         WELL(fixture, store_run_needs(store, "a", names[0], &fixture->err));
	         WELL(fixture, store_run_needs(store, "a", names[0], &fixture->err));
	         WELL(fixture, store_run_needs(store, "b", names[0], &fixture->err));
	         WELL(fixture, store_run_needs(store, "b", names[1], &fixture->err)));
	WELL(fixture, store_run_over(store, "b", &fixture->err));
	IN_BATCH(fixture, evict(fixture, 8, 8));
	assert_true(has_file(fixture, "1111") && !has_file(fixture, "2222"));
	WELL(fixture, store_run_over(store, "a", &fixture->err));
	IN_BATCH(fixture, evict(fixture, 4, 4));
	assert_true(!has_file(fixture, "1111") && has_file(fixture, "3333"));
	/* it ends with the service */
	name_of("3333", names[0]);
	IN_BATCH(fixture, WELL(fixture, store_run_needs(store, "c", names[0], &fixture->err)));
	IN_BATCH(fixture, evict(fixture, 0, 4));
	assert_true(has_file(fixture, "3333"));
	reopen(fixture);
	IN_BATCH(fixture, evict(fixture, 0, 0));
	assert_false(has_file(fixture, "3333"));
}

static void put_text(int dir_fd, const char *name, const char *text)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* What a killed service, or a person, left in the folder. */
static void test_tidied(void **state)
{
	struct fixture *fixture = opened(state);
	struct store_upload upload;
	char name[STORE_NAME_LEN + 1];
	int fd;

	IN_BATCH(fixture, put_file(fixture, "kept", 1); put_file(fixture, "missing", 1); put_file(fixture, "cut", 1));
	fd = dup(fixture->store.files_fd);
	WELL(fixture, store_upload_begin(&fixture->store, &upload, &fixture->err)); /* never ended */
	name_of("never in a row", name);
	put_text(fd, name, "never in a row");
	put_text(fd, "anything", "");
	name_of("missing", name);
	assert_int_equal(unlinkat(fd, name, 0), 0);
	name_of("cut", name);
	put_text(fd, name, "cu");
	reopen(fixture);
	assert_true(has_file(fixture, "kept") && !has_file(fixture, "missing") && !has_file(fixture, "cut"));
	assert_int_equal(count_files(fixture), 1);
	close(upload.fd);
	close(fd);
}

/* Of jobs that are gone, and of none. */
static void test_swept(void **state)
{
	static const char *const names[] = {
	        "a.1", "a.7", "b.1", "c.1", "a", "1234567890123456789012345678901234567890", ".hidden"};
	struct fixture *fixture = opened(state);
	int fd;

	assert_int_equal(mkdirat(fixture->store.dir_fd, "events", 0700), 0);
	fd = openat(fixture->store.dir_fd, "events", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_text(fd, names[i], "");
	IN_BATCH(fixture, add_well(fixture, "a"); add_well(fixture, "b");
	         WELL(fixture, store_cancel(&fixture->store, "b", 0, 1, &fixture->err)));
	WELL(fixture, store_sweep(&fixture->store, fd, &fixture->err));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(faccessat(fd, names[i], F_OK, 0) == 0, names[i][0] == 'a' || names[i][0] == 'b');
	close(fd);
}

/* ---- what is refused ---- */

static void test_one_service(void **state)
{
	struct fixture *fixture = opened(state);
	struct store other;
	char words[64];

	snprintf(words, sizeof(words), "another sbx serve, pid %d has", (int)getpid());
	REFUSED(fixture, -EBUSY, words, store_open(&other, fixture->state, &fixture->err));
	store_finish(&other);
	add_well(fixture, "a");
	reopen(fixture);
}

static void alter(struct fixture *fixture, const char *text)
{
	struct db db;
	char path[128];

	snprintf(path, sizeof(path), "%s/serve.db", fixture->state);
	WELL(fixture, db_open(&db, path, &fixture->err));
	WELL(fixture, db_execute(&db, text, &fixture->err));
	db_finish(&db);
}

static void test_other_databases(void **state)
{
	struct fixture *fixture = opened(state);
	struct store *store = &fixture->store;

	store_finish(store);
	alter(fixture, "PRAGMA user_version = 3");
	REFUSED(fixture, -EPROTONOSUPPORT, "serve.db: it was made by a newer sbx: its format is 3, this one knows 2",
	        store_open(store, fixture->state, &fixture->err));
	alter(fixture, "PRAGMA user_version = 2; PRAGMA application_id = 7");
	REFUSED(fixture, -EINVAL, "serve.db: this is a database of something else",
	        store_open(store, fixture->state, &fixture->err));
}

/* What is in one of an older sbx stays. */
static void test_upgrade(void **state)
{
	struct fixture *fixture = opened(state);
	struct store_row row;
	char sql[8192] = "";
	FILE *file = fopen("tests/unit/golden/store-1.sql", "re");
	int fd = dup(fixture->store.dir_fd), files_fd;
	char name[STORE_NAME_LEN + 1];

	assert_non_null(file);
	assert_true(fread(sql, 1, sizeof(sql) - 1, file) > 0);
	fclose(file);
	store_finish(&fixture->store);
	assert_int_equal(unlinkat(fd, "serve.db", 0), 0);
	put_text(fd, "serve.db", "");
	alter(fixture, sql);
	files_fd = openat(fd, "files", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	name_of("old", name);
	put_text(files_fd, name, "old");
	assert_int_equal(fchmodat(files_fd, name, 0644, 0), 0);
	close(files_fd);
	WELL(fixture, store_open(&fixture->store, fixture->state, &fixture->err));
	check_unfinished(fixture, "ran waits ");
	row = row_of(fixture, "ran");
	assert_true(row.state == STORE_RUNNING && row.attempt == 2 && row.priority == 5 && row.deaths == 0);
	store_row_finish(&row);
	row = row_of(fixture, "ended");
	assert_true(row.state == STORE_DONE && row.ended_us == 902);
	assert_string_equal(row.report, "{}");
	store_row_finish(&row);
	assert_int_equal(results_bytes(fixture), 1024 + 2);
	assert_true(has_file(fixture, "old"));
	IN_BATCH(fixture, evict(fixture, 2, 0));
	assert_false(has_file(fixture, "old"));
	/* and once more, as one of this format */
	reopen(fixture);
	check_unfinished(fixture, "ran waits ");
	close(fd);
}

static void test_damaged(void **state)
{
	struct fixture *fixture = opened(state);
	struct store *store = &fixture->store;
	static char page[4096];
	char path[128];
	int fd;

	WELL(fixture, store_begin(store, &fixture->err));
	for (int i = 0; i < 500; i++) {
		char id[16];
		snprintf(id, sizeof(id), "job%d", i);
		add_well(fixture, id);
	}
	WELL(fixture, store_commit(store, &fixture->err));
	store_finish(store);
	snprintf(path, sizeof(path), "%s/serve.db", fixture->state);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(lseek(fd, 0, SEEK_END) > (off_t)(20 * sizeof(page)), true);
	/* a page in the middle of the jobs */
	memset(page, 0x55, sizeof(page));
	assert_int_equal(pwrite(fd, page, sizeof(page), 16 * sizeof(page)), sizeof(page));
	REFUSED(fixture, -EBADMSG,
	        "serve.db: the database is damaged: ", store_open(store, fixture->state, &fixture->err));
	assert_non_null(strstr(fixture->err.msg, "(move it away to begin anew, without the jobs in it)"));
	/* its beginning */
	assert_int_equal(pwrite(fd, page, sizeof(page), 0), sizeof(page));
	REFUSED(fixture, -EBADMSG,
	        "serve.db: the database is damaged: ", store_open(store, fixture->state, &fixture->err));
	close(fd);
	assert_int_equal(unlink(path), 0);
	WELL(fixture, store_open(store, fixture->state, &fixture->err));
	check_unfinished(fixture, "");
}

static void test_places(void **state)
{
	struct fixture *fixture = opened(state);
	struct store *store = &fixture->store;
	static const char *const names[] = {"serve.db", "serve.db-wal", "serve.db-shm", "serve.lock"};
	char path[160], other[160];
	struct stat st;

	IN_BATCH(fixture, add_well(fixture, "a"));
	assert_int_equal(stat(fixture->state, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", fixture->state, names[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	store_finish(store);
	assert_int_equal(chmod(fixture->state, 0770), 0);
	REFUSED(fixture, -EPERM, "can be written by others: chmod go-w",
	        store_open(store, fixture->state, &fixture->err));
	assert_int_equal(chmod(fixture->state, 0700), 0);
	snprintf(path, sizeof(path), "%s/serve.db", fixture->state);
	snprintf(other, sizeof(other), "%s/elsewhere", fixture->dir);
	assert_int_equal(chmod(path, 0644), 0);
	REFUSED(fixture, -EPERM, "for its owner alone", store_open(store, fixture->state, &fixture->err));
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	REFUSED(fixture, -ELOOP, "cannot open serve.db", store_open(store, fixture->state, &fixture->err));
	snprintf(path, sizeof(path), "%s/none/state", fixture->dir);
	REFUSED(fixture, -ENOENT, "cannot make the state folder", store_open(store, path, &fixture->err));
	REFUSED(fixture, -ENOTDIR, "cannot open the state folder", store_open(store, other, &fixture->err));
	store_finish(store);
}

/* ---- kill -9 ---- */

#define ROUNDS 100
#define JOBS_MAX 20000

/* What the writer says of a job once it is committed. */
struct word {
	uint32_t job;
	uint32_t result; /* 0: it was accepted; its number is its report */
};

static void give_up(const char *what, const struct sbx_err *err)
{
	fprintf(stderr, "%s: %s\n", what, err->msg);
	_exit(99);
}

static uint32_t draw(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % n;
}

static void id_of(uint32_t job, char id[STORE_ID_MAX + 1])
{
	snprintf(id, STORE_ID_MAX + 1, "job-%u", job);
}

/* One change: a new job, or a result for an old one, which may have one already. False: nothing to tell of. */
static bool change(struct fixture *fixture, uint32_t *seed, uint32_t *next, struct word *word)
{
	char id[STORE_ID_MAX + 1], report[16];
	struct store_job job = job_of(id, report);
	int rc;

	word->job = *next;
	word->result = draw(seed, 2) == 0 ? 0 : 1 + draw(seed, 1000000);
	if (word->result != 0 && *next > 0)
		word->job = draw(seed, *next);
	else
		word->result = 0;
	id_of(word->job, id);
	snprintf(report, sizeof(report), "%u", word->result);
	job.body_len = strlen(report);
	if (word->result == 0) {
		if (add(fixture, &job) < 0)
			give_up("add", &fixture->err);
		(*next)++;
		return true;
	}
	rc = end(fixture, id, 0, report);
	if (rc < 0 && rc != -EALREADY)
		give_up("end", &fixture->err);
	return rc == 0;
}

/* Also files, in and out: they are told of to nobody, since a row and its file can be looked at. */
static void change_files(struct fixture *fixture, uint32_t *seed)
{
	char text[32];
	uint64_t bytes;

	snprintf(text, sizeof(text), "%u", draw(seed, 50));
	put_file(fixture, text, draw(seed, 1000));
	if (store_files_evict(&fixture->store, "alice", UINT64_MAX, 40, &bytes, &fixture->err) < 0)
		give_up("evict", &fixture->err);
}

/* Batches of all sizes until it is killed. `next` is the number of the next job. */
static void write_on(struct fixture *fixture, uint32_t seed, uint32_t next, int out)
{
	struct word words[20];

	if (store_open(&fixture->store, fixture->state, &fixture->err) < 0)
		give_up("open", &fixture->err);
	for (;;) {
		size_t n = 0, n_changes = 1 + draw(&seed, 20);
		if (store_begin(&fixture->store, &fixture->err) < 0)
			give_up("begin", &fixture->err);
		for (size_t i = 0; i < n_changes && next < JOBS_MAX; i++)
			n += change(fixture, &seed, &next, &words[n]);
		if (draw(&seed, 4) == 0)
			change_files(fixture, &seed);
		if (store_commit(&fixture->store, &fixture->err) < 0)
			give_up("commit", &fixture->err);
		if (fd_write_all(out, (const char *)words, n * sizeof(words[0])) < 0)
			_exit(98);
	}
}

struct history {
	uint32_t n;                 /* jobs that were told of, 0 to n - 1 */
	uint32_t results[JOBS_MAX]; /* that were told of */
};

/* The words of a round, of which the last may be cut. */
static void listen_to(struct history *history, int in)
{
	struct word word;

	while (read(in, &word, sizeof(word)) == sizeof(word)) {
		if (word.result == 0) {
			assert_int_equal(word.job, history->n);
			history->n++;
		} else {
			assert_true(history->results[word.job] == 0 || history->results[word.job] == word.result);
			history->results[word.job] = word.result;
		}
	}
}

/* A row is a promise, also before the next start tidies up. */
static void check_promises(struct fixture *fixture)
{
	static const char *const text = "SELECT name FROM file ORDER BY name";
	char path[128];
	struct db db;
	int rc;

	snprintf(path, sizeof(path), "%s/serve.db", fixture->state);
	WELL(fixture, db_open(&db, path, &fixture->err));
	WELL(fixture, db_prepare(&db, &text, 1, &fixture->err));
	for (rc = db_run(&db, 0, NULL, 0, &fixture->err); rc == 1; rc = db_step(&db, 0, &fixture->err)) {
		snprintf(path, sizeof(path), "%s/files/%s", fixture->state, db_text(&db, 0, 0));
		assert_int_equal(access(path, F_OK), 0);
	}
	assert_int_equal(rc, 0);
	db_finish(&db);
}

/*
 * All that was told of is there, in its order and once; so may be the batch that was committed but not told of, whose
 * jobs and results count from now on.
 */
static void check_history(struct fixture *fixture, struct history *history)
{
	char count[16], id[STORE_ID_MAX + 1];
	uint32_t n;

	WELL(fixture, store_open(&fixture->store, fixture->state, &fixture->err));
	WELL(fixture, db_ask(&fixture->store.db, "SELECT count(*) FROM job", count, sizeof(count), &fixture->err));
	n = (uint32_t)strtoul(count, NULL, 10);
	assert_true(n >= history->n && n <= history->n + 20);
	history->n = n;
	for (uint32_t i = 0; i < n; i++) {
		struct store_row row;
		uint32_t result;
		id_of(i, id);
		row = row_of(fixture, id);
		result = row.report == NULL ? 0 : (uint32_t)strtoul(row.report, NULL, 10);
		assert_int_equal(row.ended_us != 0, result != 0);
		assert_int_equal(has_body(fixture, id), result == 0);
		assert_true(history->results[i] == 0 || history->results[i] == result);
		history->results[i] = result;
		store_row_finish(&row);
	}
	store_finish(&fixture->store);
}

static void test_killed(void **state)
{
	struct fixture *fixture = *state;
	struct history *history = calloc(1, sizeof(*history));
	uint32_t seed = 7;

	for (uint32_t round = 0; round < ROUNDS; round++) {
		struct timespec pause = {.tv_nsec = 1000000 * (long)draw(&seed, 40)};
		int ends[2], status;
		pid_t pid;

		assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
		pid = fork();
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			write_on(fixture, round + 1, history->n, ends[1]);
		}
		close(ends[1]);
		/* the first rounds hit the start, too */
		if (round % 4 != 0)
			poll(&(struct pollfd){.fd = ends[0], .events = POLLIN}, 1, 60000);
		nanosleep(&pause, NULL);
		kill(pid, SIGKILL);
		listen_to(history, ends[0]);
		close(ends[0]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, SIGKILL);
		if (history->n > 0)
			check_promises(fixture);
		check_history(fixture, history);
	}
	assert_true(history->n > ROUNDS);
	free(history);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(test_course),        TEST(test_large_body),      TEST(test_full),      TEST(test_result_once),
	        TEST(test_cancel),        TEST(test_idempotency),     TEST(test_names),     TEST(test_batches),
	        TEST(test_expire),        TEST(test_uploads),         TEST(test_eviction),  TEST(test_tidied),
	        TEST(test_swept),         TEST(test_shares_of_files), TEST(test_run_needs), TEST(test_deaths),
	        TEST(test_evict_results), TEST(test_events_count),    TEST(test_upgrade),   TEST(test_damaged),
	        TEST(test_one_service),   TEST(test_other_databases), TEST(test_places),    TEST(test_killed),
	        TEST(test_unsynced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
