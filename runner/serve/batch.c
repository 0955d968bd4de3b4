/* One turn of the core, as one transaction of the store. */
#include "runner/serve/batch.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- what was asked ---- */

static struct ask *take_asks(struct serve *serve)
{
	struct ask *asks;

	pthread_mutex_lock(&serve->lock);
	asks = serve->asked;
	serve->asked = NULL;
	serve->asked_end = &serve->asked;
	pthread_mutex_unlock(&serve->lock);
	return asks;
}

static bool changes_store(enum ask_kind kind)
{
	return kind == ASK_SUBMIT || kind == ASK_CANCEL || kind == ASK_FILE || kind == ASK_PUT_FILE;
}

/* 0: done, or to be answered after the commit as `ask->rc` says. Else the batch is lost. */
static int submit(struct serve *serve, struct ask *ask, struct sbx_err *err)
{
	struct job_entry *job = ask->job;
	const char **names = calloc(job->n_files + 1, sizeof(*names));
	struct store_job stored = {.id = job->id,
	                           .key = job->party->name,
	                           .idempotency = job->idempotency,
	                           .kind = job->kind,
	                           .priority = job->priority,
	                           .body = job->body,
	                           .body_len = job->body_len,
	                           .accepted_us = job->accepted_us,
	                           .files = names,
	                           .n_files = job->n_files};

	if (names == NULL)
		return sbx_fail(err, SBX_STAGE_STORE, ENOMEM, "no memory for the names of files");
	for (size_t i = 0; i < job->n_files; i++)
		names[i] = job->files[i].name;
	ask->rc = store_add_job(&serve->store, &stored, ask->id, err);
	free(names);
	if (ask->rc < 0)
		return ask->rc == -EEXIST || ask->rc == -EBADE || ask->rc == -ENOENT ? 0 : ask->rc;
	memcpy(ask->id, job->id, sizeof(ask->id));
	return 0;
}

/* The first that is not stored of those which the job names. */
static void name_missing(struct serve *serve, struct ask *ask)
{
	struct sbx_err err;
	uint64_t bytes;

	for (size_t i = 0; i < ask->job->n_files; i++)
		if (store_file_get(&serve->store, ask->job->files[i].name, &bytes, &err) == -ENOENT) {
			memcpy(ask->file, ask->job->files[i].name, sizeof(ask->file));
			ask->missing = ask->job->files[i].key;
			return;
		}
}

static int cancel(struct serve *serve, struct ask *ask, struct sbx_err *err)
{
	struct job_entry *job = job_find(serve, ask->id);

	if (job == NULL || job->child != NULL || strcmp(job->party->name, ask->party->name) != 0)
		return 0;
	TRY(store_cancel(&serve->store, ask->id, feed_bytes(serve->events_dir, job->id, job->attempt), serve_now_us(),
	                 err));
	/* now, lest it be taken in this very turn; twice where two asked at once */
	if (job->place.state == ADMISSION_QUEUED)
		job_unqueue(serve, job);
	return 0;
}

static int put_file(struct serve *serve, struct ask *ask, struct sbx_err *err)
{
	const struct serve_key *key = ask->party->key;
	uint64_t bytes;

	ask->rc = store_file_get(&serve->store, ask->file, &bytes, err) == 0;
	TRY(store_file_put(&serve->store, &ask->upload, ask->party->name, ask->file, serve_now_us(), err));
	return store_files_evict(&serve->store, ask->party->name, key != NULL ? key->stored_bytes_max : UINT64_MAX,
	                         serve->config.files_bytes_max, &bytes, err);
}

static int apply(struct serve *serve, struct ask *ask, struct sbx_err *err)
{
	int rc;

	switch (ask->kind) {
	case ASK_SUBMIT:
		TRY(ask->job->is_run ? run_submit(serve, ask, err) : submit(serve, ask, err));
		if (ask->rc == -ENOENT)
			name_missing(serve, ask);
		return 0;
	case ASK_CANCEL:
		return cancel(serve, ask, err);
	case ASK_PUT_FILE:
		return put_file(serve, ask, err);
	case ASK_FILE:
		rc = store_file_touch(&serve->store, ask->party->name, ask->file, serve_now_us(), err);
		ask->rc = rc;
		return rc == -ENOENT ? 0 : rc;
	default:
		return 0;
	}
}

/* ---- what ended ---- */

/* Ended by our own end, not by its own, by whoever told it: it is run again. */
static bool is_cut(const struct serve *serve, const struct child *child)
{
	int exited = child_exit_status(child);

	return atomic_load(&serve->draining) && !child->job->cancelled && exited != 0 && exited != 1;
}

/* In the store too, where that knows of it. */
static int settle(struct serve *serve, struct child *child, struct sbx_err *err)
{
	FREE_CLEANUP char *report = NULL, *error = NULL;
	struct store_result result;

	if (is_cut(serve, child)) {
		child->state = STORE_QUEUED;
		return child->job->is_run ? 0 : store_put_back(&serve->store, child->job->id, err);
	}
	child_result(child, &result, &report, &error);
	child->state = result.state;
	if (child->job->is_run)
		return 0;
	result.event_bytes = feed_bytes(serve->events_dir, child->job->id, child->job->attempt);
	return store_end(&serve->store, child->job->id, &result, serve_now_us(), err);
}

