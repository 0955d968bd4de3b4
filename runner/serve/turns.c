/* The jobs whose turn it is: out of the queue, and running as far as the store and anybody else can tell. */
#include "runner/serve/batch.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <string.h>

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

/* *ret_at: the one whose row it failed by; n, where it was none's. */
static int store(struct serve *serve, unsigned n, unsigned *ret_at, struct sbx_err *err)
{
	int rc = 0;

	*ret_at = n;
	TRY(store_begin_unsynced(&serve->store, err));
	for (unsigned i = 0; i < n && rc == 0; i++) {
		struct job_entry *job = serve->turns[i].job;

		job->started_us = serve_now_us();
		if (!job->is_run)
			rc = store_start(&serve->store, job->id, job->attempt + 1, job->started_us, err);
		if (rc == -EBADMSG || rc == -ENOENT || rc == -EALREADY || rc == -ESTALE)
			*ret_at = i;
	}
	if (rc == 0)
		return store_commit(&serve->store, err);
	store_rollback(&serve->store);
	return rc;
}

static void put_behind(struct serve *serve, unsigned at, unsigned n)
{
	job_give_way(serve, serve->turns[at].job);
	memmove(&serve->turns[at], &serve->turns[at + 1], (n - at - 1) * sizeof(serve->turns[0]));
}

unsigned turns_take(struct serve *serve)
{
	unsigned n = take_all(serve), at;
	struct sbx_err err;

	while (n > 0 && store(serve, n, &at, &err) < 0) {
		serve_log("store", at < n ? serve->turns[at].job->id : NULL, "%s", err.msg);
		if (at < n) { /* what is wrong with one is nothing for which the others have to wait */
			put_behind(serve, at, n--);
			continue;
		}
		atomic_store(&serve->failing, true);
		/* the last first: so their keys have their turns back, too */
		while (n > 0)
			job_return(serve, serve->turns[--n].job);
	}
	/* what ended and could not be stored says more than this, which was not waited for */
	if (n > 0 && serve->ended == NULL)
		atomic_store(&serve->failing, false);
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
