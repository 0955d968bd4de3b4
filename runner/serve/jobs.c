/* The jobs in memory, and those who wait for them. The core's. */
#include "runner/serve/answer.h"
#include "runner/serve/batch.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_SIZE_MIN 1024
#define ANSWER_SHORT ((size_t)16 << 10) /* those count for nothing: there are no more than connections */

/* ---- the table ---- */

/* Ids end in random letters. */
static size_t place_in(const char *id, size_t table_size)
{
	size_t hash = 5381;

	while (*id != '\0')
		hash = hash * 33 + (unsigned char)*id++;
	return hash % table_size;
}

struct job_entry *job_find(struct serve *serve, const char *id)
{
	struct job_entry *job = serve->table_size > 0 ? serve->table[place_in(id, serve->table_size)] : NULL;

	while (job != NULL && strcmp(job->id, id) != 0)
		job = job->next;
	return job;
}

static int grow(struct serve *serve)
{
	size_t size = serve->table_size > 0 ? 2 * serve->table_size : TABLE_SIZE_MIN;
	struct job_entry **table = calloc(size, sizeof(struct job_entry *));

	if (table == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < serve->table_size; i++)
		for (struct job_entry *job = serve->table[i], *next; job != NULL; job = next) {
			size_t to = place_in(job->id, size);

			next = job->next;
			job->next = table[to];
			table[to] = job;
		}
	free(serve->table);
	serve->table = table;
	serve->table_size = size;
	return 0;
}

void job_drop_body(struct serve *serve, struct job_entry *job)
{
	free(job->body);
	free(job->files);
	job->body = NULL;
	job->files = NULL;
	serve_give_back(serve, job->is_run ? &serve->run_bodies : &serve->bodies, &job->held);
}

int job_insert(struct serve *serve, struct job_entry *job)
{
	size_t at;

	if (job->is_run) {
		job->next = serve->runs;
		serve->runs = job;
		return 0;
	}
	/* longer chains do, where there is no memory for a larger one */
	if (serve->n_jobs >= serve->table_size && grow(serve) < 0 && serve->table_size == 0)
		return -ENOMEM;
	at = place_in(job->id, serve->table_size);
	job->next = serve->table[at];
	serve->table[at] = job;
	serve->n_jobs++;
	job_drop_body(serve, job);
	return 0;
}

void job_remove(struct serve *serve, struct job_entry *job)
{
	struct job_entry **link = job->is_run ? &serve->runs : &serve->table[place_in(job->id, serve->table_size)];

	while (*link != job)
		link = &(*link)->next;
	*link = job->next;
	serve->n_jobs -= !job->is_run;
}

void job_free(struct job_entry *job)
{
	feed_drop(job->feed);
	free(job->idempotency);
	free(job);
}

void job_unqueue(struct serve *serve, struct job_entry *job)
{
	pthread_mutex_lock(&serve->lock);
	admission_remove(serve->admission, &job->place, clock_ns());
	pthread_mutex_unlock(&serve->lock);
}

void job_ran(struct serve *serve, struct job_entry *job)
{
	pthread_mutex_lock(&serve->lock);
	admission_ended(serve->admission, &job->place, clock_ns());
	pthread_mutex_unlock(&serve->lock);
}

void job_return(struct serve *serve, struct job_entry *job)
{
	pthread_mutex_lock(&serve->lock);
	admission_return(serve->admission, &job->place, clock_ns());
	pthread_mutex_unlock(&serve->lock);
}

void job_put_back(struct serve *serve, struct job_entry *job)
{
	uint64_t now_us = serve_now_us();

	pthread_mutex_lock(&serve->lock);
	admission_put_back(serve->admission, job->is_suspect ? serve->suspects : job->party->queue, &job->place,
	                   job->body_len, job->priority,
	                   now_us > job->accepted_us ? (now_us - job->accepted_us) * 1000 : 0, clock_ns());
	pthread_mutex_unlock(&serve->lock);
}

void job_give_way(struct serve *serve, struct job_entry *job)
{
	job_ran(serve, job);
	job_put_back(serve, job);
}

/* ---- answers ---- */

static void ask_finish(struct ask *ask)
{
	store_upload_drop(&ask->upload);
	http_drop(ask->request);
	free(ask);
}

void ask_reply(struct ask *ask, struct http_reply *reply)
{
	http_answer(ask->request, reply);
	ask_finish(ask);
}

void ask_refuse(struct ask *ask, unsigned status, const char *field, const char *text)
{
	struct http_reply reply;

	http_reply_problem(&reply, status, field, "%s", text);
	ask_reply(ask, &reply);
}