static int store_ends(struct serve *serve, struct batch *batch, struct sbx_err *err)
{
	for (struct child *child = batch->ended; child != NULL; child = child->next) {
		int rc = settle(serve, child, err);

		if (rc < 0 && rc != -EALREADY && rc != -ESTALE && rc != -ENOENT)
			return rc;
	}
	return 0;
}

/* ---- what is kept long enough ---- */

static void note_expired(void *arg, const char *id, unsigned attempt)
{
	struct expired *expired = arg;

	snprintf(expired->jobs[expired->n].id, sizeof(expired->jobs[0].id), "%s", id);
	expired->jobs[expired->n++].attempt = attempt;
}

static void remove_events(const struct serve *serve, const struct expired *expired)
{
	for (size_t i = 0; i < expired->n; i++)
		feed_remove(serve->events_dir, expired->jobs[i].id, expired->jobs[i].attempt);
}

/* For the results of this batch, which stay until those who wait for them have been told. */
static int make_room(struct serve *serve, struct batch *batch, uint64_t before_us, struct sbx_err *err)
{
	int rc = store_evict_results(&serve->store, serve->config.result_bytes_max, before_us, BATCH_EXPIRED_MAX,
	                             note_expired, &batch->expired, err);

	return rc < 0 ? rc : 0;
}

/* ---- the transaction ---- */

/* It waits from now on: for the commit first, since nothing is taken from the queue before. */
static void enqueue(struct serve *serve, struct batch *batch, struct ask *ask)
{
	struct job_entry *job = ask->job;

	if (ask->rc == 0 && job_insert(serve, job) == 0) {
		pthread_mutex_lock(&serve->lock);
		admission_put(serve->admission, &job->place, job->body_len, job->priority, clock_ns());
		pthread_mutex_unlock(&serve->lock);
		batch->again = true;
		return;
	}
	ask->job = NULL;
	serve_drop(serve, job);
}

static int change(struct serve *serve, struct batch *batch, struct sbx_err *err)
{
	uint64_t begin_us = serve_now_us();

	TRY(store_ends(serve, batch, err));
	TRY(make_room(serve, batch, begin_us, err));
	for (struct ask *ask = batch->asks; ask != NULL; ask = ask->next) {
		TRY(apply(serve, ask, err));
		if (ask->kind == ASK_SUBMIT)
			enqueue(serve, batch, ask);
	}
	return 0;
}

static void undo_submit(struct serve *serve, struct ask *ask)
{
	struct job_entry *job = ask->job;

	ask->job = NULL;
	if (job == NULL)
		return;
	if (job->place.state != ADMISSION_QUEUED) {
		serve_drop(serve, job);
		return;
	}
	job_remove(serve, job);
	job_unqueue(serve, job);
	job_drop_body(serve, job);
	job_free(job);
}

/* Of the jobs without a program only one that this batch cancelled is in no state. */
static void undo_cancel(struct serve *serve, const struct ask *ask)
{
	struct job_entry *job = job_find(serve, ask->id);

	if (job != NULL && job->child == NULL && job->place.state == ADMISSION_NOWHERE)
		job_return(serve, job);
}

/* Nothing of the batch has happened: jobs that were on their way in are not, those cancelled wait again. */
static void undo(struct serve *serve, struct batch *batch)
{
	batch->again = false;
	for (struct ask *ask = batch->asks; ask != NULL; ask = ask->next) {
		if (ask->kind == ASK_SUBMIT)
			undo_submit(serve, ask);
		else if (ask->kind == ASK_CANCEL)
			undo_cancel(serve, ask);
	}
}

void batch_begin(struct serve *serve, struct batch *batch)
{
	struct sbx_err err = {0};

	*batch = (struct batch){.asks = take_asks(serve), .ended = serve->ended};
	serve->ended = NULL;
	batch->is_open = batch->ended != NULL;
	for (const struct ask *ask = batch->asks; ask != NULL && !batch->is_open; ask = ask->next)
		batch->is_open = changes_store(ask->kind);
	if (!batch->is_open)
		return;
	batch->failed = store_begin(&serve->store, &err) < 0;
	if (!batch->failed && change(serve, batch, &err) < 0) {
		store_rollback(&serve->store);
		batch->failed = true;
	}
	if (batch->failed)
		serve_log("store", NULL, "%s", err.msg);
}

