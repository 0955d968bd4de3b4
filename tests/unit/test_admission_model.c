/*
 * policy/admission.c beside a model: 100,000 random steps, each of which is also made by a queue that is written as
 * naively as it goes, with lists that are searched and sums that are made anew. After each step both have to agree in
 * all that can be asked, and what the header promises has to hold.
 */
#include "policy/admission.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LEN(table) (sizeof(table) / sizeof((table)[0]))
#define S UINT64_C(1000000000)
#define STEPS 100000
#define KEYS 5
#define ALL KEYS /* in place of a key */
#define JOBS 80
#define TAU_S 60.0

static const struct admission_limits limits[KEYS + 1] = {
        {20, 300, 2},  {ADMISSION_UNLIMITED, ADMISSION_UNLIMITED, ADMISSION_UNLIMITED},
        {10, 1000, 1}, {30, ADMISSION_UNLIMITED, 3},
        {5, 500, 4},   {40, 600, 6}, /* of all */
};
static const struct admission_rate rates[KEYS] = {
        {0, 0, 0}, {0, 0, 0}, {3, S, 4}, {7, 60 * S, 2}, {100, S, 1},
};

struct model_job {
	struct admission_job job; /* the real one */
	enum admission_state state;
	bool is_removed; /* and was not offered again */
	unsigned key, priority;
	uint64_t bytes, since_ns, number;
	uint64_t turn, next_turn; /* its key's, before it was taken and after */
};

/* When jobs ended, in the time in which there were any. */
struct model_drain {
	double busy_s;
	double ends_s[STEPS];
	size_t n_ends;
};

static struct model {
	struct admission *real;
	struct admission_key *keys[KEYS];
	struct model_job jobs[JOBS];
	uint64_t turns[KEYS], next_turn; /* the least of a key with a job that waits is the next one */
	uint64_t next_number, now_ns;
	unsigned __int128 arrival[KEYS]; /* in 1/jobs ns: when the next offer comes, if they come evenly */
	struct model_drain drains[KEYS + 1];
	uint64_t answers[KEYS + 1][ADMISSION_ANSWER_MAX];
	unsigned passed_by[KEYS][KEYS]; /* turns of the second since the first has been ready */
	bool has_returned;              /* in this step: a job that no bound kept out */
	size_t seen[ADMISSION_ANSWER_MAX], n_waits, n_taken, n_positions, n_returned, n_turns_back, n_undone;
	uint64_t seed;
} m;

static uint64_t random_below(uint64_t n)
{
	m.seed = m.seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (m.seed >> 33) % n;
}

static bool is_of(const struct model_job *job, unsigned key, enum admission_state state)
{
	return job->state == state && (key == ALL || job->key == key);
}

static uint64_t count_jobs(unsigned key, enum admission_state state)
{
	uint64_t n = 0;

	for (size_t i = 0; i < JOBS; i++)
		n += is_of(&m.jobs[i], key, state);
	return n;
}

static uint64_t count_bytes(unsigned key, enum admission_state state)
{
	uint64_t n = 0;

	for (size_t i = 0; i < JOBS; i++)
		n += is_of(&m.jobs[i], key, state) ? m.jobs[i].bytes : 0;
	return n;
}

/* One at random, NULL for none. */
static struct model_job *any_job(enum admission_state state)
{
	size_t start = random_below(JOBS);

	for (size_t i = 0; i < JOBS; i++) {
		struct model_job *job = &m.jobs[(start + i) % JOBS];
		if (job->state == state)
			return job;
	}
	return NULL;
}

static bool is_ready(unsigned key)
{
	return count_jobs(key, ADMISSION_QUEUED) > 0 && count_jobs(key, ADMISSION_RUNNING) < limits[key].running_max;
}

/* ---- the model's steps ---- */

static void pass_time(uint64_t ns)
{
	for (unsigned key = 0; key <= ALL; key++)
		if (count_jobs(key, ADMISSION_QUEUED) + count_jobs(key, ADMISSION_RUNNING) > 0)
			m.drains[key].busy_s += (double)ns / 1e9;
	m.now_ns += ns;
}

