/* policy/admission.c, each promise by itself; test_admission_model.c tries them together. */
#include "policy/admission.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LEN(table) (sizeof(table) / sizeof((table)[0]))
#define S UINT64_C(1000000000)
#define NO_LIMITS                                                                                                      \
	{                                                                                                              \
		ADMISSION_UNLIMITED, ADMISSION_UNLIMITED, ADMISSION_UNLIMITED                                          \
	}

static const struct admission_limits no_limits = NO_LIMITS;
static const struct admission_rate no_rate;

static struct admission *new_queue(uint64_t queued, uint64_t bytes, uint64_t running)
{
	const struct admission_limits limits = {queued, bytes, running};
	struct admission *admission = admission_create(&limits, 0);

	assert_non_null(admission);
	return admission;
}

static struct admission_key *new_key(struct admission *admission, const struct admission_limits *limits,
                                     const struct admission_rate *rate)
{
	struct admission_key *key = NULL;

	assert_int_equal(admission_add_key(admission, limits, rate, 0, &key), 0);
	return key;
}

static enum admission_answer offer(struct admission *admission, struct admission_key *key, struct admission_job *job,
                                   uint64_t bytes, uint64_t now_ns)
{
	unsigned retry_s = 0;
	enum admission_answer answer = admission_offer(admission, key, bytes, now_ns, job, &retry_s);

	assert_int_equal(job->state, answer == ADMISSION_ADMITTED ? ADMISSION_RESERVED : ADMISSION_NOWHERE);
	assert_int_equal(retry_s > 0, answer != ADMISSION_ADMITTED && answer != ADMISSION_TOO_LARGE);
	return answer;
}

/* Seconds to come back in, of an offer that has to be refused with `answer`. */
static unsigned refused(struct admission *admission, struct admission_key *key, uint64_t bytes, uint64_t now_ns,
                        enum admission_answer answer)
{
	struct admission_job job = {0};
	unsigned retry_s = 0;

	assert_int_equal(admission_offer(admission, key, bytes, now_ns, &job, &retry_s), answer);
	assert_int_equal(job.state, ADMISSION_NOWHERE);
	return retry_s;
}

static void queue(struct admission *admission, struct admission_key *key, struct admission_job *job, uint64_t bytes,
                  unsigned priority)
{
	*job = (struct admission_job){0};
	assert_int_equal(offer(admission, key, job, bytes, 0), ADMISSION_ADMITTED);
	admission_put(admission, job, bytes, priority, 0);
	assert_int_equal(job->state, ADMISSION_QUEUED);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(admission_answer_name(ADMISSION_ADMITTED), "admitted");
	assert_string_equal(admission_answer_name(ADMISSION_RATE), "rate");
	assert_string_equal(admission_answer_name(ADMISSION_KEY_FULL), "key_full");
	assert_string_equal(admission_answer_name(ADMISSION_FULL), "full");
	assert_string_equal(admission_answer_name(ADMISSION_TOO_LARGE), "too_large");
}

/* ---- bounds ---- */

