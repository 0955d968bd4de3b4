/*
 * The queue of `sbx serve`. What is bounded is counted twice in the same way, for all and for the key (struct part).
 * Waiting jobs are in two trees for each key, by priority and arrival and by arrival alone; keys that may have a turn
 * in a tree by the turn they wait for. So the first, the oldest and the places come from the trees, and nothing is ever
 * searched.
 */
#include "policy/admission.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define SECOND_NS 1e9
#define DRAIN_TAU_S 60.0
#define PRIORITY_SHIFT 60 /* above the number of the job, which counts up from 0 */

/* Ends, and the time in which there were jobs, each with its weight. */
struct drain {
	double ends, busy_s;
};

struct part {
	struct admission_limits limits;
	struct admission_counts counts; /* but for the oldest */
	struct drain drain;
	uint64_t latest_ns; /* of the times that were told */
};

struct bucket {
	struct admission_rate rate;
	uint64_t level; /* a token is per_ns of it, so that a nanosecond brings `jobs`, a whole number */
	uint64_t latest_ns;
};

struct admission_key {
	struct admission_key *next;
	struct part part;
	struct bucket bucket;
	struct rank_node *jobs, *arrivals;
	struct rank_node turn;
	bool is_ready; /* is in the tree of turns */
};

struct admission {
	struct part all;
	struct admission_key *keys;
	struct rank_node *ready; /* turns of keys that have a job waiting and may run one more */
	uint64_t next_turn, next_job;
};

const char *admission_answer_name(enum admission_answer answer)
{
	static const char *const names[ADMISSION_ANSWER_MAX] = {"admitted", "rate", "key_full", "full", "too_large"};

	return names[answer];
}

/* ---- the rate of ends ---- */

/* To be called before anything changes that the time until now was under. */
static void part_advance(struct part *part, uint64_t now_ns)
{
	double passed_s, weight;

	if (now_ns <= part->latest_ns)
		return;
	passed_s = (double)(now_ns - part->latest_ns) / SECOND_NS;
	part->latest_ns = now_ns;
	if (part->counts.queued + part->counts.running == 0)
		return;
	weight = exp(-passed_s / DRAIN_TAU_S);
	part->drain.ends *= weight;
	part->drain.busy_s = part->drain.busy_s * weight + DRAIN_TAU_S * (1 - weight);
}

static void advance(struct admission *admission, struct admission_key *key, uint64_t now_ns)
{
	part_advance(&admission->all, now_ns);
	part_advance(&key->part, now_ns);
}

static void part_init(struct part *part, const struct admission_limits *limits, uint64_t now_ns)
{
	*part = (struct part){.limits = *limits, .drain = {.ends = 1, .busy_s = 1}, .latest_ns = now_ns};
}

/* By how much `used` and `more`, which is at most `max`, are over it. */
static uint64_t excess(uint64_t used, uint64_t more, uint64_t max)
{
	if (used > max)
		return used - max + more;
	return more > max - used ? more - (max - used) : 0;
}

/* Seconds until a job of `bytes`, which is not too large, would fit; 0 where it does already. */
static double part_wait_s(const struct part *part, uint64_t bytes)
{
	const struct admission_counts *counts = &part->counts;
	uint64_t there = counts->queued + counts->reserved, there_bytes = counts->queued_bytes + counts->reserved_bytes;
	uint64_t over_bytes = excess(there_bytes, bytes, part->limits.bytes_max);
	double leave = (double)excess(there, 1, part->limits.queued_max);

	if (over_bytes > 0)
		leave = fmax(leave, ceil((double)over_bytes * (double)there / (double)there_bytes));
	return leave == 0 ? 0 : leave * part->drain.busy_s / part->drain.ends;
}

/* ---- the rate of offers ---- */

static void bucket_fill(struct bucket *bucket, uint64_t now_ns)
{
	const struct admission_rate *rate = &bucket->rate;
	uint64_t room = rate->burst * rate->per_ns - bucket->level;

	if (rate->jobs == 0 || now_ns <= bucket->latest_ns)
		return;
	if (now_ns - bucket->latest_ns > room / rate->jobs)
		bucket->level += room;
	else
		bucket->level += (now_ns - bucket->latest_ns) * rate->jobs;
	bucket->latest_ns = now_ns;
}

