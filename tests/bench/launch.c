/*
 * One process, spawned and waited for. By posix_spawn, which borrows this process's memory instead of copying it: that
 * is the cheapest start there is, and what all contenders are compared with.
 */
#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Not the caller's: its size is copied at every exec, and would be part of what is measured. */
static const char *const environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL};

int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

void pause_ms(unsigned ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}

static int null_fd(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return fd;
}

static int memory_fd(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("stdio", MFD_CLOEXEC);
	return fd;
}

int launch_start(const struct launch *what, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	int fds[3] = {-1, what->out_fd, what->err_fd}, otherwise = what->takes_stdio ? memory_fd() : null_fd();
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc != 0)
		return -rc;
	for (int i = 0; i < 3 && rc == 0; i++)
		rc = posix_spawn_file_actions_adddup2(&actions, fds[i] < 0 ? otherwise : fds[i], i);
	if (rc == 0 && what->filter_path != NULL)
		rc = posix_spawn_file_actions_addopen(&actions, LAUNCH_FILTER_FD, what->filter_path, O_RDONLY, 0);
	if (rc == 0)
		rc = posix_spawn(ret_pid, what->argv[0], &actions, NULL, (char *const *)(uintptr_t)what->argv,
		                 (char *const *)(uintptr_t)environment);
	posix_spawn_file_actions_destroy(&actions);
	return -rc;
}

/* A number behind `key` in a process's status; -1 where there is none. */
static int64_t status_number(pid_t pid, const char *key)
{
	char path[64], text[4096], *at;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (place_read(path, text, sizeof(text)) < 0)
		return -1;
	at = strstr(text, key);
	return at == NULL ? -1 : strtoimax(at + strlen(key), NULL, 10);
}

/* What wait4 gives is summed with the children's, so it is read from the dead process before it is reaped. */
static int64_t voluntary_switches(pid_t pid)
{
	siginfo_t info;

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) < 0
	               ? -1
	               : status_number(pid, "\nvoluntary_ctxt_switches:");
}

int64_t launch_peak_kib(pid_t pid)
{
	return status_number(pid, "\nVmHWM:");
}

int launch(const struct launch *what, bool count_switches, struct outcome *ret)
{
	struct rusage usage;
	pid_t pid;
	int rc;

	*ret = (struct outcome){.voluntary_switches = -1, .begin_ns = now_ns()};
	rc = launch_start(what, &pid);
	if (rc < 0)
		return rc;
	if (count_switches)
		ret->voluntary_switches = voluntary_switches(pid);
	while (wait4(pid, &ret->status, 0, &usage) < 0)
		if (errno != EINTR)
			return -errno;
	ret->end_ns = now_ns();
	ret->rss_kib = usage.ru_maxrss;
	return 0;
}