static void test_bounds(void **state)
{
	const struct admission_limits narrow = {2, 100, 1};
	struct admission *a = new_queue(3, 150, 8);
	struct admission_key *one = new_key(a, &narrow, &no_rate), *other = new_key(a, &no_limits, &no_rate);
	struct admission_job jobs[4] = {0};

	(void)state;
	assert_int_equal(offer(a, one, &jobs[0], 101, 0), ADMISSION_TOO_LARGE);
	assert_int_equal(offer(a, other, &jobs[0], 151, 0), ADMISSION_TOO_LARGE);
	assert_int_equal(offer(a, other, &jobs[0], UINT64_MAX, 0), ADMISSION_TOO_LARGE);
	queue(a, one, &jobs[0], 60, 0);
	assert_int_equal(offer(a, one, &jobs[1], 41, 0), ADMISSION_KEY_FULL);
	assert_int_equal(offer(a, one, &jobs[1], 40, 0), ADMISSION_ADMITTED); /* a reservation fills as a job does */
	assert_int_equal(offer(a, one, &jobs[2], 0, 0), ADMISSION_KEY_FULL);
	assert_int_equal(offer(a, other, &jobs[2], 51, 0), ADMISSION_FULL);
	assert_int_equal(offer(a, other, &jobs[2], 50, 0), ADMISSION_ADMITTED);
	assert_int_equal(offer(a, other, &jobs[3], 0, 0), ADMISSION_FULL);
	admission_drop(a, &jobs[2]);
	assert_int_equal(offer(a, other, &jobs[2], 50, 0), ADMISSION_ADMITTED);
	admission_put(a, &jobs[2], 10, 0, 0); /* shorter than it said */
	assert_int_equal(admission_counts(a, 0).queued_bytes, 70);
	assert_int_equal(admission_counts(a, 0).reserved_bytes, 40);
	assert_ptr_equal(admission_take(a, 0), &jobs[0]);
	/* one that runs is no longer in the queue */
	assert_int_equal(offer(a, one, &jobs[3], 60, 0), ADMISSION_ADMITTED);
	admission_put(a, &jobs[3], 60, 0, 0);
	assert_ptr_equal(admission_take(a, 0), &jobs[2]);
	assert_null(admission_take(a, 0)); /* the key runs one already */
	admission_ended(a, &jobs[0], 0);
	assert_ptr_equal(admission_take(a, 0), &jobs[3]);
	admission_destroy(a);
}

/* 620 bytes too many of 1180 in 59 jobs: just 31 of these, and not what a division before the product leaves over. */
static void test_whole_jobs(void **state)
{
	struct admission *a = new_queue(ADMISSION_UNLIMITED, 600, 1);
	struct admission_key *key = new_key(a, &no_limits, &no_rate);
	struct admission_job jobs[59] = {0};

	(void)state;
	for (size_t i = 0; i < LEN(jobs); i++)
		admission_put_back(a, key, &jobs[i], 20, 0, 0, 0);
	assert_int_equal(refused(a, key, 40, 0, ADMISSION_FULL), 31);
	admission_destroy(a);
}

/* A length that no sum may hold. */
static void test_unlimited(void **state)
{
	struct admission *a = new_queue(ADMISSION_UNLIMITED, ADMISSION_UNLIMITED, 1);
	struct admission_key *key = new_key(a, &no_limits, &no_rate);
	struct admission_job first = {0}, second = {0};

	(void)state;
	assert_int_equal(offer(a, key, &first, UINT64_MAX, 0), ADMISSION_ADMITTED);
	assert_int_equal(offer(a, key, &second, UINT64_MAX, 0), ADMISSION_KEY_FULL);
	assert_int_equal(offer(a, key, &second, 1, 0), ADMISSION_KEY_FULL);
	assert_int_equal(offer(a, key, &second, 0, 0), ADMISSION_ADMITTED);
	admission_destroy(a);
}

static void test_running_max(void **state)
{
	struct admission *a = new_queue(10, 10, 2);
	struct admission_key *key = new_key(a, &no_limits, &no_rate);
	struct admission_job jobs[3];

	(void)state;
	for (size_t i = 0; i < LEN(jobs); i++)
		queue(a, key, &jobs[i], 1, 0);
	assert_ptr_equal(admission_take(a, 0), &jobs[0]);
	assert_ptr_equal(admission_take(a, 0), &jobs[1]);
	assert_null(admission_take(a, 0));
	assert_int_equal(admission_counts(a, 0).running, 2);
	admission_ended(a, &jobs[1], 0);
	assert_ptr_equal(admission_take(a, 0), &jobs[2]);
	assert_null(admission_take(a, 0));
	admission_destroy(a);
}

/* After a restart there may be more than the bounds allow: all of it runs, and nothing new comes in before there is
 * room. */