/* A wait that the real one gave: ends, of which the first is made up, by time, of which the first second is made up. */
static double jobs_to_seconds(unsigned key, uint64_t n)
{
	const struct model_drain *drain = &m.drains[key];
	double first = exp(-drain->busy_s / TAU_S), ends = first, time = TAU_S * (1 - first) + first;

	for (size_t i = drain->n_ends; i-- > 0 && drain->busy_s - drain->ends_s[i] < 50 * TAU_S;)
		ends += exp(-(drain->busy_s - drain->ends_s[i]) / TAU_S);
	return (double)n * time / ends;
}

/* How many jobs of a mean size have to go before one of `bytes` fits. */
static uint64_t jobs_too_many(unsigned key, uint64_t bytes)
{
	uint64_t there = count_jobs(key, ADMISSION_QUEUED) + count_jobs(key, ADMISSION_RESERVED);
	uint64_t size = count_bytes(key, ADMISSION_QUEUED) + count_bytes(key, ADMISSION_RESERVED);
	uint64_t n = 0;

	while (there - n + 1 > limits[key].queued_max ||
	       (limits[key].bytes_max != ADMISSION_UNLIMITED &&
	        (double)size - (double)n * (double)size / (double)there + (double)bytes >
	                (double)limits[key].bytes_max + 1e-9))
		n++;
	return n;
}

static unsigned __int128 rate_wait(unsigned key)
{
	const struct admission_rate *rate = &rates[key];
	unsigned __int128 now = (unsigned __int128)m.now_ns * rate->jobs;
	unsigned __int128 early = m.arrival[key] > now ? m.arrival[key] - now : 0;
	unsigned __int128 allowed = (unsigned __int128)(rate->burst - 1) * rate->per_ns;

	return rate->jobs != 0 && early > allowed ? early - allowed : 0;
}

static enum admission_answer model_offer(unsigned key, uint64_t bytes, double *ret_wait_s)
{
	unsigned __int128 early = rate_wait(key), now = (unsigned __int128)m.now_ns * rates[key].jobs;
	uint64_t of_key, of_all;
	double rate_s;

	if (bytes > limits[key].bytes_max || bytes > limits[ALL].bytes_max)
		return ADMISSION_TOO_LARGE;
	of_key = jobs_too_many(key, bytes);
	of_all = jobs_too_many(ALL, bytes);
	rate_s = early > 0 ? (double)early / (double)rates[key].jobs / 1e9 : 0;
	if (early > 0 || of_key > 0 || of_all > 0) {
		*ret_wait_s = fmax(rate_s, fmax(jobs_to_seconds(key, of_key), jobs_to_seconds(ALL, of_all)));
		return early > 0 ? ADMISSION_RATE : of_key > 0 ? ADMISSION_KEY_FULL : ADMISSION_FULL;
	}
	m.arrival[key] = (m.arrival[key] > now ? m.arrival[key] : now) + rates[key].per_ns;
	return ADMISSION_ADMITTED;
}

static void model_queue(struct model_job *job, uint64_t since_ns)
{
	bool is_first = count_jobs(job->key, ADMISSION_QUEUED) == 0;

	job->state = ADMISSION_QUEUED;
	job->since_ns = since_ns;
	job->number = m.next_number++;
	if (is_first)
		m.turns[job->key] = m.next_turn++;
}

/* Those with a job that waits, the one whose turn is next first; their number. */
static size_t keys_in_turn(unsigned keys[KEYS])
{
	size_t n = 0;

	for (unsigned key = 0; key < KEYS; key++) {
		size_t at = n;

		if (count_jobs(key, ADMISSION_QUEUED) == 0)
			continue;
		for (; at > 0 && m.turns[keys[at - 1]] > m.turns[key]; at--)
			keys[at] = keys[at - 1];
		keys[at] = key;
		n++;
	}
	return n;
}

static bool goes_before(const struct model_job *a, const struct model_job *b)
{
	return a->priority != b->priority ? a->priority > b->priority : a->number < b->number;
}

