/*
 * What a test costs inside `sbx judge`. A job is timed as a whole, at two sizes, and the difference divided by the
 * tests between them: so compiling and starting cancel out. Beside it, the same tests by a loop of posix_spawn with
 * pipes and a comparison, and by bubblewrap under xargs -P.
 */
#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOTS "2"
#define WORKERS 2
#define FEW 10

/* Folders with the first `n` tests, made once: their names say how many. */
static const char *tests_dir(const struct place *place, unsigned n)
{
	char name[32];

	snprintf(name, sizeof(name), "tests-%u", n);
	return place_path(place, name);
}

static int write_file(const char *dir, unsigned i, const char *ending, unsigned value)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%u%s", dir, i, ending);
	file = fopen(path, "we");
	if (file == NULL)
		return -errno;
	fprintf(file, "%u\n", value);
	return fclose(file) == 0 ? 0 : -EIO;
}

static int make_tests(const struct place *place, unsigned n)
{
	const char *dir = tests_dir(place, n);
	int rc = mkdir(dir, 0755) < 0 ? -errno : 0;

	for (unsigned i = 0; i < n && rc == 0; i++) {
		rc = write_file(dir, i, ".in", i);
		if (rc == 0)
			rc = write_file(dir, i, ".ans", i);
	}
	return rc == -EEXIST ? 0 : rc;
}

static int64_t watch_memory(pid_t pid)
{
	siginfo_t info = {0};
	int64_t most = 0, kib;

	while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0 &&
	       (kib = launch_peak_kib(pid)) >= 0) {
		if (kib > most)
			most = kib;
		pause_ms(5);
	}
	return most;
}

/* Nanoseconds of a job of `n` tests, or -1. */
static int64_t job_ns(const struct place *place, const char *source, const char *slots, unsigned n, int64_t *ret_kib)
{
	char path[4300];
	const char *argv[] = {place->sbx, "judge",    "-j",   slots,     "--keep-output",
	                      "0",        "--format", "json", "--tests", tests_dir(place, n),
	                      "--",       path,       NULL};
	struct launch what = {.argv = argv, .out_fd = -1, .err_fd = -1};
	int64_t begin_ns = now_ns(), kib = 0;
	int status;
	pid_t pid;

	snprintf(path, sizeof(path), "%s/tests/bench/targets/%s", place->source, source);
	if (launch_start(&what, &pid) < 0)
		return -1;
	if (ret_kib != NULL)
		kib = watch_memory(pid);
	if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) > 1)
		return -1;
	if (ret_kib != NULL && kib > *ret_kib)
		*ret_kib = kib;
	return now_ns() - begin_ns;
}

/* ---- the loop without a sandbox ---- */

static int spawn(const char *const argv[], int in_fd, int out_fd, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&actions, in_fd, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&actions, out_fd, 1);
	if (rc == 0)
		rc = posix_spawn(ret_pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, NULL);
	return -rc;
}

static bool one_test(const char *dir, unsigned i)
{
	static const char *const argv[] = {"./ms", NULL};
	char path[512], got[64], wanted[64];
	int p[2], in_fd, status, len;
	ssize_t n, filled = 0;
	pid_t pid;

	snprintf(path, sizeof(path), "%s/%u.in", dir, i);
	in_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (in_fd < 0 || pipe2(p, O_CLOEXEC) < 0 || spawn(argv, in_fd, p[1], &pid) < 0)
		return false;
	close(in_fd);
	close(p[1]);
	while ((n = read(p[0], got + filled, sizeof(got) - (size_t)filled)) > 0)
		filled += n;
	close(p[0]);
	snprintf(path, sizeof(path), "%s/%u.ans", dir, i);
	len = place_read(path, wanted, sizeof(wanted));
	return waitpid(pid, &status, 0) == pid && status == 0 && len == filled &&
	       memcmp(got, wanted, (size_t)filled) == 0;
}

static int64_t loop_ns(const struct place *place, unsigned n)
{
	const char *dir = tests_dir(place, n);
	int64_t begin_ns = now_ns();
	bool good = true;
	int status;

	for (unsigned worker = 0; worker < WORKERS; worker++) {
		pid_t pid = fork();
		if (pid != 0)
			continue;
		for (unsigned i = worker; i < n && good; i += WORKERS)
			good = one_test(dir, i);
		_exit(good ? 0 : 1);
	}
	for (unsigned worker = 0; worker < WORKERS; worker++)
		good = wait(&status) > 0 && status == 0 && good;
	return good ? now_ns() - begin_ns : -1;
}

