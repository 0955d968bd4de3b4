/*
 * The check of the leaf: a cgroup made in the slice, entered by a child and removed, as a run does it. Called
 * through the table in cmd_check.c.
 */
#include "runner/check.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define REMOVE_WAIT_MS 1000

/* What a leaf on v2 should have, and what is lost where it has not. Controllers have rows of their own. */
static const struct {
	enum cg_controller controller;
	const char *file, *lost;
} wanted_v2[] = {
        {CG_MEMORY, "cgroup.kill", "killing is slower (Linux 5.14)"},
        {CG_MEMORY, "memory.oom.group", "the OOM killer takes one process only (Linux 4.19)"},
        {CG_MEMORY, "memory.peak", "the memory peak is unknown (Linux 5.19)"},
        {CG_PIDS, "pids.peak", "the peak of processes is unknown (Linux 6.1)"},
};

static int enter(void *arg)
{
	return write(*(const int *)arg, "0", 1) == 1 ? 0 : -errno;
}

static int enter_v1(int dir_fd)
{
	int tasks_fd = openat(dir_fd, "tasks", O_WRONLY | O_CLOEXEC);
	int rc = tasks_fd < 0 ? -errno : check_try(0, enter, &tasks_fd);

	fd_close(&tasks_fd);
	return rc;
}

static int enter_v2(int dir_fd)
{
	struct clone_args args = {
	        .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)(unsigned)dir_fd};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return -errno;
	while (waitpid((pid_t)pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

/* A child that has just been reaped may take a moment to leave. */
static int remove_leaf(int slice_fd, const char *name)
{
	for (int waited_ms = 0;; waited_ms++) {
		if (unlinkat(slice_fd, name, AT_REMOVEDIR) == 0)
			return 0;
		if (errno != EBUSY || waited_ms >= REMOVE_WAIT_MS)
			return -errno;
		poll(NULL, 0, 1);
	}
}

static void say_files_v2(const struct box_host *box, int dir_fd, struct check_row *row)
{
	for (size_t i = 0; i < sizeof(wanted_v2) / sizeof(wanted_v2[0]); i++)
		if (box->has[wanted_v2[i].controller] && faccessat(dir_fd, wanted_v2[i].file, F_OK, 0) < 0) {
			check_say(row, CHECK_WARN, "has no %s: %s", wanted_v2[i].file, wanted_v2[i].lost);
			return;
		}
	check_say(row, CHECK_OK, "can be made and cloned into");
}

static void try_one(const struct check_host *host, enum cg_controller controller, const char *name,
                    struct check_row *row)
{
	const struct box_host *box = &host->box;
	bool v2 = box->cgroup_version == 2;
	FD_CLEANUP int dir_fd = -1;
	int rc;

	if (mkdirat(box->slice_fd[controller], name, 0755) < 0) {
		check_say(row, CHECK_FAIL, "cannot be made in %s: %s", host->slice.path[controller], strerror(errno));
		return;
	}
	dir_fd = openat(box->slice_fd[controller], name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	rc = dir_fd < 0 ? -errno : v2 ? enter_v2(dir_fd) : enter_v1(dir_fd);
	if (rc < 0 && controller == CG_CPUSET && rc == -ENOSPC)
		rc = 0; /* an empty v1 cpuset: a run fills it before it enters */
	if (rc < 0)
		check_say(row, CHECK_FAIL, "cannot be entered in %s: %s", host->slice.path[controller], strerror(-rc));
	else if (v2)
		say_files_v2(box, dir_fd, row);
	rc = remove_leaf(box->slice_fd[controller], name);
	if (rc < 0) {
		check_say(row, CHECK_FAIL, "cannot be removed again: %s", strerror(-rc));
		check_fix(row, "rmdir %s/%s", host->slice.path[controller], name);
	}
}

void check_leaf(const struct check_host *host, struct check_row *row)
{
	char name[32];

	if (!host->open) {
		check_say(row, CHECK_NA, "no slice to make it in: see its row");
		return;
	}
	snprintf(name, sizeof(name), "check-%d", (int)getpid());
	check_say(row, CHECK_OK, "can be made and entered, in each hierarchy");
	for (int c = 0; c < CG_MAX && row->status == CHECK_OK; c++)
		if (host->box.has[c] && (host->box.cgroup_version == 1 || c == CG_MEMORY))
			try_one(host, (enum cg_controller)c, name, row);
}
