/*
 * The soak's main: `soak BUILD-FOLDER [RUNS]`, called by make soak as root. RUNS (2000) is rounded up to whole
 * thousands, at least two, each of which has the same runs in another order, the same each time. Before the host is
 * looked at all launchers end, so that what is there then is a leak; in the thousands that are shown at the end, the
 * first, the middle and the last, the host's page cache is dropped as well. Prints a line for each thousand, wrong runs
 * with their reports, and two tables; writes soak.tsv, all that was counted, into the build folder; exits 0 when no run
 * was wrong and all is flat.
 */
#include "tests/bench/soak.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEATS_MAX 256
#define PER_CORE 4
#define KILL_WITHIN_MS 80
/* How long a box may outlive its launcher. */
#define GONE_WITHIN_NS 1000000000LL
#define ORPHANS_MAX 1024
#define ORPHANS_PAUSE_MS 2
#define REPORTS_SHOWN_MAX 5 /* of each kind */
#define KINDS_MAX 64

/* A place for one launcher, and what it writes. */
struct seat {
	pid_t pid; /* 0: free */
	int pidfd, out_fd, report_fd;
	unsigned long number;
	const struct kind *kind;
	int64_t kill_at_ns; /* 0: not */
	char dir[300];      /* the program's own, when it has one */
};

/* A child of a launcher that was killed, and so ours: its init, whose end is the box's. */
struct orphan {
	pid_t pid;
	int64_t since_ns;
	unsigned long number;
	const struct kind *kind;
};

struct soak {
	struct place place;
	char program[4300];
	struct seat seats[SEATS_MAX];
	unsigned width;
	struct orphan orphans[ORPHANS_MAX];
	unsigned n_orphans;
	unsigned long wrong, wrong_by_kind[KINDS_MAX], done_by_kind[KINDS_MAX];
	int64_t launcher_kib, half_wall_us; /* the most of this thousand */
	struct rows rows;
};

static void complain(struct soak *soak, const struct kind *kind, unsigned long number, const char *what,
                     const char *report)
{
	soak->wrong++;
	printf("run %lu, %s: %s\n", number, kind->name, what);
	if (soak->wrong_by_kind[kind - kinds]++ < REPORTS_SHOWN_MAX)
		printf("%s\n", report);
	fflush(stdout);
}

/* ---- one run ---- */

/* Returns static memory. */
static const char *const *make_argv(const struct soak *soak, const struct seat *seat)
{
	static const char *argv[32];
	static char arg[24], bind[4400];
	const struct kind *kind = seat->kind;
	const char *const head[] = {soak->place.sbx, "run", "--format", "json", "--stderr", "/dev/null"};
	const char *const own[] = {"--bind",  bind,         "--box",
	                           seat->dir, "--box-mode", kind->box == BOX_OWN_RW ? "rw" : "cow"};
	size_t n = sizeof(head) / sizeof(head[0]);

	memcpy(argv, head, sizeof(head));
	for (size_t i = 0; i < KIND_OPTIONS_MAX && kind->options[i] != NULL; i++)
		argv[n++] = kind->options[i];
	if (kind->box != BOX_SHARED) {
		snprintf(bind, sizeof(bind), "%s:/soak_program", soak->program);
		memcpy(argv + n, own, sizeof(own));
		n += sizeof(own) / sizeof(own[0]);
	}
	snprintf(arg, sizeof(arg), "%ld", kinds_arg(seat->number));
	argv[n++] = "--";
	argv[n++] = kind->box == BOX_SHARED ? "./soak_program" : "/soak_program";
	argv[n++] = kind->mode;
	argv[n++] = kind->arg == NULL ? arg : kind->arg;
	argv[n] = NULL;
	return argv;
}