static double bucket_wait_s(const struct bucket *bucket)
{
	const struct admission_rate *rate = &bucket->rate;

	if (bucket->level >= rate->per_ns)
		return 0;
	return (double)(rate->per_ns - bucket->level) / (double)rate->jobs / SECOND_NS;
}

static bool rate_is_valid(const struct admission_rate *rate)
{
	if (rate->jobs == 0 && rate->per_ns == 0 && rate->burst == 0)
		return true;
	/* so the level of a full bucket has its place in 64 bits */
	return rate->jobs > 0 && rate->per_ns > 0 && rate->burst > 0 && rate->jobs <= ADMISSION_BURST_MAX &&
	       rate->burst <= ADMISSION_BURST_MAX && rate->per_ns <= ADMISSION_PER_NS_MAX;
}

/* ---- the queue and its keys ---- */

struct admission *admission_create(const struct admission_limits *limits, uint64_t now_ns)
{
	struct admission *admission = calloc(1, sizeof(*admission));

	if (admission != NULL)
		part_init(&admission->all, limits, now_ns);
	return admission;
}

void admission_destroy(struct admission *admission)
{
	if (admission == NULL)
		return;
	for (struct admission_key *key = admission->keys, *next; key != NULL; key = next) {
		next = key->next;
		free(key);
	}
	free(admission);
}

int admission_add_key(struct admission *admission, const struct admission_limits *limits,
                      const struct admission_rate *rate, uint64_t now_ns, struct admission_key **ret)
{
	struct admission_key *key;

	if (!rate_is_valid(rate))
		return -ERANGE;
	key = calloc(1, sizeof(*key));
	if (key == NULL)
		return -ENOMEM;
	part_init(&key->part, limits, now_ns);
	key->bucket = (struct bucket){*rate, rate->burst * rate->per_ns, now_ns};
	key->next = admission->keys;
	admission->keys = key;
	*ret = key;
	return 0;
}

static struct admission_key *key_of_turn(struct rank_node *turn)
{
	return (struct admission_key *)(void *)((char *)turn - offsetof(struct admission_key, turn));
}

static struct admission_job *job_of_place(struct rank_node *place)
{
	return (struct admission_job *)(void *)((char *)place - offsetof(struct admission_job, place));
}

static struct admission_job *job_of_arrival(struct rank_node *arrival)
{
	return (struct admission_job *)(void *)((char *)arrival - offsetof(struct admission_job, arrival));
}

/* Into the tree of turns, or out of it, as is right after jobs came or went. */
static void key_update(struct admission *admission, struct admission_key *key)
{
	bool is_ready = key->jobs != NULL && key->part.counts.running < key->part.limits.running_max;

	if (is_ready && !key->is_ready)
		rank_tree_add(&admission->ready, &key->turn);
	else if (!is_ready && key->is_ready)
		rank_tree_remove(&admission->ready, &key->turn);
	key->is_ready = is_ready;
}

/* Behind all others. The key is not in the tree of turns. */
static void key_to_end(struct admission *admission, struct admission_key *key)
{
	key->turn.order = admission->next_turn++;
}

/* ---- jobs come ---- */

