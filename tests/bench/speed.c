/*
 * What a launch costs. The contenders take turns, each round beginning with another one, so that whatever else the
 * machine does hits all alike and a ratio within one run means something where an absolute figure does not.
 */
#include "tests/bench/bench.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

const unsigned widths[N_WIDTHS] = {1, 2, 8};

static void measure_one(struct speed *speed, enum pace pace, enum contender who)
{
	struct contender_info *c = &contenders[who];
	struct outcome outcome;
	int rc;

	if (c->missing != NULL)
		return;
	rc = launch(&c->launch, false, &outcome);
	if (rc < 0 || outcome.status != 0) {
		c->missing = rc < 0 ? strerror(-rc) : "a launch failed in the middle of the measurement";
		show_failure(c->key, c->missing);
		return;
	}
	samples_add(&speed->ns[pace][who], outcome.end_ns - outcome.begin_ns);
	if (outcome.rss_kib > speed->rss_kib[who])
		speed->rss_kib[who] = outcome.rss_kib;
}

/* The microseconds of a step in what --debug prints; -1 when it is not there. */
static int64_t step_us(const char *trace, const char *step)
{
	char line_start[32];
	const char *at;
	int64_t us;

	snprintf(line_start, sizeof(line_start), "debug: %s ", step);
	at = strstr(trace, line_start);
	return at != NULL && sscanf(at + strlen(line_start), "%ld us", &us) == 1 ? us : -1;
}

static void measure_steps(struct speed *speed, const struct place *place)
{
	const char *const argv[] = {place->sbx, "run", "--debug", "--", "./nop", NULL};
	const char *path = place_path(place, "trace");
	struct launch what = {.argv = argv, .out_fd = -1};
	struct outcome outcome;
	char text[8192];
	int64_t cgroup_us = -1, enter_us = -1;
	FILE *trace = fopen(path, "we");

	if (trace == NULL)
		return;
	what.err_fd = fileno(trace);
	if (launch(&what, false, &outcome) == 0 && outcome.status == 0 && place_read(path, text, sizeof(text)) > 0) {
		cgroup_us = step_us(text, "cgroup");
		enter_us = step_us(text, "enter");
	}
	fclose(trace);
	if (cgroup_us >= 0)
		samples_add(&speed->cgroup_us, cgroup_us);
	if (enter_us >= 0)
		samples_add(&speed->enter_us, enter_us);
}

static void measure_launches(struct speed *speed, const struct place *place, const struct options *options)
{
	show_progress("launches, back to back");
	for (unsigned round = 0; round < options->rounds; round++)
		for (unsigned i = 0; i < CONTENDER_MAX; i++)
			measure_one(speed, BACK_TO_BACK, (enum contender)((round + i) % CONTENDER_MAX));
	show_progress("launches, with pauses");
	for (unsigned round = 0; round < options->paused_rounds; round++) {
		for (unsigned i = 0; i < CONTENDER_MAX; i++) {
			enum contender who = (enum contender)((round + i) % CONTENDER_MAX);
			if (contenders[who].missing == NULL)
				pause_ms(options->pause_ms);
			measure_one(speed, PAUSED, who);
		}
		pause_ms(options->pause_ms);
		measure_steps(speed, place);
	}
}

/* A launcher among several: counts what it starts until the time is over. */
static _Noreturn void keep_launching(const struct contender_info *c, int64_t until_ns, unsigned *count)
{
	struct outcome outcome;

	while (now_ns() < until_ns) {
		if (launch(&c->launch, false, &outcome) < 0 || outcome.status != 0)
			_exit(1);
		(*count)++;
	}
	_exit(0);
}

/* Launches a second, or a negative number when one failed. */
static double throughput(const struct contender_info *c, unsigned width, unsigned ms, unsigned *counts)
{
	int64_t begin_ns = now_ns(), until_ns = begin_ns + ms * 1000000LL;
	unsigned sum = 0;
	bool failed = false;
	int status;

	memset(counts, 0, width * sizeof(counts[0]));
	for (unsigned i = 0; i < width; i++) {
		pid_t pid = fork();
		if (pid == 0)
			keep_launching(c, until_ns, &counts[i]);
		failed = failed || pid < 0;
	}
	while (wait(&status) > 0 || errno == EINTR)
		failed = failed || status != 0;
	for (unsigned i = 0; i < width; i++)
		sum += counts[i];
	return failed ? -1 : sum * 1e9 / (double)(now_ns() - begin_ns);
}

/* crun is left out: two of the same bundle at once would be the same container. */
static const enum contender in_parallel[] = {BARE, NAMESPACES, BWRAP, SBX};

static void measure_throughput(struct speed *speed, const struct options *options)
{
	unsigned *counts =
	        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); /* with the launchers */

	if (counts == MAP_FAILED) {
		show_failure("throughput", strerror(errno));
		return;
	}
	show_progress("launches a second");
	for (unsigned turn = 0; turn < 2; turn++)
		for (unsigned w = 0; w < N_WIDTHS; w++)
			for (size_t i = 0; i < sizeof(in_parallel) / sizeof(in_parallel[0]); i++) {
				struct contender_info *c = &contenders[in_parallel[i]];
				double rate;
				if (c->missing != NULL)
					continue;
				rate = throughput(c, widths[w], options->second_ms, counts);
				if (rate < 0) {
					c->missing = "a launch failed with others in parallel";
					show_failure(c->key, c->missing);
					continue;
				}
				speed->per_second[in_parallel[i]][w] += rate / 2;
			}
	munmap(counts, 4096);
}

void speed_measure(struct speed *speed, const struct place *place, const struct options *options)
{
	measure_launches(speed, place, options);
	measure_throughput(speed, options);
}