static int empty(int fd)
{
	return ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

static int start(struct soak *soak, struct seat *seat, const struct kind *kind, unsigned long number)
{
	struct launch what = {.out_fd = seat->out_fd, .err_fd = seat->report_fd};
	int rc = empty(seat->out_fd);

	seat->number = number;
	seat->kind = kind;
	if (rc == 0)
		rc = empty(seat->report_fd);
	/* the program's id is not ours */
	if (rc == 0 && kind->box != BOX_SHARED && (mkdir(seat->dir, 0700) < 0 || chmod(seat->dir, 0777) < 0))
		rc = -errno;
	what.argv = make_argv(soak, seat);
	if (rc == 0)
		rc = launch_start(&what, &seat->pid);
	if (rc < 0) {
		seat->pid = 0;
		return rc;
	}
	seat->pidfd = (int)syscall(SYS_pidfd_open, seat->pid, 0);
	seat->kill_at_ns =
	        kind->launcher_dies ? now_ns() + (int64_t)(kinds_random(number) % KILL_WITHIN_MS) * 1000000 : 0;
	return seat->pidfd < 0 ? -errno : 0;
}

static void read_back(int fd, char *buf, size_t size)
{
	ssize_t n = pread(fd, buf, size - 1, 0);

	buf[n < 0 ? 0 : n] = '\0';
}

/* Waits for the launcher, which is about to end or has, and judges the run. */
static void finish(struct soak *soak, struct seat *seat)
{
	static char report[8192], out[128];
	struct finished finished = {.kind = seat->kind, .arg = kinds_arg(seat->number), .report = report, .out = out};
	struct rusage usage;
	struct stat st;
	const char *wrong;

	if (wait4(seat->pid, &finished.status, 0, &usage) != seat->pid || fstat(seat->out_fd, &st) < 0)
		abort();
	close(seat->pidfd);
	seat->pid = 0;
	read_back(seat->report_fd, report, sizeof(report));
	read_back(seat->out_fd, out, sizeof(out));
	finished.out_bytes = st.st_size;
	finished.dir = seat->kind->box == BOX_SHARED ? NULL : seat->dir;
	soak->done_by_kind[seat->kind - kinds]++;
	wrong = kinds_judge(&finished);
	if (wrong != NULL)
		complain(soak, seat->kind, seat->number, wrong, report);
	if (seat->kind->small && usage.ru_maxrss > soak->launcher_kib)
		soak->launcher_kib = usage.ru_maxrss;
	if (strcmp(seat->kind->mode, "burn") == 0 && report_number(report, "wall_us") > soak->half_wall_us)
		soak->half_wall_us = report_number(report, "wall_us");
	if (finished.dir != NULL)
		place_remove(seat->dir);
}

/* ---- killed launchers ---- */

/* Kills it, and remembers its children. One that it makes in between counts as a process that is left. */
static void kill_launcher(struct soak *soak, struct seat *seat)
{
	char path[64], text[256], *at = text, *end;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)seat->pid, (int)seat->pid);
	if (place_read(path, text, sizeof(text)) < 0)
		text[0] = '\0';
	kill(seat->pid, SIGKILL);
	seat->kill_at_ns = 0;
	for (long pid = strtol(at, &end, 10); end != at && soak->n_orphans < ORPHANS_MAX; pid = strtol(at, &end, 10)) {
		soak->orphans[soak->n_orphans++] = (struct orphan){(pid_t)pid, now_ns(), seat->number, seat->kind};
		at = end;
	}
}

static void watch_orphans(struct soak *soak)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < soak->n_orphans; i++) {
		struct orphan *orphan = &soak->orphans[i];
		/* as long as it is the launcher's it cannot be waited for */
		bool gone = waitpid(orphan->pid, NULL, WNOHANG) == orphan->pid ||
		            (kill(orphan->pid, 0) < 0 && errno == ESRCH);
		bool late = now_ns() - orphan->since_ns > GONE_WITHIN_NS;
		if (!gone && late)
			complain(soak, orphan->kind, orphan->number, "the box outlives its launcher by a second", "");
		if (!gone && !late)
			soak->orphans[kept++] = *orphan;
	}
	soak->n_orphans = kept;
}

/* ---- many runs ---- */

static struct seat *free_seat(struct soak *soak)
{
	for (unsigned i = 0; i < soak->width; i++)
		if (soak->seats[i].pid == 0)
			return &soak->seats[i];
	return NULL;
}

/* Waits until something can be done, and does it. */
static void turn(struct soak *soak)
{
	struct pollfd fds[SEATS_MAX];
	int64_t now = now_ns(), next_ms = soak->n_orphans > 0 ? ORPHANS_PAUSE_MS : -1;

	for (unsigned i = 0; i < soak->width; i++) {
		struct seat *seat = &soak->seats[i];
		int64_t left_ms = (seat->kill_at_ns - now) / 1000000;

		fds[i] = (struct pollfd){.fd = seat->pid == 0 ? -1 : seat->pidfd, .events = POLLIN};
		if (seat->pid == 0 || seat->kill_at_ns == 0)
			continue;
		left_ms = left_ms < 0 ? 0 : left_ms;
		if (next_ms < 0 || left_ms < next_ms)
			next_ms = left_ms;
	}
	poll(fds, soak->width, (int)next_ms);
	for (unsigned i = 0; i < soak->width; i++) {
		struct seat *seat = &soak->seats[i];

		if (fds[i].revents != 0)
			finish(soak, seat);
		else if (seat->pid != 0 && seat->kill_at_ns != 0 && now_ns() >= seat->kill_at_ns)
			kill_launcher(soak, seat);
	}
	watch_orphans(soak);
}

