/*
 * Makes each system call of a run fail, in turn and with each of some errors, and kills the launcher, init, and both at
 * each of them; names the cases that were not held, and closes with the count. Called by `run` with the command, which
 * runs the program `confined`, with its output in `out` and its report in `report`, both in the current folder, which
 * is ours.
 *
 * Held is: sbx ends by itself and soon; the program ran in a box that looks, from inside and from outside, exactly as
 * one of a run without faults, or not at all; the verdict is OK of a run that is complete, or IE with a stage; after a
 * kill no process is alive a second later; nothing is left after the next start.
 *
 * Environment: WHO (start, launcher, init, network, program), ERRORS, KILL (launcher, init, both), FROM, TO and STEP
 * (numbers of calls) restrict it; with VERBOSE each call is named whose failure was answered by OK.
 */
#include "tests/fault/tracer.h"
#include "tests/fault/view.h"

#include <dirent.h>
#include <errno.h>
#include <seccomp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
/* A case whose call was not made is tried so often: how often the launcher looks at a descriptor depends on when. */
#define TRIES 3
/* System calls have lower numbers. */
#define NUMBERS_MAX 512

static const int errors[] = {ENOMEM, EMFILE, EINTR, EAGAIN, ENOSPC, EPERM, ENOENT};

static const struct {
	const char *name;
	unsigned victims;
} kills[] = {
        {"launcher", 1U << ROLE_LAUNCHER},
        {"init", 1U << ROLE_INIT},
        {"both", 1U << ROLE_LAUNCHER | 1U << ROLE_INIT},
};

/* Never fail, so what would become of it is nobody's concern; their manual pages say so. */
static const int infallible[] = {SYS_getuid,  SYS_geteuid, SYS_getgid, SYS_getegid,
                                 SYS_getppid, SYS_getpid,  SYS_umask,  SYS_exit_group};

/*
 * What may be another in a box to which the kernel said ENOENT: lines of the view by their beginnings. It is what a
 * host gets that does not have the thing. Mounts may be missing, too.
 */
static const char *const optional[] = {
        "limit memory.kmem.tcp.limit_in_bytes ", /* no TCP accounting */
        /* no link, but a folder of its own */
        "mount /bin /bin ro,nosuid,nodev,",
        "mount /sbin /sbin ro,nosuid,nodev,",
        "mount /lib /lib ro,nosuid,nodev,",
        "mount /lib32 /lib32 ro,nosuid,nodev,",
        "mount /lib64 /lib64 ro,nosuid,nodev,",
        "mount /libx32 /libx32 ro,nosuid,nodev,",
};

struct tally {
	unsigned refused, ie, ok, killed;
};

static struct {
	char **command;
	unsigned seconds;    /* that a run may take */
	uint64_t gone_us;    /* that a box may live after a kill */
	struct outcome good; /* a run without a fault */
	char limits[4096];   /* what its report says of them */
	char out[256];       /* what the program said in it */
	char mounts[65536];
	char report[16384], errors[8192], said[256], left[4096];
	struct outcome got;
	unsigned accepted[ROLE_MAX][NUMBERS_MAX][LENGTH(errors)]; /* how often OK was right, by number of the call */
	struct tally tally[ROLE_MAX];
	unsigned passed, failed, skipped;
} suite;

static const char *text_of(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value == NULL || *value == '\0' ? otherwise : value;
}

static unsigned number_of(const char *name, unsigned otherwise)
{
	const char *value = text_of(name, NULL);

	return value == NULL ? otherwise : (unsigned)atoi(value);
}

/* Whether the variable has this word, or is not set at all. Set and empty it has none. */
static bool is_wanted(const char *variable, const char *word)
{
	const char *value = getenv(variable), *at = value;
	size_t len = strlen(word);

	if (value == NULL)
		return true;
	while ((at = strstr(at, word)) != NULL) {
		if ((at == value || at[-1] == ' ') && (at[len] == '\0' || at[len] == ' '))
			return true;
		at += len;
	}
	return false;
}

static const char *call_name(int nr)
{
	static char unknown[16];
	static char *names[NUMBERS_MAX];

	if (nr < 0 || nr >= NUMBERS_MAX) {
		snprintf(unknown, sizeof(unknown), "%d", nr);
		return unknown;
	}
	if (names[nr] == NULL)
		names[nr] = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, nr);
	return names[nr] == NULL ? "unknown" : names[nr];
}