static int64_t bwrap_ns(const struct place *place, unsigned n)
{
	char script[6000];
	const char *const argv[] = {"/bin/sh", "-c", script, NULL};
	const struct launch what = {.argv = argv, .out_fd = -1, .err_fd = -1};
	struct outcome outcome;

	/* the targets are in the working directory */
	snprintf(script, sizeof(script),
	         "export MS=$PWD/ms; cd %s && ls | grep in$ | xargs -P %d -I F sh -c "
	         "'bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev $MS <F | cmp -s - $(basename F .in).ans'",
	         tests_dir(place, n), WORKERS);
	if (launch(&what, false, &outcome) < 0 || outcome.status != 0)
		return -1;
	return outcome.end_ns - outcome.begin_ns;
}

/* ---- what a report says ---- */

/* Each number behind `key`, which is given as `"name":`. 0 or -errno. */
static int read_values(const char *path, const char *key, struct samples *samples)
{
	FILE *file = fopen(path, "re");
	size_t at = 0;
	int c;

	if (file == NULL)
		return -errno;
	while ((c = fgetc(file)) != EOF) {
		int64_t value;

		at = c == key[at] ? at + 1 : c == key[0];
		if (key[at] != '\0')
			continue;
		at = 0;
		if (fscanf(file, "%" SCNd64, &value) == 1)
			samples_add(samples, value);
	}
	fclose(file);
	return 0;
}

/* Runs a job with a report at `path`. Its time from start to end, or -1. */
static int64_t reported_job_ns(const struct place *place, const char *source, const char *slots, unsigned n,
                               const char *path)
{
	char program[4300];
	const char *const argv[] = {place->sbx, "judge",    "-j",       slots,     "--keep-output",
	                            "0",        "--format", "json",     "--tests", tests_dir(place, n),
	                            "--report", path,       "--reruns", "0",       "--",
	                            program,    NULL};
	const struct launch what = {.argv = argv, .out_fd = -1, .err_fd = -1};
	struct outcome outcome;

	snprintf(program, sizeof(program), "%s/tests/bench/targets/%s", place->source, source);
	if (launch(&what, false, &outcome) < 0 || !WIFEXITED(outcome.status) || WEXITSTATUS(outcome.status) > 1)
		return -1;
	return outcome.end_ns - outcome.begin_ns;
}

/* Microseconds of a job that are neither the compiler's nor a test's, from the start of their boxes to the end. */
static int64_t overhead_us(const struct place *place, const char *path)
{
	static const char *const keys[] = {"\"setup_us\":", "\"wall_us\":", "\"teardown_us\":"};
	int64_t ns = reported_job_ns(place, "nop.c", "1", FEW, path), us = ns / 1000;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && ns >= 0; i++) {
		struct samples samples = {0};

		if (read_values(path, keys[i], &samples) < 0 || samples.n != FEW + 1)
			ns = -1;
		for (size_t k = 0; k < samples.n; k++)
			us -= samples.values[k];
		samples_finish(&samples);
	}
	return ns < 0 ? -1 : us;
}

/* Of the tests' CPU times, microseconds, or -1. */
static int64_t cpu_p50_us(const struct place *place, const char *slots, unsigned n, const char *path)
{
	struct samples samples = {0};
	int64_t p50 = -1;

	if (reported_job_ns(place, "ms.c", slots, n, path) >= 0 && read_values(path, "\"cpu_us\":", &samples) == 0)
		p50 = samples_percentile(&samples, 50); /* the compiler's is one of many */
	samples_finish(&samples);
	return p50;
}

/* ---- figures ---- */

static double per_test_us(int64_t many_ns, int64_t few_ns, unsigned many, unsigned few)
{
	return many_ns < 0 || few_ns < 0 ? -1 : (double)(many_ns - few_ns) / 1000 / (many - few);
}

/* The best of three: what a machine that others use adds is never below nothing. */
static int64_t best_job_ns(const struct place *place, const char *source, const char *slots, unsigned n)
{
	int64_t best = -1;

	for (int i = 0; i < 3; i++) {
		int64_t ns = job_ns(place, source, slots, n, NULL);
		if (ns >= 0 && (best < 0 || ns < best))
			best = ns;
	}
	return best;
}

static void measure_nothing(const struct place *place, unsigned many, double bare_us)
{
	double one, two;

	show_progress("sbx judge, tests that do nothing");
	two = per_test_us(best_job_ns(place, "nop.c", SLOTS, many), best_job_ns(place, "nop.c", SLOTS, FEW), many, FEW);
	one = per_test_us(best_job_ns(place, "nop.c", "1", many), best_job_ns(place, "nop.c", "1", FEW), many, FEW);
	if (one <= 0 || two <= 0) {
		show_failure("judge", "a job failed");
		return;
	}
	show_figure("judge_per_second", "sbx judge, do-nothing tests a second, 2 slots", 1e6 / two, "/s", AT_LEAST,
	            1500);
	show_figure("judge_to_bare", "sbx judge, a test on one slot / posix_spawn", one / bare_us, "x", AT_MOST, 2.5);
}

