/*
 * The queue of `sbx serve`: who may come in, who is next. Pure: time is a parameter, in nanoseconds of a clock that
 * does not go back (an earlier one counts as the latest); jobs are the caller's. For one thread.
 *
 * The way of a job, whose struct the caller keeps where it is and zeroes before:
 *
 *     admission_offer()  by the length that its headers announce: room is reserved, or the answer says what is full
 *     admission_put()    its body was read and stored: it waits          admission_drop()    or never came
 *     admission_take()   it is the next to run                           admission_remove()  or was cancelled
 *     admission_ended()      or admission_return() after these two: as if they had not been called
 *
 * Keys take turns, one job each, among those that have a job waiting and may run one more. A key that got its first
 * waiting job, or has just had its turn, stands behind all others; one that may run no more keeps its place. So a
 * single job waits for at most one job of each other key, however many these have. Within a key jobs are in the order
 * of their priority, those of the same in the order in which they came.
 *
 * All takes O(log n) of the jobs and of the keys, but what is said to look at every key.
 */
#pragma once

#include "policy/rank_tree.h"

#include <stdint.h>

#define ADMISSION_UNLIMITED UINT64_MAX
#define ADMISSION_PRIORITY_MAX 9 /* 0 to this, higher first */
#define ADMISSION_RETRY_S_MAX 3600
#define ADMISSION_PER_NS_MAX (UINT64_C(3600) * 1000000000)
#define ADMISSION_BURST_MAX 1000000

/* Of all, and of each key. ADMISSION_UNLIMITED for any. */
struct admission_limits {
	uint64_t queued_max;  /* jobs that wait, and reservations */
	uint64_t bytes_max;   /* of these */
	uint64_t running_max; /* at once */
};

/*
 * How many jobs a key may offer: a bucket of `burst` tokens, full at first, into which `jobs` come in each `per_ns`,
 * and from which one is taken for each job that is admitted. Zeroed: any number.
 */
struct admission_rate {
	uint64_t jobs, per_ns, burst;
};

enum admission_answer {
	ADMISSION_ADMITTED,
	ADMISSION_RATE,      /* of the key */
	ADMISSION_KEY_FULL,  /* the key's part of the queue */
	ADMISSION_FULL,      /* the queue */
	ADMISSION_TOO_LARGE, /* for the queue, however empty: to come back is no use */
	ADMISSION_ANSWER_MAX,
};

enum admission_state {
	ADMISSION_NOWHERE,
	ADMISSION_RESERVED,
	ADMISSION_QUEUED,
	ADMISSION_RUNNING,
};

struct admission;
struct admission_key;

/* The fields are admission.c's; but anybody may look at `state` and `key`. */
struct admission_job {
	enum admission_state state;
	struct admission_key *key;
	uint64_t bytes;
	uint64_t since_ns;      /* QUEUED: when it came */
	struct rank_node place; /* QUEUED: among its key's, by priority and arrival */
	union {
		struct rank_node arrival; /* QUEUED: among these, as they came */
		struct {                  /* RUNNING: its key's, at which it was taken and after that */
			uint64_t turn, next_turn;
		};
	};
};

/* Of all or of a key, now; answers since the start. For /metrics and the page of the service's own state. */
struct admission_counts {
	uint64_t queued, queued_bytes;
	uint64_t reserved, reserved_bytes;
	uint64_t running;
	uint64_t oldest_ns; /* how long the oldest has waited; 0 where none does */
	uint64_t answers[ADMISSION_ANSWER_MAX];
};

/* "admitted", "rate", "key_full", "full", "too_large": the label of a metric. */
const char *admission_answer_name(enum admission_answer answer);

/* NULL where memory ran out. */
struct admission *admission_create(const struct admission_limits *limits, uint64_t now_ns);
/* Its jobs are the caller's to forget. NULL is fine. */
void admission_destroy(struct admission *admission);

/*
 * One more key, which lives as long as the queue. -ERANGE for a rate with a zero beside what is none, more than
 * ADMISSION_BURST_MAX jobs or tokens, or over more than ADMISSION_PER_NS_MAX; -ENOMEM. A key that is known from stored
 * jobs only gets limits like any other: put them back, and offer nothing.
 */
int admission_add_key(struct admission *admission, const struct admission_limits *limits,
                      const struct admission_rate *rate, uint64_t now_ns, struct admission_key **ret);

/*
 * Reserves room for a job of `bytes`. Where several bounds are in the way, the answer is the first of them in the order
 * of the enum, and *ret_retry_s the longest wait; it is set for those three only. It takes a token of the rate where it
 * admits, and no drop gives that back.
 *
 * *ret_retry_s is how many seconds from now the offer would fit, 1 to ADMISSION_RETRY_S_MAX: for a rate, when the
 * bucket has a token again; for a queue, when as many jobs have left it as are too many, by count or (by the mean size
 * of those there) by bytes, at the rate at which jobs have ended of late. That rate is the number of ends over the time
 * in which there were jobs, both weighted by exp(-age / 60 s), age in such time too: what was measured before an idle
 * night counts after it. It starts as if one job had ended in one second: so while nothing is known a job takes a
 * second, and that weighs no more than a second's measurement. For a key's part of the queue it is the rate of the
 * key's own ends.
 */
enum admission_answer admission_offer(struct admission *admission, struct admission_key *key, uint64_t bytes,
                                      uint64_t now_ns, struct admission_job *job, unsigned *ret_retry_s);

/* RESERVED: it waits from now on, with its true size, which is taken as it is. */
void admission_put(struct admission *admission, struct admission_job *job, uint64_t bytes, unsigned priority,
                   uint64_t now_ns);
/* RESERVED: gives its room up. */
void admission_drop(struct admission *admission, struct admission_job *job);

/*
 * NOWHERE: a job that was accepted before a restart waits again, whatever the bounds say; while there are too many,
 * offers are refused. To be called for the oldest first, before anything is offered. `age_ns` is how long ago it came.
 */
void admission_put_back(struct admission *admission, struct admission_key *key, struct admission_job *job,
                        uint64_t bytes, unsigned priority, uint64_t age_ns, uint64_t now_ns);

/* The next one, RUNNING from now on; NULL where none waits that may run. */
struct admission_job *admission_take(struct admission *admission, uint64_t now_ns);
/* RUNNING: it did, whichever way. */
void admission_ended(struct admission *admission, struct admission_job *job, uint64_t now_ns);
/* QUEUED: it will not be run. */
void admission_remove(struct admission *admission, struct admission_job *job, uint64_t now_ns);

/*
 * RUNNING, or NOWHERE by admission_remove(): it was not run after all, or is to be run after all. It waits again where
 * it did, whatever the bounds say; its key has its turn back, if it had no other since. So what is returned in the
 * opposite order leaves the queue as it was.
 */
void admission_return(struct admission *admission, struct admission_job *job, uint64_t now_ns);

/*
 * QUEUED: how many would be taken before it if no other came, and each ended as soon as it was taken, those that run
 * now too. Looks at every key.
 */
uint64_t admission_position(const struct admission *admission, const struct admission_job *job);

/* Looks at every key, for the oldest. */
struct admission_counts admission_counts(const struct admission *admission, uint64_t now_ns);
struct admission_counts admission_key_counts(const struct admission_key *key, uint64_t now_ns);