static bool run(const struct fault *fault)
{
	unlink("report");
	unlink("out");
	if (!tracer_run(suite.command, "err", fault, suite.seconds, &suite.got))
		exit(2);
	view_read("report", suite.report, sizeof(suite.report));
	view_read("err", suite.errors, sizeof(suite.errors));
	view_read("out", suite.said, sizeof(suite.said));
	return suite.got.reached;
}

static char why[1024]; /* the case that was looked at last was not held; empty if it was */

__attribute__((format(printf, 1, 2))) static bool wrong(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	return false;
}

static bool is_optional(const char *line)
{
	for (size_t i = 0; i < LENGTH(optional); i++)
		if (strncmp(line, optional[i], strlen(optional[i])) == 0)
			return true;
	return false;
}

/* The first line of `a` that `b` has not, or NULL. */
static const char *line_without(const char *a, const char *b, bool may_differ, bool may_lack_mounts)
{
	for (const char *line = a; *line != '\0'; line += strcspn(line, "\n") + 1) {
		size_t len = strcspn(line, "\n") + 1;
		const char *other = b;
		if ((may_differ && is_optional(line)) || (may_lack_mounts && strncmp(line, "mount ", 6) == 0))
			continue;
		while (*other != '\0' && strncmp(line, other, len) != 0)
			other += strcspn(other, "\n") + 1;
		if (*other == '\0')
			return line;
	}
	return NULL;
}

/* Whether the program's process was confined as in the run without faults, at the moment of its exec. */
static bool is_same_view(const struct fault *fault)
{
	const char *good = suite.good.view, *got = suite.got.view, *more, *less;
	bool is_absent = fault->errnum == ENOENT;

	if (strcmp(good, got) == 0)
		return true;
	more = line_without(got, good, is_absent, false);
	less = line_without(good, got, is_absent, is_absent);
	if (more == NULL && less == NULL)
		return is_absent || wrong("the box has the same in another order");
	return wrong("the box has \"%.*s\" and not \"%.*s\"", more == NULL ? 0 : (int)strcspn(more, "\n"),
	             more == NULL ? "" : more, less == NULL ? 0 : (int)strcspn(less, "\n"), less == NULL ? "" : less);
}

/* A stage's name where the report or the message on stderr has it. */
static bool names_stage(void)
{
	const char *stage = strstr(suite.report, "\"error\":{\"stage\":\"");
	const char *message = strstr(suite.errors, "sbx: ");

	if (stage != NULL)
		return strncmp(stage + 18, "none\"", 5) != 0 && strstr(stage, "\"message\":\"\"") == NULL;
	if (message == NULL)
		return false;
	message += 5;
	return message[strcspn(message, ": \n")] == ':' && strchr(message, '\n') != NULL;
}

/* What the report says of limits and who holds them; whether one was hit may not be known after a fault. */
static void limits_of(const char *report, char *buf, size_t size)
{
	const char *from = strstr(report, "\"limits\":"), *to = strstr(report, "\"noise\":");
	size_t len = 0;

	while (from != NULL && from < to && len < size - 1) {
		if (strncmp(from, "\"hit\":", 6) == 0)
			from += strcspn(from, "}");
		buf[len++] = *from++;
	}
	buf[len] = '\0';
}

static bool is_whole_ok(void)
{
	char limits[sizeof(suite.limits)];

	if (strstr(suite.report, "\"verdict\":\"OK\"") == NULL || strstr(suite.report, "\"error\":null") == NULL ||
	    suite.report[strlen(suite.report) - 1] != '\n')
		return wrong("status 0, and the report is not OK: %.300s", suite.report);
	limits_of(suite.report, limits, sizeof(limits));
	if (strcmp(limits, suite.limits) != 0)
		return wrong("OK, and other limits: %.900s", limits);
	if (!suite.got.executed || strcmp(suite.said, suite.out) != 0)
		return wrong("OK, and the program said \"%.100s\"", suite.said);
	return true;
}