static bool is_busy(const struct soak *soak)
{
	for (unsigned i = 0; i < soak->width; i++)
		if (soak->seats[i].pid != 0)
			return true;
	return soak->n_orphans > 0;
}

static void drain(struct soak *soak)
{
	while (is_busy(soak))
		turn(soak);
}

/* Starts a run as soon as there is a seat. */
static int next(struct soak *soak, const struct kind *kind, unsigned long number)
{
	struct seat *seat;

	while ((seat = free_seat(soak)) == NULL)
		turn(soak);
	return start(soak, seat, kind, number);
}

/* How many children are left when all launchers are gone and their boxes had their second. */
static double count_children(void)
{
	int64_t until_ns = now_ns() + GONE_WITHIN_NS;
	char text[4096], *save = NULL;
	double n = 0;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0 && now_ns() < until_ns)
		if (pid == 0)
			pause_ms(ORPHANS_PAUSE_MS);
	if (place_read("/proc/thread-self/children", text, sizeof(text)) < 0)
		return -1;
	for (char *word = strtok_r(text, " \n", &save); word != NULL; word = strtok_r(NULL, " \n", &save))
		n++;
	return n;
}

static double children_cpu_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

/* A thousand runs, and what the host is like afterwards, if need be without its page cache. 0 or -errno. */
static int do_thousand(struct soak *soak, unsigned thousand, bool drop_cache, struct sample *ret)
{
	static unsigned short order[THOUSAND];
	int64_t begin_ns = now_ns();
	double cpu_ms = children_cpu_ms();
	int rc = 0;

	soak->launcher_kib = soak->half_wall_us = 0;
	kinds_shuffle(thousand, order);
	for (unsigned i = 0; i < THOUSAND && rc == 0; i++)
		rc = next(soak, &kinds[order[i]], (unsigned long)thousand * THOUSAND + i + 1);
	drain(soak);
	ret->values[ROW_SPEED] = THOUSAND * 1e9 / (double)(now_ns() - begin_ns);
	ret->values[ROW_PROCESSES] = count_children();
	if (ret->values[ROW_PROCESSES] != 0)
		printf("thousand %u leaves processes behind: %.0f\n", thousand + 1, ret->values[ROW_PROCESSES]);
	ret->values[ROW_CPU] = (children_cpu_ms() - cpu_ms) / THOUSAND;
	ret->values[ROW_LAUNCHER] = (double)soak->launcher_kib;
	/* one more, which clears away what the killed launchers left */
	if (rc == 0)
		rc = next(soak, &kinds[0], 0);
	drain(soak);
	if (drop_cache)
		host_drop_cache();
	host_look(&soak->rows, ret);
	return rc;
}

/* ---- the whole ---- */

static int soak_init(struct soak *soak, const char *build, const char **ret_what)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int rc = place_init(&soak->place, build, ret_what);

	if (rc < 0)
		return rc;
	*ret_what = "make files in memory, and become the parent of those whose own dies";
	soak->width = cores < 1 ? PER_CORE : (unsigned)cores * PER_CORE;
	if (soak->width > SEATS_MAX)
		soak->width = SEATS_MAX;
	snprintf(soak->program, sizeof(soak->program), "%s/bench/soak_program", soak->place.build);
	for (unsigned i = 0; i < soak->width; i++) {
		struct seat *seat = &soak->seats[i];
		seat->out_fd = memfd_create("out", MFD_CLOEXEC);
		seat->report_fd = memfd_create("report", MFD_CLOEXEC);
		snprintf(seat->dir, sizeof(seat->dir), "%s/job-%u", soak->place.dir, i);
		if (seat->out_fd < 0 || seat->report_fd < 0)
			return -errno;
	}
	/* by that, what is left of a box is a child of ours, and no other program's processes can be taken for it */
	return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 ? -errno : 0;
}

