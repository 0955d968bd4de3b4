/*
 * The benchmark's main: `bench BUILD-FOLDER`, called by make bench from the root of the source, as root. Prints a
 * table, writes bench.json into the build folder, and exits 0 when all could be measured, whether or not it is within
 * budget: a machine that others use too must not fail a build.
 *
 * From the environment: BENCH_ROUNDS (250), BENCH_PAUSED_ROUNDS (100), BENCH_PAUSE_MS (40), BENCH_SECOND_MS (1000),
 * BENCH_RUNS (50); BENCH_QUICK=1 makes all of them small; BENCH_JUDGE_TESTS (1000) is the size of a job;
 * BENCH_BURST (1000) are the clients of a service, BENCH_SERVE_ROUNDS (7) and BENCH_SERVE_JOBS (60) of its throughput;
 * BENCH_ONLY=speed, exact, judge or serve does a part of it.
 */
#include "tests/bench/bench.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned setting(const char *name, unsigned otherwise)
{
	const char *text = getenv(name);
	unsigned long value = text == NULL ? 0 : strtoul(text, NULL, 10);

	return value == 0 || value > 1000000 ? otherwise : (unsigned)value;
}

static bool wanted(const char *part)
{
	const char *only = getenv("BENCH_ONLY");

	return only == NULL || only[0] == '\0' || strcmp(only, part) == 0;
}

/* By the speed part, or, without it, by a few launches. */
static double bare_us(struct speed *speed, const struct options *options)
{
	struct samples *samples = &speed->ns[BACK_TO_BACK][BARE];
	struct outcome outcome;

	for (unsigned i = (unsigned)samples->n; i < options->rounds; i++)
		if (launch(&contenders[BARE].launch, false, &outcome) == 0)
			samples_add(samples, outcome.end_ns - outcome.begin_ns);
	return (double)samples_percentile(samples, 50) / 1000;
}

int main(int argc, char **argv)
{
	bool quick = setting("BENCH_QUICK", 0) != 0;
	const struct options options = {
	        .rounds = setting("BENCH_ROUNDS", quick ? 50 : 250),
	        .paused_rounds = setting("BENCH_PAUSED_ROUNDS", quick ? 10 : 100),
	        .pause_ms = setting("BENCH_PAUSE_MS", 40),
	        .second_ms = setting("BENCH_SECOND_MS", quick ? 200 : 1000),
	        .judge_tests = setting("BENCH_JUDGE_TESTS", quick ? 100 : 1000),
	        .burst = setting("BENCH_BURST", quick ? 100 : 1000),
	        .serve_rounds = setting("BENCH_SERVE_ROUNDS", quick ? 2 : 7),
	        .serve_jobs = setting("BENCH_SERVE_JOBS", quick ? 20 : 60),
	        .runs = setting("BENCH_RUNS", quick ? 5 : 50),
	};
	static struct place place;
	static struct speed speed;
	char json[4200];
	const char *what;
	int rc;

	if (argc != 2) {
		fputs("usage: bench BUILD-FOLDER\n", stderr);
		return 2;
	}
	rc = place_init(&place, argv[1], &what);
	if (rc < 0) {
		fprintf(stderr, "bench: cannot %s: %s\n", what, strerror(-rc));
		return 1;
	}
	contenders_init(&place);
	if (wanted("speed"))
		speed_measure(&speed, &place, &options);
	if (wanted("exact"))
		exact_measure(&place, &options);
	if (wanted("judge"))
		judge_measure(&place, &options, bare_us(&speed, &options));
	if (wanted("serve"))
		serve_measure(&place, &options);
	snprintf(json, sizeof(json), "%s/bench.json", place.build);
	rc = show_all(&speed, &options, json);
	place_finish(&place);
	return rc;
}