static bool is_verdict_held(struct tally *tally)
{
	int status = suite.got.status;

	if (!WIFEXITED(status))
		return wrong("sbx died of signal %d: %.200s", WTERMSIG(status), suite.errors);
	switch (WEXITSTATUS(status)) {
	case 0:
		tally->ok++;
		return is_whole_ok();
	case 2:
		tally->refused++;
		if (suite.got.executed || suite.report[0] != '\0' || strncmp(suite.errors, "sbx: ", 5) != 0)
			return wrong("refused as wrong usage, and yet: %.200s", suite.errors);
		return true;
	case 3:
		tally->ie++;
		if (suite.report[0] != '\0' && strstr(suite.report, "\"verdict\":\"IE\"") == NULL)
			return wrong("status 3, and the report is not IE: %.300s", suite.report);
		return names_stage() || wrong("no stage is named: %.200s %.200s", suite.errors, suite.report);
	}
	return wrong("status %d: %.200s%.200s", WEXITSTATUS(status), suite.errors, suite.report);
}

/* Whatever else happens. */
static bool is_safe(const struct fault *fault)
{
	if (suite.got.hung)
		return wrong("not over after %u s", suite.seconds);
	if (suite.got.executed && !is_same_view(fault))
		return false;
	if (strncmp(suite.said, suite.out, strlen(suite.said)) != 0)
		return wrong("the program said \"%.200s\"", suite.said);
	if (suite.said[0] != '\0' && !suite.got.executed)
		return wrong("the program ran, and nobody saw it start");
	return true;
}

static bool is_killed_right(const struct fault *fault, struct tally *tally)
{
	if (suite.got.left_us > suite.gone_us)
		return wrong("something of the box lived for %u ms", (unsigned)(suite.got.left_us / 1000));
	tally->killed++;
	if ((fault->victims & (1U << ROLE_LAUNCHER)) == 0) {
		struct tally ignored = {0};
		return is_verdict_held(&ignored);
	}
	if (!WIFSIGNALED(suite.got.status) || WTERMSIG(suite.got.status) != SIGKILL)
		return wrong("the launcher was killed, and ended by %#x", suite.got.status);
	return suite.report[0] == '\0' || is_whole_ok();
}

static bool find_half_report(void)
{
	DIR *dir = opendir(".");
	bool found = false;

	for (struct dirent *e = dir == NULL ? NULL : readdir(dir); e != NULL; e = readdir(dir))
		if (strncmp(e->d_name, ".sbx-report-", 12) == 0) {
			found = true;
			unlink(e->d_name);
		}
	if (dir != NULL)
		closedir(dir);
	return found;
}

static bool is_clean(bool was_killed)
{
	static char mounts[sizeof(suite.mounts)];

	/* the moment between its getting a name and its renaming is that of a kill's bad luck, as sbx(1) says */
	if (find_half_report() && !was_killed)
		return wrong("a report's temporary file is left");
	view_read("/proc/self/mountinfo", mounts, sizeof(mounts));
	if (strcmp(mounts, suite.mounts) != 0)
		return wrong("the mounts are others now");
	if (view_leaves(suite.left, sizeof(suite.left)) == 0)
		return true;
	run(&(struct fault){0});
	if (suite.got.hung || suite.got.status != 0 || !is_whole_ok())
		return wrong("the next start fails: %.200s", suite.errors);
	if (view_leaves(suite.left, sizeof(suite.left)) > 0)
		return wrong("left after the next start:%.300s", suite.left);
	return true;
}

static void fail(const struct fault *fault, int nr, const char *what)
{
	suite.failed++;
	printf("%s call %u %s, %s: FAILED: %s\n", role_name(fault->role), fault->call, call_name(nr), what, why);
	fflush(stdout);
}

static void try_error(enum role role, unsigned call, size_t error)
{
	struct fault fault = {.role = role, .call = call, .errnum = errors[error]};
	struct tally *tally = &suite.tally[role];
	unsigned ok = tally->ok;
	bool held;
	int nr;

	for (int i = 0; i < TRIES && !run(&fault); i++)
		;
	if (!suite.got.reached) {
		suite.skipped++;
		return;
	}
	nr = suite.got.nr[role][call - 1];
	/* what libc does about a failure before main() is its own; no box is there */
	held = is_safe(&fault) &&
	       ((role == ROLE_START && !suite.got.executed && suite.got.status != 0) || is_verdict_held(tally));
	held = held && is_clean(false);
	if (!held)
		fail(&fault, nr, strerrorname_np(fault.errnum));
	else if (tally->ok > ok && nr < NUMBERS_MAX)
		suite.accepted[role][nr][error]++;
	suite.passed += held;
}