static void add_rows(struct soak *soak)
{
	struct rows *rows = &soak->rows;

	rows->width = soak->width;
	rows_add(rows, "speed", "runs/s", 0, 10)->rule = MAY_NOT_FALL;
	rows_add(rows, "CPU time of a run", "ms", 0, 10);
	rows_add(rows, "launcher, peak memory", "KiB", 256, 0);
	rows_add(rows, "processes of boxes", "", 0, 0)->rule = MUST_BE_ZERO;
	host_init(rows);
}

static void write_line(FILE *file, const struct rows *rows, unsigned thousand, const struct sample *sample)
{
	for (unsigned i = 0; i < rows->n && thousand == 0; i++)
		fprintf(file, "%s\t", rows->rows[i].name);
	if (thousand == 0)
		fputs("runs\n", file);
	for (unsigned i = 0; i < rows->n; i++)
		fprintf(file, "%.1f\t", sample->values[i]);
	fprintf(file, "%u\n", (thousand + 1) * THOUSAND);
	fflush(file);
}

/* Returns how many things were not as they should be, or -errno. */
static long run_all(struct soak *soak, unsigned thousands, FILE *all)
{
	const unsigned shown[3] = {1, (thousands + 1) / 2, thousands};
	static struct sample samples[3];
	unsigned not_flat;
	int rc = 0;

	/* each kind once: it fills the caches, and makes the slice of a fresh host */
	for (unsigned i = 0; i < kinds_n && rc == 0; i++)
		rc = next(soak, &kinds[i], 0);
	drain(soak);
	add_rows(soak);
	for (unsigned i = 0; i < thousands && rc == 0; i++) {
		bool is_shown = i + 1 == shown[0] || i + 1 == shown[1] || i + 1 == shown[2];
		struct sample sample;
		rc = do_thousand(soak, i, is_shown, &sample);
		for (int k = 0; k < 3; k++)
			if (shown[k] == i + 1)
				samples[k] = sample;
		write_line(all, &soak->rows, i, &sample);
		/* the last figure is how near a program that is well within its CPU limit came to its wall limit */
		printf("%u of %u runs, %.1f/s, %.1f ms CPU, %lu wrong; half of the CPU limit took up to %.2f s\n",
		       (i + 1) * THOUSAND, thousands * THOUSAND, sample.values[ROW_SPEED], sample.values[ROW_CPU],
		       soak->wrong, (double)soak->half_wall_us / 1e6);
		fflush(stdout);
	}
	if (rc < 0)
		return rc;
	printf("\n%-44s %12s %12s\n", "", "runs", "wrong");
	for (unsigned i = 0; i < kinds_n; i++)
		printf("%-44s %12lu %12lu\n", kinds[i].name, soak->done_by_kind[i], soak->wrong_by_kind[i]);
	not_flat = rows_show(&soak->rows, samples, shown);
	printf("\n%lu wrong of %u runs; %u of %u rows not flat\n", soak->wrong, thousands * THOUSAND, not_flat,
	       soak->rows.n);
	printf("%lu passed, %lu failed\n", (unsigned long)thousands * THOUSAND - soak->wrong + soak->rows.n - not_flat,
	       soak->wrong + not_flat);
	return (long)(soak->wrong + not_flat);
}

int main(int argc, char **argv)
{
	unsigned long runs = argc > 2 ? strtoul(argv[2], NULL, 10) : 2 * THOUSAND;
	unsigned thousands = (unsigned)((runs + THOUSAND - 1) / THOUSAND);
	static struct soak soak;
	const char *what;
	char path[4200];
	FILE *all = NULL;
	long rc;

	if (argc < 2 || argc > 3 || runs == 0 || runs > 100000000) {
		fputs("usage: soak BUILD-FOLDER [RUNS]\n", stderr);
		return 2;
	}
	rc = soak_init(&soak, argv[1], &what);
	if (rc == 0) {
		what = "write soak.tsv in the build folder";
		snprintf(path, sizeof(path), "%s/soak.tsv", soak.place.build);
		all = fopen(path, "we");
		rc = all == NULL ? -errno : 0;
	}
	if (rc == 0) {
		what = "start a launcher";
		rc = run_all(&soak, thousands < 2 ? 2 : thousands, all);
	}
	if (rc < 0)
		fprintf(stderr, "soak: cannot %s: %s\n", what, strerror((int)-rc));
	if (all != NULL)
		fclose(all);
	place_finish(&soak.place);
	return rc == 0 ? 0 : 1;
}
