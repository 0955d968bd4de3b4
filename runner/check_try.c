/*
 * Trying something in a child, so that whatever comes of it (a mount, a filter, a namespace) ends with it.
 * Called by the checks that would otherwise have to guess from the kernel's version.
 */
#include "runner/check.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static int map_ids(uid_t uid, gid_t gid)
{
	char text[32];

	TRY(fd_write_at(AT_FDCWD, "/proc/thread-self/setgroups", "deny"));
	snprintf(text, sizeof(text), "1000 %u 1\n", (unsigned)uid);
	TRY(fd_write_at(AT_FDCWD, "/proc/thread-self/uid_map", text));
	snprintf(text, sizeof(text), "1000 %u 1\n", (unsigned)gid);
	return fd_write_at(AT_FDCWD, "/proc/thread-self/gid_map", text);
}

int check_try(uint64_t clone_flags, int (*fn)(void *arg), void *arg)
{
	struct clone_args args = {.flags = clone_flags, .exit_signal = SIGCHLD};
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int status, rc = 0;
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		if (clone_flags & CLONE_NEWUSER)
			rc = map_ids(uid, gid);
		if (rc == 0)
			rc = fn(arg);
		_exit(-rc); /* an errno fits into the eight bits of a status */
	}
	while (waitpid((pid_t)pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}
