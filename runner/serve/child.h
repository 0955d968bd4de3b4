/* One program that the starter runs for a job: `sbx judge`, with the job's text as its input. Called by core.c. */
#pragma once

#include "runner/serve/serve.h"

#define CHILD_KILL_NS UINT64_C(10000000000) /* from SIGTERM to SIGKILL of one that was cancelled */

struct child {
	struct job_entry *job; /* NULL: free */
	int report_fd, error_fd, events_fd;
	char *line; /* of events, as far as it came */
	size_t line_len, line_size;
	bool line_lost, has_ended;
	int status;             /* of its end, as wait(2) has it */
	enum store_state state; /* of its result */
	uint64_t kill_ns;       /* 0: it was not told to end */
	struct job_times times;
	struct child *next; /* among those that have ended */
};

void child_init(struct child *child); /* free, without a descriptor */
/* -EAGAIN: the starter is behind. *child is as child_init() makes it, also after a failure. */
int child_start(struct serve *serve, struct child *child, struct job_entry *job, struct sbx_err *err);
/* What it has told; at its end, all of it. */
void child_read_events(struct child *child);
/* SIGTERM, and later SIGKILL. */
void child_stop(struct serve *serve, struct child *child);
/* -1: a signal ended it. */
int child_exit_status(const struct child *child);
/* What became of it; the texts are in memory that store_row_finish() would free: the caller's. */
void child_result(const struct child *child, struct store_result *ret, char **ret_report, char **ret_error);
void child_finish(struct child *child); /* it is free again */

/* `sbx languages --json`, whose text is an answer of the service's: asked for at the start, kept when it has ended. */
int child_ask_languages(struct serve *serve, struct child *child, struct sbx_err *err);
void child_keep_languages(struct serve *serve, struct child *child);
