/*
 * How exactly sbx cuts and counts. Each test runs a target of known behaviour under `sbx run` some dozens of times and
 * compares the JSON report, or the clock, with what is known.
 */
#include "tests/bench/bench.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPTIONS_MAX 10
#define MANY_RUNS_MAX 20 /* each is two seconds of waiting */

/* One supervised run and what became of it. */
struct run {
	struct outcome outcome;
	char report[8192];
	char out[64]; /* the beginning of what the program printed */
};

/* `args` are options, then "--", then the program. Returns 0 or -errno. */
static int run_sbx(const struct place *place, const char *const *args, bool count_switches, struct run *run)
{
	const char *report = place_path(place, "report"), *out_path = place_path(place, "out");
	const char *argv[OPTIONS_MAX + 8] = {place->sbx, "run", "--format", "json", "--report", report};
	struct launch what = {.argv = argv, .err_fd = -1};
	int rc;

	for (size_t i = 0; args[i] != NULL && i < OPTIONS_MAX; i++)
		argv[6 + i] = args[i];
	unlink(report);
	what.out_fd = open(out_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (what.out_fd < 0)
		return -errno;
	rc = launch(&what, count_switches, &run->outcome);
	close(what.out_fd);
	if (rc == 0)
		rc = place_read(report, run->report, sizeof(run->report));
	if (rc > 0)
		rc = place_read(out_path, run->out, sizeof(run->out));
	return rc < 0 ? rc : 0;
}

static int64_t number(const struct run *run, const char *key)
{
	return report_number(run->report, key);
}

static bool has_verdict(const struct run *run, const char *verdict, const char *reason)
{
	return report_has_verdict(run->report, verdict, reason);
}

/* What a figure is when the run was not as it should have been. */
#define WRONG INT64_MIN

struct test {
	const char *key, *name;
	const char *args[OPTIONS_MAX];
	int64_t (*figure)(const struct place *place, const struct run *run);
	double scale; /* figures are divided by it */
	const char *unit;
	double budget;       /* of `budget_percent` */
	unsigned percentile; /* the one with the budget */
};

static int64_t cpu_overrun(const struct place *place, const struct run *run)
{
	(void)place;
	return has_verdict(run, "TLE", "\"cpu\"") ? number(run, "cpu_us") - 1000000 : WRONG;
}

static int64_t wall_overrun(const struct place *place, const struct run *run)
{
	(void)place;
	return has_verdict(run, "TLE", "\"wall\"") ? number(run, "wall_us") - 1000000 : WRONG;
}

/* In millionths of what the program's own clock showed, whichever way they differ. */
static int64_t cpu_error(const struct place *place, const struct run *run)
{
	int64_t own_ns = strtoll(run->out, NULL, 10), cpu_us = number(run, "cpu_us");

	(void)place;
	if (!has_verdict(run, "OK", "null") || own_ns <= 0 || cpu_us < 0)
		return WRONG;
	return llabs(cpu_us * 1000 - own_ns) * 1000 / (own_ns / 1000);
}

static int64_t memory_error(const struct place *place, const struct run *run)
{
	int64_t peak = number(run, "memory_peak_bytes");

	(void)place;
	return has_verdict(run, "OK", "null") && peak >= 0 ? llabs(peak - (100LL << 20)) : WRONG;
}

/* Of the sleepers; the kernel keeps 15 characters. */
static const char *process_name(const struct place *place)
{
	return place->cgroup + sizeof("sbx-") - 1;
}

/* Processes of this name that are left. */
static int survivors(const char *name)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char path[300], comm[32], line[34];
	int n = 0;

	snprintf(line, sizeof(line), "%s\n", name);
	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		if (place_read(path, comm, sizeof(comm)) > 0 && strcmp(comm, line) == 0)
			n++;
	}
	if (proc != NULL)
		closedir(proc);
	return n;
}

/*
 * From the wall limit to the launcher's end, in microseconds. The launcher's own start, before it begins to build, is
 * in it too, about half a millisecond.
 */
static int64_t gone_after(const struct place *place, const struct run *run)
{
	int64_t setup_us = number(run, "setup_us");

	if (!has_verdict(run, "TLE", "\"wall\"") || setup_us < 0 || strcmp(run->out, "all there\n") != 0 ||
	    survivors(place->cgroup) != 0)
		return WRONG;
	return (run->outcome.end_ns - run->outcome.begin_ns) / 1000 - setup_us - 2000000;
}