static void try_kill(enum role role, unsigned call, size_t kill)
{
	struct fault fault = {.role = role, .call = call, .victims = kills[kill].victims};
	char what[32];
	int nr;

	/* once more where something lived on, too: a busy machine may have let it wait for that long */
	for (int i = 0; i < TRIES && (!run(&fault) || suite.got.left_us > suite.gone_us); i++)
		;
	if (!suite.got.reached) {
		suite.skipped++;
		return;
	}
	/* before init's birth and after its death there are fewer to kill */
	if (!suite.got.victim)
		return;
	nr = suite.got.nr[role][call - 1];
	if (is_safe(&fault) && is_killed_right(&fault, &suite.tally[role]) && is_clean(true)) {
		suite.passed++;
		return;
	}
	snprintf(what, sizeof(what), "%s killed", kills[kill].name);
	fail(&fault, nr, what);
}

static bool can_fail(enum role role, unsigned call)
{
	for (size_t i = 0; i < LENGTH(infallible); i++)
		if (suite.good.nr[role][call - 1] == infallible[i])
			return false;
	return true;
}

static void try_role(enum role role, unsigned from, unsigned to, unsigned step)
{
	for (unsigned call = from; call <= suite.good.calls[role] && call <= to; call += step) {
		for (size_t e = 0; e < LENGTH(errors) && can_fail(role, call); e++)
			if (is_wanted("ERRORS", strerrorname_np(errors[e])))
				try_error(role, call, e);
		for (size_t k = 0; k < LENGTH(kills); k++)
			if (is_wanted("KILL", kills[k].name))
				try_kill(role, call, k);
	}
}

/* A line for each name of calls: the errors that were answered by OK, and how often. */
static void show_accepted(enum role role)
{
	for (int nr = 0; nr < NUMBERS_MAX; nr++) {
		bool is_first = true;
		for (size_t e = 0; e < LENGTH(errors); e++) {
			if (suite.accepted[role][nr][e] == 0)
				continue;
			if (is_first)
				printf("OK all the same: %s %s", role_name(role), call_name(nr));
			is_first = false;
			printf(" %s:%u", strerrorname_np(errors[e]), suite.accepted[role][nr][e]);
		}
		if (!is_first)
			putchar('\n');
	}
}

/* A run without a fault, which all others are compared with. */
static void prepare(void)
{
	static const struct fault none = {0};

	run(&none); /* what the first run of a host makes is there from here on */
	run(&none);
	suite.good = suite.got;
	strcpy(suite.out, suite.said);
	limits_of(suite.report, suite.limits, sizeof(suite.limits));
	view_read("/proc/self/mountinfo", suite.mounts, sizeof(suite.mounts));
	if (suite.got.status != 0 || !is_whole_ok() || strcmp(suite.said, "confined\n") != 0) {
		printf("a run without a fault fails: %s%s%s\n", why, suite.said, suite.errors);
		exit(1);
	}
	for (int r = 0; r < ROLE_MAX; r++)
		if (suite.got.calls[r] > CALLS_MAX) {
			printf("%s makes more than %d calls\n", role_name((enum role)r), CALLS_MAX);
			exit(1);
		}
}

int main(int argc, char **argv)
{
	unsigned from = number_of("FROM", 1), to = number_of("TO", CALLS_MAX), step = number_of("STEP", 1);

	if (argc < 2 || from == 0 || step == 0) {
		fputs("usage: fault COMMAND...\n", stderr);
		return 2;
	}
	suite.seconds = number_of("SECONDS_MAX", 10);
	suite.gone_us = number_of("GONE_MS", 1000) * 1000U;
	suite.command = argv + 1;
	prepare();
	for (int r = 0; r < ROLE_MAX; r++)
		if (is_wanted("WHO", role_name((enum role)r)))
			try_role((enum role)r, from, to, step);
	for (int r = 0; r < ROLE_MAX; r++) {
		const struct tally *t = &suite.tally[r];
		if (getenv("VERBOSE") != NULL)
			show_accepted((enum role)r);
		if (suite.good.calls[r] > 0)
			printf("%-8s %4u calls: %5u IE, %4u OK, %3u refused; %5u kills\n", role_name((enum role)r),
			       suite.good.calls[r], t->ie, t->ok, t->refused, t->killed);
	}
	printf("\n%u passed, %u failed, %u skipped\n", suite.passed, suite.failed, suite.skipped);
	return suite.failed != 0;
}
