/* What the service counts, for /metrics and /v1/stats. The core's alone. */
#pragma once

#include "policy/judgement.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct serve;
struct http_reply;

#define STATS_BOUNDS 30
#define STATS_MINUTES 15

enum stats_time {
	STATS_QUEUE,    /* accepted -> started */
	STATS_COMPILE,  /* as the judge tells */
	STATS_RUN,      /* compiled -> finished, as it tells */
	STATS_OVERHEAD, /* started -> stored, less what it tells */
	STATS_TIME_MAX,
};

struct histogram {
	uint64_t buckets[STATS_BOUNDS + 1], count, sum_us;
};

/* Since the start. */
struct stats_totals {
	uint64_t accepted, refused, ended;
	struct histogram times[STATS_TIME_MAX];
};

/* Of one job, as its events came. */
struct job_times {
	uint64_t compiling_ms, compiled_ms, finished_ms;
	bool compiled, finished;
	enum judgement judgement;
};

struct stats {
	struct stats_totals now, at[STATS_MINUTES + 1]; /* as they were when a minute began; the latest last */
	uint64_t minute;                                /* that of the last */
	uint64_t verdicts[JUDGEMENT_MAX];               /* of jobs */
	uint64_t done, failed, cancelled;
};

void stats_add(struct stats *stats, enum stats_time which, uint64_t us);
/* A job has its report; between its start and now lay `us`. */
void stats_done(struct stats *stats, const struct job_times *times, uint64_t us);
/* Once a minute or more often. */
void stats_tick(struct serve *serve, uint64_t now_ns);

/* The Prometheus text, or the object of /v1/stats. */
void stats_reply(struct serve *serve, bool metrics, struct http_reply *reply);