static struct model_job *first_of(unsigned key)
{
	struct model_job *first = NULL;

	for (size_t i = 0; i < JOBS; i++)
		if (is_of(&m.jobs[i], key, ADMISSION_QUEUED) && (first == NULL || goes_before(&m.jobs[i], first)))
			first = &m.jobs[i];
	return first;
}

static struct model_job *model_take(void)
{
	unsigned keys[KEYS];
	size_t n = keys_in_turn(keys);

	for (size_t i = 0; i < n && count_jobs(ALL, ADMISSION_RUNNING) < limits[ALL].running_max; i++) {
		unsigned key = keys[i];
		struct model_job *job;

		if (!is_ready(key))
			continue;
		job = first_of(key);
		job->state = ADMISSION_RUNNING;
		job->turn = m.turns[key];
		job->next_turn = m.turns[key] = m.next_turn++;
		return job;
	}
	return NULL;
}

/* By playing it: turn by turn, each job ending at once. */
static uint64_t model_position(const struct model_job *job)
{
	uint64_t left[KEYS], own = 0, n = 0;
	unsigned keys[KEYS];
	size_t n_keys = keys_in_turn(keys);

	for (unsigned key = 0; key < KEYS; key++)
		left[key] = count_jobs(key, ADMISSION_QUEUED);
	for (size_t i = 0; i < JOBS; i++)
		own += is_of(&m.jobs[i], job->key, ADMISSION_QUEUED) && goes_before(&m.jobs[i], job);
	for (;; n++) {
		unsigned key = keys[0];

		if (key == job->key && own-- == 0)
			return n;
		memmove(&keys[0], &keys[1], (n_keys - 1) * sizeof(keys[0]));
		keys[n_keys - 1] = key;
		left[key]--;
		/* a key with nothing left has no turn any more */
		while (left[keys[0]] == 0) {
			key = keys[0];
			memmove(&keys[0], &keys[1], (n_keys - 1) * sizeof(keys[0]));
			keys[n_keys - 1] = key;
		}
	}
}

/* ---- a step of both ---- */

static void step_offer(void)
{
	struct model_job *job = any_job(ADMISSION_NOWHERE);
	unsigned key = (unsigned)random_below(KEYS), retry_s = 0;
	uint64_t bytes = random_below(random_below(20) == 0 ? 1200 : 60);
	enum admission_answer answer, wanted;
	double wait_s = 0;

	if (job == NULL)
		return;
	wanted = model_offer(key, bytes, &wait_s);
	answer = admission_offer(m.real, m.keys[key], bytes, m.now_ns, &job->job, &retry_s);
	assert_int_equal(answer, wanted);
	m.answers[key][answer]++;
	m.answers[ALL][answer]++;
	m.seen[answer]++;
	if (answer == ADMISSION_ADMITTED) {
		job->state = ADMISSION_RESERVED;
		job->is_removed = false;
		job->key = key;
		job->bytes = bytes;
	} else if (answer != ADMISSION_TOO_LARGE) {
		m.n_waits += wait_s > 1;
		assert_in_range(retry_s, 1, ADMISSION_RETRY_S_MAX);
		wait_s = fmin(wait_s, ADMISSION_RETRY_S_MAX);
		if (retry_s < wait_s * (1 - 1e-6) || retry_s > wait_s * (1 + 1e-6) + 1)
			fail_msg("%u s, not %f", retry_s, wait_s);
	}
}

static void step_put(void)
{
	struct model_job *job = any_job(ADMISSION_RESERVED);

	if (job == NULL)
		return;
	if (random_below(5) == 0) {
		admission_drop(m.real, &job->job);
		job->state = ADMISSION_NOWHERE;
		return;
	}
	job->bytes -= random_below(4) == 0 ? random_below(job->bytes + 1) : 0;
	job->priority = (unsigned)random_below(ADMISSION_PRIORITY_MAX + 1);
	model_queue(job, m.now_ns);
	admission_put(m.real, &job->job, job->bytes, job->priority, m.now_ns);
}

static struct model_job *take(void)
{
	struct model_job *job = model_take();
	bool was_ready[KEYS];