static void test_put_back(void **state)
{
	const struct admission_limits narrow = {1, 10, 1};
	struct admission *a = new_queue(2, 10, 1);
	struct admission_key *key = new_key(a, &narrow, &no_rate), *other = new_key(a, &no_limits, &no_rate);
	struct admission_job jobs[5] = {0};

	(void)state;
	for (unsigned i = 0; i < LEN(jobs); i++)
		admission_put_back(a, key, &jobs[i], 10, 0, (9 - i) * S, 8 * S);
	assert_int_equal(admission_counts(a, 8 * S).queued, 5);
	assert_int_equal(admission_counts(a, 8 * S).queued_bytes, 50);
	assert_int_equal(admission_counts(a, 8 * S).oldest_ns, 8 * S); /* the clock is not older */
	for (unsigned i = 0; i < LEN(jobs); i++) {
		refused(a, key, 1, 8 * S, ADMISSION_KEY_FULL);
		/* 40 bytes are over, or 4 jobs of 10; one job a second is the rate at the start */
		if (i == 0)
			assert_int_equal(refused(a, other, 0, 8 * S, ADMISSION_FULL), 4);
		if (i == 0)
			assert_int_equal(refused(a, other, 10, 8 * S, ADMISSION_FULL), 5);
		assert_ptr_equal(admission_take(a, 8 * S), &jobs[i]);
		admission_ended(a, &jobs[i], 8 * S);
	}
	assert_int_equal(offer(a, key, &jobs[0], 10, 8 * S), ADMISSION_ADMITTED);
	admission_destroy(a);
}

/* ---- when to come back ---- */

/* As if they had not been taken, or removed: in the places and at the turns that they had, and no end is counted. */
static void test_return(void **state)
{
	const struct admission_limits narrow = {3, 30, 1};
	struct admission *a = new_queue(5, 50, 3);
	struct admission_key *one = new_key(a, &narrow, &no_rate), *other = new_key(a, &no_limits, &no_rate);
	struct admission_job jobs[5] = {0}, *order[] = {&jobs[1], &jobs[3], &jobs[4], &jobs[0], &jobs[2]};

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		queue(a, one, &jobs[i], 10, i == 1);
	for (unsigned i = 3; i < 5; i++)
		queue(a, other, &jobs[i], 10, 0);
	for (unsigned i = 0; i < 3; i++)
		assert_ptr_equal(admission_take(a, 0), order[i]);
	admission_remove(a, &jobs[0], 0);
	assert_int_equal(admission_counts(a, 9 * S).oldest_ns, 9 * S);
	admission_return(a, &jobs[0], 9 * S);
	for (unsigned i = 3; i-- > 0;)
		admission_return(a, order[i], 9 * S);
	assert_int_equal(admission_counts(a, 9 * S).queued, 5);
	assert_int_equal(admission_counts(a, 9 * S).running, 0);
	assert_int_equal(admission_key_counts(other, 9 * S).oldest_ns, 9 * S);
	/* one end by now, that of the start, in 10 s */
	assert_int_equal(refused(a, other, 1, 9 * S, ADMISSION_FULL), 11);
	for (unsigned i = 0; i < LEN(order); i++) {
		assert_ptr_equal(admission_take(a, 9 * S), order[i]);
		if (i >= 2)
			admission_ended(a, order[i == 2 ? 0 : i], 9 * S);
	}
	admission_destroy(a);
}

/* A key that had another turn since has no more of them by a return. */
static void test_return_late(void **state)
{
	struct admission *a = new_queue(10, 100, 9);
	struct admission_key *one = new_key(a, &no_limits, &no_rate), *other = new_key(a, &no_limits, &no_rate);
	struct admission_job jobs[5] = {0};

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		queue(a, one, &jobs[i], 10, 0);
	for (unsigned i = 3; i < 5; i++)
		queue(a, other, &jobs[i], 10, 0);
	assert_ptr_equal(admission_take(a, 0), &jobs[0]);
	assert_ptr_equal(admission_take(a, 0), &jobs[3]);
	assert_ptr_equal(admission_take(a, 0), &jobs[1]);
	admission_return(a, &jobs[0], 0);
	assert_ptr_equal(admission_take(a, 0), &jobs[4]);
	assert_ptr_equal(admission_take(a, 0), &jobs[0]);
	assert_ptr_equal(admission_take(a, 0), &jobs[2]);
	admission_destroy(a);
}

