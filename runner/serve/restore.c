/* What a service before left unfinished goes back into the queue, when the service starts. */
#include "runner/serve/batch.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEATHS_MAX 10 /* of the service, while a job runs */

/* The jobs of a key that is not in the file any more were accepted, and are run: by the last of the parties. */
static struct party *party_of(struct serve *serve, const char *name)
{
	size_t last = serve->n_parties + 1, i = 0;

	while (i < last && strcmp(serve->parties[i].name, name) != 0)
		i++;
	return &serve->parties[i];
}

static int put_back(void *arg, const struct store_row *row)
{
	struct serve *serve = arg;
	struct job_entry *job = calloc(1, sizeof(*job));

	if (job == NULL)
		return -ENOMEM;
	job->party = party_of(serve, row->key);
	job->kind = row->kind;
	job->priority = row->priority;
	job->attempt = row->attempt;
	job->is_suspect = row->deaths > 0;
	job->accepted_us = row->accepted_us;
	job->body_len = row->body_len;
	memcpy(job->id, row->id, sizeof(job->id));
	if (job_insert(serve, job) < 0) {
		free(job);
		return -ENOMEM;
	}
	job_put_back(serve, job);
	return 0;
}

static uint64_t event_bytes(void *arg, const char *id, unsigned attempts)
{
	const struct serve *serve = arg;

	return feed_bytes(serve->events_dir, id, attempts);
}

static int note_deaths(struct serve *serve, struct sbx_err *err)
{
	unsigned n_failed;
	int rc;

	TRY(store_begin(&serve->store, err));
	rc = store_note_deaths(&serve->store, DEATHS_MAX, serve_now_us(), event_bytes, serve, &n_failed, err);
	if (rc < 0) {
		store_rollback(&serve->store);
		return rc;
	}
	TRY(store_commit(&serve->store, err));
	if (n_failed > 0)
		serve_log("failed", NULL, "%u jobs, after %d deaths of the service each", n_failed, DEATHS_MAX);
	return 0;
}

int core_restore(struct serve *serve, struct sbx_err *err)
{
	int rc = store_sweep(&serve->store, serve->events_dir, err);

	if (rc == 0)
		rc = note_deaths(serve, err);
	if (rc == 0)
		rc = store_each_unfinished(&serve->store, put_back, serve, err);

	if (rc == -ENOMEM)
		return sbx_fail(err, SBX_STAGE_STORE, ENOMEM, "no memory for the jobs that wait");
	if (rc == 0 && serve->n_jobs > 0)
		serve_log("restored", NULL, "%zu jobs", serve->n_jobs);
	return rc;
}