	for (unsigned key = 0; key < KEYS; key++)
		was_ready[key] = job != NULL && key != job->key && is_ready(key);
	assert_ptr_equal(admission_take(m.real, m.now_ns), job);
	if (job == NULL)
		return NULL;
	m.n_taken++;
	/* no key that could have had its turn is passed by twice by the same */
	for (unsigned key = 0; key < KEYS; key++)
		if (was_ready[key])
			assert_true(++m.passed_by[key][job->key] <= 1);
	memset(m.passed_by[job->key], 0, sizeof(m.passed_by[0]));
	return job;
}

static void step_take(void)
{
	take();
}

static void step_end(void)
{
	struct model_job *job = any_job(ADMISSION_RUNNING);

	if (job == NULL)
		return;
	for (unsigned i = 0; i < 2; i++) {
		struct model_drain *drain = &m.drains[i == 0 ? job->key : ALL];
		drain->ends_s[drain->n_ends++] = drain->busy_s;
	}
	admission_ended(m.real, &job->job, m.now_ns);
	job->state = ADMISSION_NOWHERE;
}

static struct model_job *remove_one(void)
{
	struct model_job *job = any_job(ADMISSION_QUEUED);

	if (job == NULL)
		return NULL;
	admission_remove(m.real, &job->job, m.now_ns);
	job->state = ADMISSION_NOWHERE;
	job->is_removed = true;
	return job;
}

static void step_remove(void)
{
	remove_one();
}

static void give_back(struct model_job *job)
{
	/* a turn that its key had is one that it had not */
	if (job->state == ADMISSION_RUNNING && m.turns[job->key] == job->next_turn) {
		m.turns[job->key] = job->turn;
		m.n_turns_back++;
		for (unsigned key = 0; key < KEYS; key++)
			m.passed_by[key][job->key] -= m.passed_by[key][job->key] > 0;
	}
	job->state = ADMISSION_QUEUED;
	job->is_removed = false;
	admission_return(m.real, &job->job, m.now_ns);
	m.has_returned = true;
	m.n_returned++;
}

static void step_return(void)
{
	struct model_job *job = random_below(2) == 0 ? any_job(ADMISSION_RUNNING) : any_job(ADMISSION_NOWHERE);

	if (job != NULL && (job->state == ADMISSION_RUNNING || job->is_removed))
		give_back(job);
}

static void all_positions(uint64_t positions[JOBS])
{
	for (size_t i = 0; i < JOBS; i++)
		positions[i] =
		        m.jobs[i].state == ADMISSION_QUEUED ? admission_position(m.real, &m.jobs[i].job) : UINT64_MAX;
}

/* In the opposite order: then all wait where they did. */
static void step_undo(void)
{
	uint64_t before[JOBS], after[JOBS];
	struct model_job *jobs[6];
	size_t n = 1 + random_below(LEN(jobs));

	all_positions(before);
	for (size_t i = 0; i < n; i++)
		jobs[i] = random_below(4) == 0 ? remove_one() : take();
	for (size_t i = n; i-- > 0;)
		if (jobs[i] != NULL) {
			give_back(jobs[i]);
			m.n_undone++;
		}
	all_positions(after);
	assert_memory_equal(before, after, sizeof(before));
}

static void step_position(void)
{
	const struct model_job *job = any_job(ADMISSION_QUEUED);

	if (job == NULL)
		return;
	assert_int_equal(admission_position(m.real, &job->job), model_position(job));
	m.n_positions++;
}

/* ---- what holds after each ---- */

