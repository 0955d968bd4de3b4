/* The jobs whose turn it is: out of the queue, and running as far as the store and anybody else can tell. */
#include "runner/serve/batch.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <stdlib.h>

static struct job_entry *take(struct serve *serve)
{
	struct admission_job *job;

	pthread_mutex_lock(&serve->lock);
	job = admission_take(serve->admission, clock_ns());
	pthread_mutex_unlock(&serve->lock);
	return (struct job_entry *)job;
}

/* Those of children that have ended are free only when their results are stored. */
static unsigned take_all(struct serve *serve)
{
	unsigned n = 0;

	if (atomic_load(&serve->draining) || clock_ns() < serve->hold_ns)
		return 0;
	for (unsigned i = 0; i < serve->n_children; i++) {
		struct child *child = &serve->children[i];
		struct job_entry *job = child->job == NULL ? take(serve) : NULL;

		if (child->job == NULL && job == NULL)
			break;
		if (job != NULL)
			serve->turns[n++] = (struct turn){.job = job, .child = child};
	}
	return n;
}

/* *ret_at is the one where it failed. */
static int store(struct serve *serve, unsigned n, unsigned *ret_at, struct sbx_err *err)
{
	int rc = 0;

	*ret_at = n;
	TRY(store_begin_unsynced(&serve->store, err));
	for (unsigned i = 0; i < n && rc == 0; i++) {
		struct job_entry *job = serve->turns[i].job;

		*ret_at = i;
		job->started_us = serve_now_us();
		if (!job->is_run)
			rc = store_start(&serve->store, job->id, job->attempt + 1, job->started_us, err);
	}
	if (rc == 0)
		return store_commit(&serve->store, err);
	store_rollback(&serve->store);
	return rc;
}

/* They keep their places, but a damaged one, which the others would else wait for. */
static void give_back(struct serve *serve, unsigned n, unsigned damaged)
{
	/* the last first: so their keys have their turns back, too */
	for (unsigned i = n; i-- > 0;) {
		struct job_entry *job = serve->turns[i].job;

		if (i != damaged) {
			job_return(serve, job);
			continue;
		}
		job_ran(serve, job);
		job_put_back(serve, job);
	}
}

unsigned turns_take(struct serve *serve)
{
	unsigned n = take_all(serve), at;
	struct sbx_err err;
	int rc;

	if (n == 0)
		return 0;
	rc = store(serve, n, &at, &err);
	atomic_store(&serve->failing, rc < 0);
	if (rc < 0) {
		serve_log("store", NULL, "%s", err.msg);
		give_back(serve, n, rc == -EBADMSG ? at : n);
		return 0;
	}
	for (unsigned i = 0; i < n; i++) {
		struct job_entry *job = serve->turns[i].job;

		job->attempt++;
		stats_add(&serve->stats, STATS_QUEUE, job->started_us - job->accepted_us);
	}
	return n;
}

void turn_begun(struct serve *serve, struct job_entry *job)
{
	struct sbx_err err;

	if (job->is_run)
		return; /* nobody could follow it */
	if (job->feed == NULL)
		job->feed = feed_create(serve->events_dir, job->id, job->attempt, serve->config.event_bytes_max, &err);
	if (job->feed == NULL)
		serve_log("error", job->id, "%s", err.msg);
	job_tell_state(serve, job);
}