enum admission_answer admission_offer(struct admission *admission, struct admission_key *key, uint64_t bytes,
                                      uint64_t now_ns, struct admission_job *job, unsigned *ret_retry_s)
{
	struct part *parts[] = {&admission->all, &key->part};
	enum admission_answer answer = ADMISSION_ADMITTED;
	double rate_s, key_s, all_s;

	assert(job->state == ADMISSION_NOWHERE);
	advance(admission, key, now_ns);
	bucket_fill(&key->bucket, now_ns);
	if (bytes > admission->all.limits.bytes_max || bytes > key->part.limits.bytes_max) {
		answer = ADMISSION_TOO_LARGE;
	} else {
		rate_s = bucket_wait_s(&key->bucket);
		key_s = part_wait_s(&key->part, bytes);
		all_s = part_wait_s(&admission->all, bytes);
		if (rate_s > 0 || key_s > 0 || all_s > 0) {
			answer = rate_s > 0 ? ADMISSION_RATE : key_s > 0 ? ADMISSION_KEY_FULL : ADMISSION_FULL;
			/* the rate of ends may have become 0, and the wait infinite */
			*ret_retry_s = (unsigned)ceil(fmin(fmax(rate_s, fmax(key_s, all_s)), ADMISSION_RETRY_S_MAX));
		}
	}
	for (int i = 0; i < 2; i++) {
		parts[i]->counts.answers[answer]++;
		if (answer == ADMISSION_ADMITTED) {
			parts[i]->counts.reserved++;
			parts[i]->counts.reserved_bytes += bytes;
		}
	}
	if (answer == ADMISSION_ADMITTED) {
		key->bucket.level -= key->bucket.rate.per_ns;
		*job = (struct admission_job){.state = ADMISSION_RESERVED, .key = key, .bytes = bytes};
	}
	return answer;
}

static void unreserve(struct admission *admission, struct admission_job *job)
{
	struct part *parts[] = {&admission->all, &job->key->part};

	assert(job->state == ADMISSION_RESERVED);
	for (int i = 0; i < 2; i++) {
		parts[i]->counts.reserved--;
		parts[i]->counts.reserved_bytes -= job->bytes;
	}
	job->state = ADMISSION_NOWHERE;
}

void admission_drop(struct admission *admission, struct admission_job *job)
{
	unreserve(admission, job);
}

/* Where its place says. */
static void enqueue(struct admission *admission, struct admission_job *job)
{
	struct admission_key *key = job->key;
	struct part *parts[] = {&admission->all, &key->part};

	job->state = ADMISSION_QUEUED;
	for (int i = 0; i < 2; i++) {
		parts[i]->counts.queued++;
		parts[i]->counts.queued_bytes += job->bytes;
	}
	job->arrival.order = job->place.order & ((UINT64_C(1) << PRIORITY_SHIFT) - 1);
	rank_tree_add(&key->jobs, &job->place);
	rank_tree_add(&key->arrivals, &job->arrival);
	key_update(admission, key);
}

static void enqueue_last(struct admission *admission, struct admission_job *job, unsigned priority)
{
	assert(priority <= ADMISSION_PRIORITY_MAX);
	job->place.order = (uint64_t)(ADMISSION_PRIORITY_MAX - priority) << PRIORITY_SHIFT | admission->next_job++;
	if (job->key->jobs == NULL)
		key_to_end(admission, job->key);
	enqueue(admission, job);
}

void admission_put(struct admission *admission, struct admission_job *job, uint64_t bytes, unsigned priority,
                   uint64_t now_ns)
{
	advance(admission, job->key, now_ns);
	unreserve(admission, job);
	job->bytes = bytes;
	job->since_ns = admission->all.latest_ns;
	enqueue_last(admission, job, priority);
}

void admission_put_back(struct admission *admission, struct admission_key *key, struct admission_job *job,
                        uint64_t bytes, unsigned priority, uint64_t age_ns, uint64_t now_ns)
{
	uint64_t latest_ns;

	assert(job->state == ADMISSION_NOWHERE);
	advance(admission, key, now_ns);
	latest_ns = admission->all.latest_ns;
	/* the clock may have started after it came */
	*job = (struct admission_job){
	        .key = key, .bytes = bytes, .since_ns = latest_ns > age_ns ? latest_ns - age_ns : 0};
	enqueue_last(admission, job, priority);
}

/* ---- jobs go ---- */

static void dequeue(struct admission *admission, struct admission_job *job)
{
	struct admission_key *key = job->key;
	struct part *parts[] = {&admission->all, &key->part};

	rank_tree_remove(&key->jobs, &job->place);
	rank_tree_remove(&key->arrivals, &job->arrival);
	for (int i = 0; i < 2; i++) {
		parts[i]->counts.queued--;
		parts[i]->counts.queued_bytes -= job->bytes;
	}
}

