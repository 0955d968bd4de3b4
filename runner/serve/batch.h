/*
 * One turn of the core: the jobs whose turn it is, which are started; and all that was asked and all that ended, in one
 * transaction. Called by core.c.
 *
 *     batch_begin   changes the store, and notes what to do once that is committed
 *     batch_commit  and answers; false: nothing of it happened, and those who wait were told
 */
#pragma once

#include "runner/serve/child.h"
#include "runner/serve/serve.h"

#define BATCH_EXPIRED_MAX 500

/* Jobs whose rows are gone with the batch, and whose events go after it: a row never promises a file that is gone. */
struct expired {
	size_t n;
	struct {
		char id[STORE_ID_MAX + 1];
		unsigned attempt;
	} jobs[BATCH_EXPIRED_MAX];
};

struct batch {
	struct ask *asks; /* those whose answer waits for the commit */
	struct child *ended;
	bool is_open, failed;
	bool again; /* jobs may start that could not before */
	struct expired expired;
};

void batch_begin(struct serve *serve, struct batch *batch);
bool batch_commit(struct serve *serve, struct batch *batch);

/* Removes jobs whose time is over, and their events. */
void batch_expire(struct serve *serve);

/* ---- turns.c: whose turn it is ---- */

struct turn {
	struct job_entry *job;
	struct child *child; /* free, and meant for it */
};

/*
 * Takes jobs from the queue, as many as may run, and stores that they do; serve->turns has them, for their programs to
 * be started. That takes no wait for the disk, which a slot would stand idle for: it is there within a second, and by
 * the death of the machine before that no more is lost than that the job was tried.
 */
unsigned turns_take(struct serve *serve);
/* Its program runs: whoever follows the job is told. Not before, since the file of events takes the disk its time. */
void turn_begun(struct serve *serve, struct job_entry *job);

/* ---- jobs.c: the jobs in memory, and those who wait for them ---- */

struct job_entry *job_find(struct serve *serve, const char *id);
/* -ENOMEM */
int job_insert(struct serve *serve, struct job_entry *job);
void job_remove(struct serve *serve, struct job_entry *job);
/* It is stored, will never be, or, of a run, has ended. Any thread, while the job is that thread's. */
void job_drop_body(struct serve *serve, struct job_entry *job);
/* Its body was dropped. */
void job_free(struct job_entry *job);
/* It is not queued any more, and not run; it has run. */
void job_unqueue(struct serve *serve, struct job_entry *job);
void job_ran(struct serve *serve, struct job_entry *job);
/* It was taken, or cancelled, which is not to be: it waits again, where it did. */
void job_return(struct serve *serve, struct job_entry *job);
/* It was accepted before, is in no state, and waits again, behind all others; it was taken, and does likewise. */
void job_put_back(struct serve *serve, struct job_entry *job);
void job_give_way(struct serve *serve, struct job_entry *job);
/* It has ended: out of the table, its feed ends, those who waited are answered from the store; it is freed. */
void job_over(struct serve *serve, struct job_entry *job);
/* Its present state, to those who follow its events. */
void job_tell_state(struct serve *serve, struct job_entry *job);
/* Answers by the job as the store has it; gives the ask up. `status` for a job that is not over, which 200 is else. */
void ask_answer_job(struct serve *serve, struct ask *ask, const char *id, unsigned status);
void ask_answer_events(struct serve *serve, struct ask *ask);
void ask_answer_file(struct serve *serve, struct ask *ask);
/* Answers by a problem document. */
void ask_refuse(struct ask *ask, unsigned status, const char *field, const char *text);
void ask_reply(struct ask *ask, struct http_reply *reply);
/* Those whose time to wait is over. */
void jobs_answer_late(struct serve *serve, uint64_t now_ns);
/* Long answers are bounded, all together and those of a key: one that is too much is a 503, which leads to the job
 * `id`, if not NULL. */
void reply_bound(struct serve *serve, const struct ask *ask, const char *id, struct http_reply *reply);

/* ---- runs.c: runs, of which the store knows nothing ---- */

/* The files that it names are there, and stay until run_over(); or ask->rc is -ENOENT. Other errors: the batch is lost.
 */
int run_submit(struct serve *serve, struct ask *ask, struct sbx_err *err);
/* Its program has ended, as child->state says: who waits for it is answered. */
void run_answer(struct serve *serve, struct child *child);
/* It needs its files no more. */
void run_over(struct serve *serve, const struct job_entry *job);
/* Ends the runs whose client has gone: at once where they wait, else with their program's end. */
void runs_leave(struct serve *serve);