static void test_rate(void **state)
{
	const struct admission_rate rate = {.jobs = 3, .per_ns = 60 * S, .burst = 2};
	struct admission *a = new_queue(100, 100, 1);
	struct admission_key *key = new_key(a, &no_limits, &rate);
	struct admission_job jobs[8] = {0};

	(void)state;
	assert_int_equal(offer(a, key, &jobs[0], 1, S), ADMISSION_ADMITTED);
	assert_int_equal(offer(a, key, &jobs[1], 1, S), ADMISSION_ADMITTED);
	assert_int_equal(refused(a, key, 1, S, ADMISSION_RATE), 20);
	admission_drop(a, &jobs[0]); /* is no new token */
	assert_int_equal(refused(a, key, 1, S + 1, ADMISSION_RATE), 20);
	assert_int_equal(refused(a, key, 1, 19 * S, ADMISSION_RATE), 2);
	assert_int_equal(refused(a, key, 1, 21 * S - 1, ADMISSION_RATE), 1);
	assert_int_equal(refused(a, key, 1, 5 * S, ADMISSION_RATE), 1); /* no clock goes back */
	assert_int_equal(offer(a, key, &jobs[0], 1, 21 * S), ADMISSION_ADMITTED);
	assert_int_equal(refused(a, key, 1, 21 * S, ADMISSION_RATE), 20);
	/* a day fills the bucket and no more */
	assert_int_equal(offer(a, key, &jobs[2], 1, 86400 * S), ADMISSION_ADMITTED);
	assert_int_equal(offer(a, key, &jobs[3], 1, 86400 * S), ADMISSION_ADMITTED);
	assert_int_equal(refused(a, key, 1, 86400 * S, ADMISSION_RATE), 20);
	/* a refused offer takes no token, whatever was in the way */
	assert_int_equal(offer(a, key, &jobs[4], 97, 86420 * S), ADMISSION_FULL);
	assert_int_equal(offer(a, key, &jobs[4], 101, 86420 * S), ADMISSION_TOO_LARGE);
	assert_int_equal(offer(a, key, &jobs[4], 1, 86420 * S), ADMISSION_ADMITTED);
	/* both in the way: the longer wait */
	assert_int_equal(refused(a, key, 100, 86420 * S, ADMISSION_RATE), 20);
	admission_destroy(a);
}

static void test_rate_range(void **state)
{
	static const struct {
		struct admission_rate rate;
		int rc;
	} rows[] = {
	        {{0, 0, 0}, 0},
	        {{1, 1, 1}, 0},
	        {{ADMISSION_BURST_MAX, ADMISSION_PER_NS_MAX, ADMISSION_BURST_MAX}, 0},
	        {{0, 1, 1}, -ERANGE},
	        {{1, 0, 1}, -ERANGE},
	        {{1, 1, 0}, -ERANGE},
	        {{ADMISSION_BURST_MAX + 1, 1, 1}, -ERANGE},
	        {{1, ADMISSION_PER_NS_MAX + 1, 1}, -ERANGE},
	        {{1, 1, ADMISSION_BURST_MAX + 1}, -ERANGE},
	};
	struct admission *a = new_queue(10, 10, 1);

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct admission_key *key = NULL;
		struct admission_job job = {0};

		assert_int_equal(admission_add_key(a, &no_limits, &rows[i].rate, 0, &key), rows[i].rc);
		assert_int_equal(key != NULL, rows[i].rc == 0);
		if (key == NULL)
			continue;
		/* the largest numbers go together: a year later the bucket is as full as ever */
		assert_int_equal(offer(a, key, &job, 0, 31536000 * S), ADMISSION_ADMITTED);
		admission_drop(a, &job);
	}
	admission_destroy(a);
}

/* One after the other, each for `each_ns`; returns when the last ended. */
static uint64_t run_jobs(struct admission *a, struct admission_key *key, unsigned n, uint64_t each_ns, uint64_t now_ns)
{
	for (unsigned i = 0; i < n; i++) {
		struct admission_job job = {0};

		assert_int_equal(offer(a, key, &job, 1, now_ns), ADMISSION_ADMITTED);
		admission_put(a, &job, 1, 0, now_ns);
		assert_ptr_equal(admission_take(a, now_ns), &job);
		now_ns += each_ns;
		admission_ended(a, &job, now_ns);
	}
	return now_ns;
}