static void check_counts(unsigned key)
{
	struct admission_counts wanted = {
	        count_jobs(key, ADMISSION_QUEUED),
	        count_bytes(key, ADMISSION_QUEUED),
	        count_jobs(key, ADMISSION_RESERVED),
	        count_bytes(key, ADMISSION_RESERVED),
	        count_jobs(key, ADMISSION_RUNNING),
	        0,
	        {0},
	};
	struct admission_counts counts =
	        key == ALL ? admission_counts(m.real, m.now_ns) : admission_key_counts(m.keys[key], m.now_ns);

	for (size_t i = 0; i < JOBS; i++)
		if (is_of(&m.jobs[i], key, ADMISSION_QUEUED) && m.now_ns - m.jobs[i].since_ns > wanted.oldest_ns)
			wanted.oldest_ns = m.now_ns - m.jobs[i].since_ns;
	memcpy(wanted.answers, m.answers[key], sizeof(wanted.answers));
	assert_memory_equal(&counts, &wanted, sizeof(wanted));
	assert_true(counts.running <= limits[key].running_max);
}

static bool is_within(unsigned key)
{
	return count_jobs(key, ADMISSION_QUEUED) + count_jobs(key, ADMISSION_RESERVED) <= limits[key].queued_max &&
	       count_bytes(key, ADMISSION_QUEUED) + count_bytes(key, ADMISSION_RESERVED) <= limits[key].bytes_max;
}

static void check_all(void)
{
	for (unsigned key = 0; key <= ALL; key++)
		check_counts(key);
	for (size_t i = 0; i < JOBS; i++)
		assert_int_equal(m.jobs[i].job.state, m.jobs[i].state);
	for (unsigned key = 0; key < KEYS; key++)
		if (!is_ready(key))
			memset(m.passed_by[key], 0, sizeof(m.passed_by[0]));
}

/* More than the bounds allow, as after a restart with a narrower configuration. */
static void put_back(void)
{
	for (unsigned i = 0; i < 60; i++) {
		struct model_job *job = &m.jobs[i];

		job->key = i % 3 == 0 ? 4 : 2;
		job->bytes = 20;
		job->priority = i % 10;
		model_queue(job, m.now_ns - (100 - i) * S);
		admission_put_back(m.real, m.keys[job->key], &job->job, job->bytes, job->priority, (100 - i) * S,
		                   m.now_ns);
		check_all();
	}
}

/* Some phases fill the queue, some empty it; time passes in bits of milliseconds, now and then in minutes. */
static void step(unsigned number)
{
	static void (*const busy[])(void) = {step_offer, step_offer, step_offer,  step_put,      step_put, step_put,
	                                     step_take,  step_end,   step_remove, step_position, step_undo};
	static void (*const calm[])(void) = {step_offer, step_put,  step_take,     step_take,   step_end,   step_end,
	                                     step_end,   step_take, step_position, step_remove, step_return};
	bool is_busy = number / 700 % 3 != 2;

	m.has_returned = false;
	if (random_below(3) == 0)
		pass_time(random_below(random_below(500) == 0 ? 200 * S : S / 4));
	(is_busy ? busy[random_below(LEN(busy))] : calm[random_below(LEN(calm))])();
}

static void test_model(void **state)
{
	unsigned n_within = 0;

	(void)state;
	m.seed = 5;
	m.now_ns = 1000 * S;
	m.real = admission_create(&limits[ALL], m.now_ns);
	assert_non_null(m.real);
	for (unsigned key = 0; key < KEYS; key++)
		assert_int_equal(admission_add_key(m.real, &limits[key], &rates[key], m.now_ns, &m.keys[key]), 0);
	put_back();
	for (unsigned i = 0; i < STEPS; i++) {
		bool was_within[KEYS + 1];

		for (unsigned key = 0; key <= ALL; key++)
			was_within[key] = is_within(key);
		step(i);
		check_all();
		for (unsigned key = 0; key <= ALL; key++)
			if (was_within[key] && !m.has_returned)
				assert_true(is_within(key));
		n_within += was_within[ALL];
	}
	/* none of it was idle talk */
	for (unsigned i = 0; i < ADMISSION_ANSWER_MAX; i++)
		assert_true(m.seen[i] > 200);
	assert_true(n_within > STEPS / 2 && m.n_waits > 1000 && m.n_taken > 5000 && m.n_positions > 5000);
	assert_true(m.n_returned > 5000 && m.n_undone > 5000 && m.n_turns_back > 1000);
	admission_destroy(m.real);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests_name("admission_model", tests, NULL, NULL);
}