static struct answer_facts facts_of(struct serve *serve, struct job_entry *job)
{
	struct answer_facts facts = {.position = ANSWER_NO_POSITION, .results_us = serve->config.results_us};

	if (job != NULL) {
		pthread_mutex_lock(&serve->lock);
		if (job->place.state == ADMISSION_QUEUED)
			facts.position = admission_position(serve->admission, &job->place);
		pthread_mutex_unlock(&serve->lock);
	}
	return facts;
}

static void add_place(struct http_reply *reply, const char *id)
{
	char place[STORE_ID_MAX + 12];

	snprintf(place, sizeof(place), "/v1/jobs/%s", id);
	http_reply_header(reply, "Location", place);
}

static void reply_with(struct serve *serve, const struct ask *ask, const struct store_row *row, unsigned status,
                       struct http_reply *reply)
{
	struct answer_facts facts = facts_of(serve, job_find(serve, row->id));
	char *text;
	size_t len = 0;

	if (row->kind == STORE_LEGACY) {
		answer_legacy(row, reply);
		return;
	}
	if (ask->kind == ASK_CANCEL && store_is_over(row->state) && row->state != STORE_CANCELLED) {
		http_reply_problem(reply, 409, NULL, "the job has ended already");
		return;
	}
	text = answer_job(row, &facts, true, &len);
	if (text == NULL) {
		http_reply_problem(reply, 503, NULL, "no memory");
		return;
	}
	http_reply_owned(reply, store_is_over(row->state) ? 200 : status, "application/json", text, len);
	if (ask->kind == ASK_SUBMIT)
		add_place(reply, row->id);
}

struct answer_room {
	struct serve *serve;
	struct shares_part part;
};

static void give_room_back(void *data)
{
	struct answer_room *room = data;

	serve_give_back(room->serve, &room->serve->answers, &room->part);
	free(room);
}

/* A client that reads slowly has its answer in our memory for long, and could ask for many. */
void reply_bound(struct serve *serve, const struct ask *ask, const char *id, struct http_reply *reply)
{
	char buf[SERVE_HOLDER_BYTES];
	struct answer_room *room;
	/* one that is larger than a share takes all of it: its key has no other meanwhile */
	uint64_t bytes = reply->body_len < serve->answers.each_max ? reply->body_len : serve->answers.each_max;
	int rc;

	if (reply->body_len <= ANSWER_SHORT)
		return;
	room = calloc(1, sizeof(*room));
	rc = room == NULL ? -ENOMEM
	                  : serve_take(serve, &serve->answers, serve_holder(ask->party, ask->request, buf), bytes,
	                               &room->part);
	if (rc == 0) {
		room->serve = serve;
		reply->room = (struct http_room){give_room_back, room};
		return;
	}
	free(room);
	http_reply_finish(reply);
	http_reply_problem(reply, 503, NULL, "too much is being sent %s%s", rc == -EDQUOT ? "to you" : "at once",
	                   id != NULL ? ": the job is kept, ask for it again" : "");
	if (id != NULL)
		add_place(reply, id);
}

void ask_answer_job(struct serve *serve, struct ask *ask, const char *id, unsigned status)
{
	struct job_entry *job = job_find(serve, id);
	struct http_reply reply;
	struct store_row row = {0};
	struct sbx_err err;
	int rc;

	if (job != NULL && ask->until_ns != 0 && strcmp(job->party->name, ask->party->name) == 0) {
		ask->next = job->waiting;
		job->waiting = ask;
		return;
	}
	rc = store_get(&serve->store, id, STORE_ROW_AND_REPORT, &row, &err);
	if (rc < 0 && rc != -ENOENT)
		http_reply_problem(&reply, 503, NULL, "the state folder cannot be read");
	else if (rc < 0 || strcmp(row.key, ask->party->name) != 0 ||
	         (row.kind == STORE_LEGACY && ask->kind != ASK_SUBMIT))
		http_reply_problem(&reply, 404, NULL, "there is no such job, or none any more");
	else
		reply_with(serve, ask, &row, status, &reply);
	store_row_finish(&row);
	reply_bound(serve, ask, id, &reply);
	ask_reply(ask, &reply);
}