static void test_drain(void **state)
{
	struct admission *a = new_queue(1, 100, 1);
	struct admission_key *key = new_key(a, &no_limits, &no_rate);
	struct admission_job job = {0}, next = {0};
	uint64_t now_ns;

	(void)state;
	assert_int_equal(offer(a, key, &job, 1, 0), ADMISSION_ADMITTED);
	assert_int_equal(refused(a, key, 1, 0, ADMISSION_FULL), 1); /* nothing is known */
	admission_drop(a, &job);
	now_ns = run_jobs(a, key, 100, 10 * S, 0);
	assert_int_equal(offer(a, key, &job, 1, now_ns), ADMISSION_ADMITTED);
	/* one job each 10 s; the last has just ended, so it is a little less by weight */
	assert_int_equal(refused(a, key, 1, now_ns, ADMISSION_FULL), 10);
	/* a night without jobs changes nothing */
	now_ns += 30000 * S;
	assert_int_equal(refused(a, key, 1, now_ns, ADMISSION_FULL), 10);
	/* a minute in which none ends does: e times as long; hours do more, up to one hour */
	admission_put(a, &job, 1, 0, now_ns);
	assert_int_equal(refused(a, key, 1, now_ns - 5 * S, ADMISSION_FULL), 10); /* no clock goes back */
	assert_ptr_equal(admission_take(a, now_ns), &job);
	assert_int_equal(offer(a, key, &next, 1, now_ns), ADMISSION_ADMITTED);
	assert_in_range(refused(a, key, 1, now_ns + 60 * S, ADMISSION_FULL), 25, 27);
	assert_int_equal(refused(a, key, 1, now_ns + 36000 * S, ADMISSION_FULL), ADMISSION_RETRY_S_MAX);
	assert_int_equal(refused(a, key, 1, now_ns + 3600000 * S, ADMISSION_FULL), ADMISSION_RETRY_S_MAX);
	admission_destroy(a);
}

/* A key's part of the queue empties at the key's own rate. */
static void test_drain_of_key(void **state)
{
	const struct admission_limits one = {1, 100, 1};
	struct admission *a = new_queue(100, 100, 2);
	struct admission_key *slow = new_key(a, &one, &no_rate), *quick = new_key(a, &one, &no_rate);
	struct admission_job slow_job = {0}, quick_job = {0};
	uint64_t now_ns;

	(void)state;
	now_ns = run_jobs(a, slow, 100, 20 * S, 0);
	now_ns = run_jobs(a, quick, 1000, S / 100, now_ns);
	assert_int_equal(offer(a, slow, &slow_job, 1, now_ns), ADMISSION_ADMITTED);
	assert_int_equal(offer(a, quick, &quick_job, 1, now_ns), ADMISSION_ADMITTED);
	assert_in_range(refused(a, slow, 1, now_ns, ADMISSION_KEY_FULL), 17, 20);
	assert_int_equal(refused(a, quick, 1, now_ns, ADMISSION_KEY_FULL), 1);
	admission_destroy(a);
}

/* ---- order ---- */

static void test_priorities(void **state)
{
	static const unsigned priorities[] = {0, 5, 9, 5, 0, 9}, wanted[] = {2, 5, 1, 3, 0, 4};
	struct admission *a = new_queue(10, 10, 10);
	struct admission_key *key = new_key(a, &no_limits, &no_rate);
	struct admission_job jobs[LEN(priorities)];

	(void)state;
	for (size_t i = 0; i < LEN(jobs); i++)
		queue(a, key, &jobs[i], 1, priorities[i]);
	for (size_t i = 0; i < LEN(jobs); i++)
		assert_int_equal(admission_position(a, &jobs[wanted[i]]), i);
	for (size_t i = 0; i < LEN(jobs); i++)
		assert_ptr_equal(admission_take(a, 0), &jobs[wanted[i]]);
	admission_destroy(a);
}

