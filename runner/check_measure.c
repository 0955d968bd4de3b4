/*
 * What a start costs on this host, and how steady its clock and cores are: `sbx check --measure`. Called by
 * cmd_check.c, after the checks.
 *
 * The same program, true(1), is started bare and by `sbx run`, back to back and with pauses: a machine that has gone
 * idle in between pays for waking up, and on cgroup v1 for an RCU grace period, which loops hide.
 */
#include "runner/check.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define LAUNCHES 50
#define PAUSE_MS 40
#define ROUNDS 20
#define ROUND_NS 10000000U

extern char **environ;

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Of n samples in nanoseconds; sorts them. */
static struct check_spread spread_of(uint64_t *ns, size_t n)
{
	qsort(ns, n, sizeof(*ns), compare_u64);
	return (struct check_spread){.min_us = ns[0] / 1000,
	                             .p50_us = ns[n / 2] / 1000,
	                             .p99_us = ns[(n * 99 + 99) / 100 - 1] / 1000,
	                             .max_us = ns[n - 1] / 1000};
}

/* From just before the start until it is reaped; everything it says goes to /dev/null. Returns 0 or -errno. */
static int launch(char *const *argv, const char *path, uint64_t *ret_ns)
{
	posix_spawn_file_actions_t actions;
	uint64_t begin_ns;
	int status, rc = posix_spawn_file_actions_init(&actions);
	pid_t pid;

	if (rc != 0)
		return -rc;
	for (int fd = 0; fd < 3 && rc == 0; fd++)
		rc = posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
	begin_ns = clock_ns();
	if (rc == 0)
		rc = posix_spawn(&pid, path, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (rc != 0)
		return -rc;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	*ret_ns = clock_ns() - begin_ns;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -ECANCELED;
}

static int launch_all(char *const *argv, const char *path, int pause_ms, struct check_spread *ret)
{
	uint64_t ns[LAUNCHES];

	TRY(launch(argv, path, &ns[0])); /* the first reads the program from disk */
	for (size_t i = 0; i < LAUNCHES; i++) {
		if (pause_ms > 0)
			poll(NULL, 0, pause_ms);
		TRY(launch(argv, path, &ns[i]));
	}
	*ret = spread_of(ns, LAUNCHES);
	return 0;
}

/* Work that neither memory nor the compiler can shorten. */
static void burn(uint64_t steps)
{
	uint64_t x = 88172645463325252U;

	for (; steps > 0; steps--) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		__asm__ volatile("" : "+r"(x));
	}
}

static struct check_spread measure_loop(void)
{
	uint64_t ns[ROUNDS], steps = 1000000, begin_ns;

	burn(steps); /* lets the core get to speed */
	begin_ns = clock_ns();
	burn(steps);
	steps = steps * ROUND_NS / (clock_ns() - begin_ns + 1);
	for (size_t i = 0; i < ROUNDS; i++) {
		begin_ns = clock_ns();
		burn(steps);
		ns[i] = clock_ns() - begin_ns;
	}
	return spread_of(ns, ROUNDS);
}

static int measure_launches(struct check_measure *m, const char *program, const char *box_dir, struct sbx_err *err)
{
	/* posix_spawn(3) takes no const, and changes nothing */
	char *bare[] = {(char *)(uintptr_t)program, NULL};
	char *boxed[] = {(char *)(uintptr_t) "sbx",
	                 (char *)(uintptr_t) "run",
	                 (char *)(uintptr_t) "--box",
	                 (char *)(uintptr_t)box_dir,
	                 (char *)(uintptr_t) "--",
	                 (char *)(uintptr_t)program,
	                 NULL};
	int rc = launch_all(bare, program, 0, &m->spawn_packed);

	if (rc == 0)
		rc = launch_all(bare, program, PAUSE_MS, &m->spawn_paused);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_HOST, -rc, "cannot start %s, which is what --measure runs", program);
	rc = launch_all(boxed, "/proc/self/exe", 0, &m->run_packed);
	if (rc == 0)
		rc = launch_all(boxed, "/proc/self/exe", PAUSE_MS, &m->run_paused);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_HOST, -rc, "nothing to measure: this fails here: sbx run -- %s",
		                program);
	return 0;
}

int check_measure(struct check_measure *ret, struct sbx_err *err)
{
	struct check_measure m = {.launches = LAUNCHES, .pause_us = PAUSE_MS * 1000, .rounds = ROUNDS};
	const char *tmp = getenv("TMPDIR");
	char box_dir[PATH_MAX];
	int rc;

	snprintf(box_dir, sizeof(box_dir), "%s/sbx-check-XXXXXX", tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	if (mkdtemp(box_dir) == NULL)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot make a job directory, %s", box_dir);
	chmod(box_dir, 0755); /* for the box's user */
	rc = measure_launches(&m, access("/usr/bin/true", X_OK) == 0 ? "/usr/bin/true" : "/bin/true", box_dir, err);
	rmdir(box_dir);
	TRY(rc);
	m.loop = measure_loop();
	*ret = m;
	return 0;
}