static void answer_waiting(struct serve *serve, struct job_entry *job, uint64_t until_ns)
{
	struct ask *waiting = job->waiting, *next;

	job->waiting = NULL;
	for (; waiting != NULL; waiting = next) {
		next = waiting->next;
		if (waiting->until_ns > until_ns) {
			waiting->next = job->waiting;
			job->waiting = waiting;
			continue;
		}
		waiting->until_ns = 0;
		ask_answer_job(serve, waiting, job->id, waiting->kind == ASK_SUBMIT ? 202 : 200);
	}
}

void jobs_answer_late(struct serve *serve, uint64_t now_ns)
{
	for (size_t i = 0; i < serve->table_size; i++)
		for (struct job_entry *job = serve->table[i]; job != NULL; job = job->next)
			if (job->waiting != NULL)
				answer_waiting(serve, job, now_ns);
}

/* ---- events ---- */

void job_tell_state(struct serve *serve, struct job_entry *job)
{
	struct answer_facts facts = facts_of(serve, job);
	struct store_row row = {0};
	struct sbx_err err;
	size_t len;
	char *text;

	if (job->feed == NULL || !feed_is_read(job->feed) ||
	    store_get(&serve->store, job->id, STORE_ROW, &row, &err) < 0)
		return;
	text = answer_job(&row, &facts, false, &len);
	if (text != NULL)
		feed_state(job->feed, text, len);
	free(text);
	store_row_finish(&row);
}

/* Of a job that has ended: its file, where it is still there, and its last state. */
static struct feed *old_feed(struct serve *serve, const struct store_row *row)
{
	struct answer_facts facts = facts_of(serve, NULL);
	struct feed *feed = feed_open(serve->events_dir, row->id, row->attempt);
	size_t len;
	char *text = feed != NULL ? answer_job(row, &facts, false, &len) : NULL;

	if (text != NULL)
		feed_state(feed, text, len);
	free(text);
	return feed;
}

/* A feed that the caller owns a part of. */
static struct feed *feed_of(struct serve *serve, struct job_entry *job, const struct store_row *row)
{
	struct sbx_err err;

	if (job == NULL)
		return old_feed(serve, row);
	if (job->feed == NULL)
		job->feed =
		        feed_create(serve->events_dir, job->id, job->attempt + 1, serve->config.event_bytes_max, &err);
	return job->feed;
}

void ask_answer_events(struct serve *serve, struct ask *ask)
{
	struct job_entry *job = job_find(serve, ask->id);
	struct store_row row = {0};
	struct http_stream stream;
	struct http_reply reply;
	struct sbx_err err;
	struct feed *feed;

	if (store_get(&serve->store, ask->id, STORE_ROW, &row, &err) < 0 || strcmp(row.key, ask->party->name) != 0 ||
	    row.kind == STORE_LEGACY) {
		http_reply_problem(&reply, 404, NULL, "there is no such job, or none any more");
	} else {
		feed = feed_of(serve, job, &row);
		if (feed == NULL ||
		    feed_stream(feed, ask->request, ask->last_event[0] != '\0' ? ask->last_event : NULL, &stream) < 0)
			http_reply_problem(&reply, 503, NULL, "the job's events cannot be read");
		else
			http_reply_stream(&reply, "text/event-stream", &stream);
		/* before the answer, and so before it sends anything */
		if (job != NULL)
			job_tell_state(serve, job);
		else
			feed_drop(feed);
	}
	store_row_finish(&row);
	ask_reply(ask, &reply);
}

void job_over(struct serve *serve, struct job_entry *job)
{
	job_tell_state(serve, job);
	feed_end(job->feed);
	job_remove(serve, job);
	answer_waiting(serve, job, UINT64_MAX);
	if (job->is_run)
		run_over(serve, job);
	job_drop_body(serve, job);
	job_free(job);
}

/* ---- files ---- */

void ask_answer_file(struct serve *serve, struct ask *ask)
{
	struct http_reply reply;
	struct sbx_err err;
	uint64_t bytes = 0;
	char *text = NULL;
	int len;

	if (store_file_get(&serve->store, ask->file, &bytes, &err) < 0) {
		http_reply_problem(&reply, ask->kind == ASK_PUT_FILE ? 507 : 404, NULL,
		                   ask->kind == ASK_PUT_FILE ? "there is no room for it"
		                                             : "there is no such file, or none any more");
	} else {
		len = asprintf(&text, "{\"sha256\":\"%s\",\"bytes\":%" PRIu64 "}", ask->file, bytes);
		http_reply_owned(&reply, ask->kind == ASK_PUT_FILE && ask->rc == 0 ? 201 : 200, "application/json",
		                 len < 0 ? NULL : text, len < 0 ? 0 : (size_t)len);
	}
	ask_reply(ask, &reply);
}