static void answer_submit(struct serve *serve, struct ask *ask)
{
	char text[STORE_NAME_LEN + 40], field[JOB_FIELD_BYTES];

	if (ask->rc == -EBADE) {
		ask_refuse(ask, 409, "Idempotency-Key", "this key came with another request before");
	} else if (ask->rc == -ENOENT) {
		snprintf(text, sizeof(text), "a file is not stored here: %s", ask->file);
		ask_refuse(ask, 422, job_key_text(&ask->missing, field), text);
	} else if (ask->rc == 0 && ask->job == NULL) {
		ask_refuse(ask, 503, NULL, "no memory");
	} else {
		if (ask->rc == 0) {
			serve->stats.now.accepted++;
			serve_log("accepted", ask->id, "%zu bytes", (size_t)ask->job->body_len);
		}
		if (ask->rc == 0 && ask->job->is_run) {
			ask->job->waiting = ask;
			return;
		}
		ask_answer_job(serve, ask, ask->id, 202);
	}
}

static void answer_cancel(struct serve *serve, struct ask *ask)
{
	struct job_entry *job = job_find(serve, ask->id);

	if (job != NULL && strcmp(job->party->name, ask->party->name) == 0) {
		ask->until_ns = UINT64_MAX;
		job->cancelled = true;
		if (job->child != NULL) {
			child_stop(serve, job->child);
			ask->next = job->waiting;
			job->waiting = ask;
			return;
		}
		serve->stats.cancelled++;
		serve->stats.now.ended++;
		job_over(serve, job);
	}
	ask_answer_job(serve, ask, ask->id, 200);
}

static void answer(struct serve *serve, struct ask *ask)
{
	struct http_reply reply;

	switch (ask->kind) {
	case ASK_SUBMIT:
		answer_submit(serve, ask);
		return;
	case ASK_CANCEL:
		answer_cancel(serve, ask);
		return;
	case ASK_JOB:
		ask_answer_job(serve, ask, ask->id, 200);
		return;
	case ASK_EVENTS:
		ask_answer_events(serve, ask);
		return;
	case ASK_FILE:
	case ASK_PUT_FILE:
		ask_answer_file(serve, ask);
		return;
	case ASK_STATS:
	case ASK_METRICS:
		stats_reply(serve, ask->kind == ASK_METRICS, &reply);
		ask_reply(ask, &reply);
		return;
	case ASK_KIND_MAX:
		break;
	}
}

static void forget_ended(struct serve *serve, struct child *child)
{
	struct job_entry *job = child->job;
	struct stats *stats = &serve->stats;

	if (job->is_suspect)
		job_ran(serve, job);
	stats->now.ended++;
	stats->failed += child->state == STORE_FAILED;
	stats->cancelled += child->state == STORE_CANCELLED;
	if (child->state == STORE_DONE)
		stats_done(stats, &child->times, serve_now_us() - job->started_us);
	serve_log(store_state_name(child->state), job->id, "attempt %u", job->attempt);
	if (job->is_run)
		run_answer(serve, child);
	child_finish(child);
	job->child = NULL;
	job_over(serve, job);
}

/*
 * What is over though the store takes nothing: a run, of which it knows nothing, and what our own end cut off, which is
 * run again by what its row says already; at the end of the grace all, likewise. The others stay, and are returned.
 */
static struct child *forget_unwritten(struct serve *serve, struct child *ended)
{
	struct child *left = NULL, **end = &left;

	for (struct child *child = ended, *next; child != NULL; child = next) {
		struct sbx_err err;

		next = child->next;
		if (child->job->is_run || is_cut(serve, child)) {
			settle(serve, child, &err);
			forget_ended(serve, child);
		} else if (serve->stopped) {
			child->state = STORE_QUEUED;
			forget_ended(serve, child);
		} else {
			*end = child;
			end = &child->next;
		}
	}
	*end = NULL;
	return left;
}

bool batch_commit(struct serve *serve, struct batch *batch)
{
	struct sbx_err err;

	if (batch->is_open && !batch->failed && store_commit(&serve->store, &err) < 0) {
		serve_log("store", NULL, "%s", err.msg);
		batch->failed = true;
	}
	if (batch->is_open)
		atomic_store(&serve->failing, batch->failed);
	if (batch->failed) {
		undo(serve, batch);
		serve->ended = forget_unwritten(serve, batch->ended);
	} else {
		remove_events(serve, &batch->expired);
	}
	for (struct child *child = batch->failed ? NULL : batch->ended, *next; child != NULL; child = next) {
		next = child->next;
		batch->again |= child->job->is_suspect;
		forget_ended(serve, child);
	}
	for (struct ask *ask = batch->asks, *next; ask != NULL; ask = next) {
		next = ask->next;
		if (batch->failed && changes_store(ask->kind))
			ask_refuse(ask, 503, NULL, "the state folder takes nothing at the moment");
		else
			answer(serve, ask);
	}
	return !batch->failed;
}

void batch_expire(struct serve *serve)
{
	struct expired expired = {.n = 0};
	uint64_t now = serve_now_us();
	struct sbx_err err;
	int rc = store_begin(&serve->store, &err);

	if (rc == 0) {
		rc = store_expire(&serve->store, now > serve->config.results_us ? now - serve->config.results_us : 0,
		                  BATCH_EXPIRED_MAX, note_expired, &expired, &err);
		if (rc < 0)
			store_rollback(&serve->store);
		else
			rc = store_commit(&serve->store, &err);
	}
	if (rc == 0)
		remove_events(serve, &expired);
}
