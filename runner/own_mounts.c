/* A mount namespace for this process alone. Called by workspace_open(). */
#include "runner/own_mounts.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_WORKSPACE, errnum, __VA_ARGS__)

static int enter_with_own_id(struct sbx_err *err)
{
	/* which nobody tells inside, before there is a map */
	unsigned uid = geteuid(), gid = getegid();
	char map[64];
	int rc;

	if (unshare(CLONE_NEWUSER) < 0)
		return FAIL(err, errno, "cannot make a user namespace for the job's folder");
	rc = fd_write_at(AT_FDCWD, "/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "%u %u 1", uid, uid);
	if (rc == 0)
		rc = fd_write_at(AT_FDCWD, "/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "%u %u 1", gid, gid);
	if (rc == 0)
		rc = fd_write_at(AT_FDCWD, "/proc/self/gid_map", map);
	return rc < 0 ? FAIL(err, -rc, "cannot map this user's id for the job's folder") : 0;
}

/* Called in the namespace around it: each id that there is, as itself. */
static int map_all(pid_t pid, const char *file)
{
	char path[64], own[4096], map[4096];
	size_t len = 0;
	int n;

	snprintf(path, sizeof(path), "/proc/self/%s", file);
	n = fd_read_at(AT_FDCWD, path, own, sizeof(own));
	if (n < 0)
		return n;
	for (char *rest = own, *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
		uint32_t inside, outside, count;
		if (sscanf(line, "%" SCNu32 " %" SCNu32 " %" SCNu32, &inside, &outside, &count) != 3)
			continue;
		len += (size_t)snprintf(map + len, sizeof(map) - len, "%" PRIu32 " %" PRIu32 " %" PRIu32 "\n", inside,
		                        inside, count);
		if (len >= sizeof(map))
			return -E2BIG;
	}
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	return fd_write_at(AT_FDCWD, path, map);
}

/* In a child, which stays outside: once its parent has entered, or has failed to. */
static _Noreturn void map_parent(int entered_fd, pid_t parent)
{
	char entered;
	int rc = read(entered_fd, &entered, 1) == 1 ? 0 : -ECANCELED;

	if (rc == 0)
		rc = map_all(parent, "uid_map");
	if (rc == 0)
		rc = map_all(parent, "gid_map");
	_exit(-rc); /* an errno fits into the eight bits of a status */
}

/* The kernel takes other maps than that of one's own id only from a process outside that has the rights there. */
static int enter_with_all_ids(struct sbx_err *err)
{
	pid_t parent = getpid(), child;
	int ends[2], status, rc = 0;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return FAIL(err, errno, "cannot make a pipe");
	child = fork();
	if (child == 0) {
		close(ends[1]); /* so that a parent that dies is an end of it */
		map_parent(ends[0], parent);
	}
	if (child < 0)
		rc = FAIL(err, errno, "cannot start a process to map ids");
	else if (unshare(CLONE_NEWUSER) < 0)
		rc = FAIL(err, errno, "cannot make a user namespace for the job's folder");
	else if (write(ends[1], "", 1) != 1)
		rc = FAIL(err, errno, "cannot tell the process that maps ids");
	close(ends[1]);
	close(ends[0]);
	if (child < 0)
		return rc;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return FAIL(err, errno, "cannot wait for the process that maps ids");
	if (rc == 0 && status != 0)
		rc = FAIL(err, WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD,
		          "cannot map ids for the job's folder; without CAP_SYS_ADMIN root needs CAP_SETUID, "
		          "CAP_SETGID and "
		          "CAP_SETFCAP for that");
	return rc;
}

int own_mounts_enter(struct sbx_err *err)
{
	int rc = unshare(CLONE_NEWNS);

	if (rc < 0 && errno == EPERM) {
		TRY(geteuid() == 0 ? enter_with_all_ids(err) : enter_with_own_id(err));
		rc = unshare(CLONE_NEWNS);
	}
	if (rc < 0)
		return FAIL(err, errno, "cannot make a mount namespace for the job's folder");
	/* what the host mounts later is seen here too; what is mounted here is not seen there */
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return FAIL(err, errno, "cannot part this process's mounts from the host's");
	return 0;
}
