/*
 * Runs: jobs of which the store knows nothing, since their client waits for the answer, and nobody else can ask for it.
 * They take their turns and their places as all jobs do. The core's.
 */
#include "runner/serve/batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int run_submit(struct serve *serve, struct ask *ask, struct sbx_err *err)
{
	const struct job_entry *job = ask->job;

	memcpy(ask->id, job->id, sizeof(ask->id));
	for (size_t i = 0; ask->rc == 0 && i < job->n_files; i++) {
		ask->rc = store_file_touch(&serve->store, job->party->name, job->files[i].name, serve_now_us(), err);
		if (ask->rc < 0 && ask->rc != -ENOENT)
			return ask->rc;
	}
	for (size_t i = 0; ask->rc == 0 && i < job->n_files; i++)
		TRY(store_run_needs(&serve->store, job->id, job->files[i].name, err));
	return 0;
}

static void reply_to(struct job_entry *job, struct http_reply *reply)
{
	struct ask *ask = job->waiting;

	job->waiting = NULL;
	ask_reply(ask, reply);
}

/* What the judge refused is the client's fault: it looks at more than was looked at when the run came. */
static void make_reply(struct serve *serve, const struct child *child, struct http_reply *reply)
{
	struct store_result result;
	char *report, *error;

	if (child->state == STORE_QUEUED || child->state == STORE_CANCELLED) {
		http_reply_problem(reply, 503, NULL,
		                   child->state == STORE_QUEUED ? "the service is ending" : "you have gone");
		return;
	}
	child_result(child, &result, &report, &error);
	if (child->state == STORE_DONE && report != NULL) {
		http_reply_owned(reply, 200, "application/json", report, result.report_len);
		reply_bound(serve, child->job->waiting, NULL, reply);
		report = NULL;
	} else if (error != NULL) {
		http_reply_problem(reply, result.exit_status == 2 ? 422 : 500, NULL, "%s", error);
	} else {
		http_reply_problem(reply, 503, NULL, "no memory");
	}
	free(report);
	free(error);
}

void run_over(struct serve *serve, const struct job_entry *job)
{
	struct sbx_err err;

	if (job->n_files > 0 && store_run_over(&serve->store, job->id, &err) < 0)
		serve_log("store", job->id, "%s", err.msg);
}

void run_answer(struct serve *serve, struct child *child)
{
	struct http_reply reply;

	make_reply(serve, child, &reply);
	reply_to(child->job, &reply);
}

void runs_leave(struct serve *serve)
{
	struct http_reply reply;

	for (struct job_entry *job = serve->runs, *next; job != NULL; job = next) {
		next = job->next;
		if (job->cancelled || !http_has_left(job->waiting->request))
			continue;
		job->cancelled = true;
		if (job->child != NULL) {
			child_stop(serve, job->child);
			continue;
		}
		serve->stats.cancelled++;
		serve->stats.now.ended++;
		serve_log(store_state_name(STORE_CANCELLED), job->id, "its client has gone");
		http_reply_problem(&reply, 503, NULL, "you have gone");
		reply_to(job, &reply);
		job_unqueue(serve, job);
		job_over(serve, job);
	}
}