static void take_figures(const struct test *test, struct samples *samples)
{
	char key[96], name[160];
	static const unsigned percents[] = {50, 99, 100};

	for (size_t i = 0; i < 3; i++) {
		bool bound = percents[i] == test->percentile;
		snprintf(key, sizeof(key), "%s_%s", test->key,
		         percents[i] == 50   ? "p50"
		         : percents[i] == 99 ? "p99"
		                             : "max");
		snprintf(name, sizeof(name), "%s, %s", test->name,
		         percents[i] == 50   ? "p50"
		         : percents[i] == 99 ? "p99"
		                             : "max");
		show_figure(key, name, (double)samples_percentile(samples, percents[i]) / test->scale, test->unit,
		            bound ? AT_MOST : NO_BOUND, test->budget);
	}
}

static void do_test(const struct place *place, const struct test *test, unsigned runs)
{
	struct samples samples = {0};
	static struct run run;

	show_progress(test->name);
	for (unsigned i = 0; i < runs; i++) {
		int rc = run_sbx(place, test->args, false, &run);
		int64_t figure = rc < 0 ? WRONG : test->figure(place, &run);
		if (figure == WRONG) {
			run.report[240] = '\0';
			show_failure(test->key, rc < 0 ? strerror(-rc) : run.report);
			break;
		}
		samples_add(&samples, figure);
	}
	if (samples.n == runs)
		take_figures(test, &samples);
	samples_finish(&samples);
}

/* For the figure above: what the kernel alone takes. */
static void measure_floor(const struct place *place, unsigned runs)
{
	struct samples samples = {0};

	show_progress("512 processes without sbx");
	for (unsigned i = 0; i < runs; i++) {
		int64_t us;
		int rc = many_floor_us(process_name(place), &us);
		if (rc < 0) {
			show_failure("gone_after_floor", strerror(-rc));
			break;
		}
		samples_add(&samples, us);
	}
	if (samples.n == runs)
		show_figure("gone_after_floor", "512 processes, kill to end, the kernel alone, p50",
		            (double)samples_percentile(&samples, 50) / 1000, "ms", NO_BOUND, 0);
	samples_finish(&samples);
}

/* What an idle program costs its supervisor: the launcher's voluntary switches beside those of an immediate program. */
static void measure_wakeups(const struct place *place, unsigned runs)
{
	static const char *const idle[] = {"--", "./idle", "3", NULL}, *const nop[] = {"--", "./nop", NULL};
	struct samples samples = {0};
	static struct run run;

	show_progress("wake-ups for an idle program");
	for (unsigned i = 0; i < runs; i++) {
		int64_t with;
		int rc = run_sbx(place, idle, true, &run);
		with = run.outcome.voluntary_switches;
		if (rc == 0)
			rc = run_sbx(place, nop, true, &run);
		if (rc < 0 || with < 0 || run.outcome.voluntary_switches < 0) {
			show_failure("idle_wakeups", rc < 0 ? strerror(-rc) : "the switches cannot be read");
			samples_finish(&samples);
			return;
		}
		samples_add(&samples, with - run.outcome.voluntary_switches);
	}
	show_figure("idle_wakeups_max", "wake-ups for a program that sleeps 3 s, max",
	            (double)samples_percentile(&samples, 100), "", AT_MOST, 10);
	samples_finish(&samples);
}

void exact_measure(const struct place *place, const struct options *options)
{
	struct stat touch = {0};
	stat("touch", &touch);
	const struct test tests[] = {
	        {"cpu_overrun",
	         "CPU limit of 1 s, overrun",
	         {"-t", "1", "-w", "20", "--", "./spin"},
	         cpu_overrun,
	         1000,
	         "ms",
	         5,
	         99},
	        {"wall_overrun",
	         "wall limit of 1 s, overrun",
	         {"-t", "10", "-w", "1", "--", "./idle", "9"},
	         wall_overrun,
	         1000,
	         "ms",
	         5,
	         99},
	        {"cpu_error",
	         "CPU time of a loop of 0.5 s, error",
	         {"--", "./burn", "500"},
	         cpu_error,
	         1e4,
	         "%",
	         1,
	         99},
	        /* the target is static: its libc is part of it */
	        {"memory_error",
	         "memory of 100 MiB touched, error",
	         {"--", "./touch", "100"},
	         memory_error,
	         1 << 20,
	         "MiB",
	         1 + (double)touch.st_size / (1 << 20),
	         99},
	        /* the limit leaves a busy machine the time to make them all */
	        {"gone_after",
	         "512 processes, limit to launcher's end",
	         {"-t", "10", "-w", "2", "-p", "520", "--", "./sleepers", "512", process_name(place)},
	         gone_after,
	         1000,
	         "ms",
	         100,
	         99},
	};

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		bool many = tests[i].figure == gone_after;
		do_test(place, &tests[i], many && options->runs > MANY_RUNS_MAX ? MANY_RUNS_MAX : options->runs);
	}
	measure_floor(place, options->runs < MANY_RUNS_MAX ? options->runs : MANY_RUNS_MAX);
	measure_wakeups(place, options->runs < 5 ? options->runs : 5);
}