static void measure_work(const struct place *place, unsigned many)
{
	int64_t loop, bwrap;
	double job;

	show_progress("sbx judge, tests of a millisecond");
	loop = loop_ns(place, many);
	job = per_test_us(best_job_ns(place, "ms.c", SLOTS, many), best_job_ns(place, "ms.c", SLOTS, FEW), many, FEW);
	bwrap = bwrap_ns(place, many);
	if (loop < 0 || job <= 0) {
		show_failure("judge_to_loop", "a job or the loop failed");
		return;
	}
	show_figure("judge_to_loop", "sbx judge / loop of posix_spawn, tests of 1 ms, throughput",
	            (double)loop / 1000 / many / job, "x", AT_LEAST, 0.5);
	if (bwrap < 0)
		show_failure("judge_to_bubblewrap", "xargs with bwrap failed");
	else
		show_figure("judge_to_bubblewrap", "sbx judge / bubblewrap under xargs -P, the same",
		            (double)bwrap / 1000 / many / job, "x", AT_LEAST, 5);
}

/* From ten to `sizes`' last: the time of a test, and the judge's memory at the largest. */
static void measure_sizes(const struct place *place, unsigned n_sizes)
{
	static const unsigned sizes[] = {10, 100, 1000, 10000};
	int64_t ns[4], kib = 0;
	double least = 0, most = 0;

	show_progress("sbx judge, jobs of all sizes");
	for (unsigned i = 0; i < n_sizes; i++) {
		if (make_tests(place, sizes[i]) < 0)
			return show_failure("judge_flat", "the tests cannot be written");
		ns[i] = job_ns(place, "nop.c", SLOTS, sizes[i], &kib);
		if (ns[i] < 0)
			return show_failure("judge_flat", "a job failed");
		if (i < 2) /* compiling is most of a job of ten */
			continue;
		least = per_test_us(ns[i], ns[i - 1], sizes[i], sizes[i - 1]);
		if (least > most)
			most = least;
	}
	least = per_test_us(ns[1], ns[0], sizes[1], sizes[0]);
	show_figure("judge_flat", "sbx judge, a test in the largest job / in one of 100", most / least, "x", AT_MOST,
	            1.1);
	show_figure("judge_rss", "sbx judge, memory in the largest job", (double)kib / 1024, "MiB", AT_MOST, 32);
}

static void measure_overhead(const struct place *place, unsigned runs)
{
	char path[300];
	struct samples samples = {0};

	snprintf(path, sizeof(path), "%s/report", place->dir);
	show_progress("sbx judge, what a job costs beside its boxes");
	for (unsigned i = 0; i < runs; i++) {
		int64_t us = overhead_us(place, path);
		if (us >= 0)
			samples_add(&samples, us);
	}
	if (samples.n < runs)
		show_failure("judge_overhead", "a job failed");
	else
		show_figure("judge_overhead", "sbx judge, a job of ten tests beside its boxes",
		            (double)samples_percentile(&samples, 50) / 1000, "ms", AT_MOST, 10);
	samples_finish(&samples);
}

/* How far a program's CPU time depends on how many run at once: the larger over the smaller, of medians. */
static void measure_neighbours(const struct place *place, unsigned many)
{
	char path[300];
	struct samples ratios = {0};

	snprintf(path, sizeof(path), "%s/report", place->dir);
	show_progress("sbx judge, CPU time of tests beside others");
	for (int i = 0; i < 5; i++) {
		int64_t one = cpu_p50_us(place, "1", many, path), all = cpu_p50_us(place, SLOTS, many, path);

		if (one > 0 && all > 0)
			samples_add(&ratios, one > all ? one * 1000 / all : all * 1000 / one);
	}
	if (ratios.n == 0)
		show_failure("judge_neighbours", "a job failed");
	else
		show_figure("judge_neighbours", "sbx judge, CPU time of a test of 1 ms (p50), all slots against one",
		            (double)samples_percentile(&ratios, 50) / 1000, "x", AT_MOST, 1.05);
	samples_finish(&ratios);
}

void judge_measure(const struct place *place, const struct options *options, double bare_us)
{
	unsigned many = options->judge_tests;

	if (make_tests(place, FEW) < 0 || make_tests(place, many) < 0 ||
	    make_tests(place, many < 200 ? many : 200) < 0) {
		show_failure("judge", "the tests cannot be written");
		return;
	}
	measure_nothing(place, many, bare_us);
	measure_work(place, many);
	measure_sizes(place, many < 1000 ? 3 : 4);
	measure_overhead(place, options->runs < 20 ? options->runs : 20);
	measure_neighbours(place, many < 200 ? many : 200);
}