struct admission_job *admission_take(struct admission *admission, uint64_t now_ns)
{
	struct rank_node *turn = rank_tree_first(admission->ready);
	struct admission_key *key;
	struct admission_job *job;

	if (turn == NULL || admission->all.counts.running >= admission->all.limits.running_max)
		return NULL;
	key = key_of_turn(turn);
	job = job_of_place(rank_tree_first(key->jobs));
	advance(admission, key, now_ns);
	dequeue(admission, job);
	job->state = ADMISSION_RUNNING;
	admission->all.counts.running++;
	key->part.counts.running++;
	rank_tree_remove(&admission->ready, turn);
	key->is_ready = false;
	job->turn = key->turn.order;
	key_to_end(admission, key);
	job->next_turn = key->turn.order;
	key_update(admission, key);
	return job;
}

void admission_ended(struct admission *admission, struct admission_job *job, uint64_t now_ns)
{
	struct part *parts[] = {&admission->all, &job->key->part};

	assert(job->state == ADMISSION_RUNNING);
	advance(admission, job->key, now_ns);
	for (int i = 0; i < 2; i++) {
		parts[i]->counts.running--;
		parts[i]->drain.ends++;
	}
	job->state = ADMISSION_NOWHERE;
	key_update(admission, job->key);
}

void admission_remove(struct admission *admission, struct admission_job *job, uint64_t now_ns)
{
	assert(job->state == ADMISSION_QUEUED);
	advance(admission, job->key, now_ns);
	dequeue(admission, job);
	job->state = ADMISSION_NOWHERE;
	key_update(admission, job->key);
}

void admission_return(struct admission *admission, struct admission_job *job, uint64_t now_ns)
{
	struct admission_key *key = job->key;

	assert(job->state == ADMISSION_RUNNING || job->state == ADMISSION_NOWHERE);
	advance(admission, key, now_ns);
	if (job->state == ADMISSION_RUNNING) {
		admission->all.counts.running--;
		key->part.counts.running--;
		/* out of the tree of turns meanwhile, whose order is not to be changed under it */
		if (key->is_ready)
			rank_tree_remove(&admission->ready, &key->turn);
		key->is_ready = false;
		if (key->turn.order == job->next_turn)
			key->turn.order = job->turn;
	}
	enqueue(admission, job);
}

/* ---- questions ---- */

uint64_t admission_position(const struct admission *admission, const struct admission_job *job)
{
	const struct admission_key *own = job->key;
	uint64_t n;
	uint64_t before;

	assert(job->state == ADMISSION_QUEUED);
	before = rank_tree_before(own->jobs, &job->place);
	n = before;
	/* it goes at its key's turn number `before` + 1, and by then another key had as many turns, or one less */
	for (const struct admission_key *key = admission->keys; key != NULL; key = key->next) {
		uint64_t turns = before + (key->turn.order < own->turn.order);

		if (key != own)
			n += turns < key->part.counts.queued ? turns : key->part.counts.queued;
	}
	return n;
}

struct admission_counts admission_key_counts(const struct admission_key *key, uint64_t now_ns)
{
	struct admission_counts counts = key->part.counts;

	if (key->arrivals != NULL) {
		const struct admission_job *oldest = job_of_arrival(rank_tree_first(key->arrivals));

		if (now_ns > oldest->since_ns)
			counts.oldest_ns = now_ns - oldest->since_ns;
	}
	return counts;
}

struct admission_counts admission_counts(const struct admission *admission, uint64_t now_ns)
{
	struct admission_counts counts = admission->all.counts;

	for (const struct admission_key *key = admission->keys; key != NULL; key = key->next) {
		uint64_t oldest_ns = admission_key_counts(key, now_ns).oldest_ns;

		if (oldest_ns > counts.oldest_ns)
			counts.oldest_ns = oldest_ns;
	}
	return counts;
}