/* One that comes after a thousand of another key's goes after one of them at most. */
static void test_burst(void **state)
{
	struct admission *a = new_queue(2000, 2000, 2000);
	struct admission_key *burst = new_key(a, &no_limits, &no_rate), *single = new_key(a, &no_limits, &no_rate);
	static struct admission_job jobs[1000];
	struct admission_job job;

	(void)state;
	for (size_t i = 0; i < LEN(jobs); i++)
		queue(a, burst, &jobs[i], 1, ADMISSION_PRIORITY_MAX);
	for (size_t i = 0; i < 100; i++) {
		queue(a, single, &job, 1, 0);
		assert_int_equal(admission_position(a, &job), 1);
		assert_ptr_equal(admission_take(a, 0), &jobs[i]);
		assert_int_equal(admission_position(a, &job), 0);
		assert_int_equal(admission_position(a, &jobs[i + 1]), 1);
		assert_ptr_equal(admission_take(a, 0), &job);
		admission_ended(a, &job, 0);
	}
	admission_destroy(a);
}

/* A key that may run no more keeps its place until it may. */
static void test_blocked_key(void **state)
{
	const struct admission_limits one = {10, 10, 1};
	struct admission *a = new_queue(100, 100, 100);
	struct admission_key *blocked = new_key(a, &one, &no_rate), *others = new_key(a, &no_limits, &no_rate);
	struct admission_job jobs[2], other[4];

	(void)state;
	queue(a, blocked, &jobs[0], 1, 0);
	queue(a, blocked, &jobs[1], 1, 0);
	for (size_t i = 0; i < LEN(other); i++)
		queue(a, others, &other[i], 1, 0);
	assert_ptr_equal(admission_take(a, 0), &jobs[0]);
	assert_ptr_equal(admission_take(a, 0), &other[0]);
	assert_ptr_equal(admission_take(a, 0), &other[1]);
	assert_int_equal(admission_position(a, &jobs[1]), 0);
	admission_ended(a, &jobs[0], 0);
	assert_ptr_equal(admission_take(a, 0), &jobs[1]);
	assert_ptr_equal(admission_take(a, 0), &other[2]);
	admission_destroy(a);
}

/* As many as a service may ever hold. */
static void test_many(void **state)
{
	const size_t n = 100000, n_keys = 100;
	struct admission *a = new_queue(n, ADMISSION_UNLIMITED, ADMISSION_UNLIMITED);
	struct admission_job *jobs = calloc(n, sizeof(*jobs));
	struct admission_key *keys[100];
	uint64_t taken = 0;

	(void)state;
	assert_non_null(jobs);
	assert_true(sizeof(*jobs) <= 96);
	for (size_t i = 0; i < n_keys; i++)
		keys[i] = new_key(a, &no_limits, &no_rate);
	for (size_t i = 0; i < n; i++)
		queue(a, keys[i * n_keys / n], &jobs[i], 1000, (unsigned)(i % 10));
	refused(a, keys[0], 1, 0, ADMISSION_FULL);
	for (size_t i = 0; i < n; i += 2)
		admission_remove(a, &jobs[i], 0);
	assert_int_equal(admission_position(a, &jobs[n - 9]), n / 2 - 1); /* of the last key the last, of priority 1 */
	while (admission_counts(a, 0).queued > 0) {
		const struct admission_job *job = admission_take(a, 0);

		assert_ptr_equal(job->key, keys[taken % n_keys]); /* each in its turn */
		taken++;
	}
	assert_int_equal(taken, n / 2);
	admission_destroy(a);
	free(jobs);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_names),       cmocka_unit_test(test_bounds),
	        cmocka_unit_test(test_unlimited),   cmocka_unit_test(test_running_max),
	        cmocka_unit_test(test_whole_jobs),  cmocka_unit_test(test_return),
	        cmocka_unit_test(test_return_late), cmocka_unit_test(test_put_back),
	        cmocka_unit_test(test_rate),        cmocka_unit_test(test_rate_range),
	        cmocka_unit_test(test_drain),       cmocka_unit_test(test_drain_of_key),
	        cmocka_unit_test(test_priorities),  cmocka_unit_test(test_burst),
	        cmocka_unit_test(test_blocked_key), cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests_name("admission", tests, NULL, NULL);
}
