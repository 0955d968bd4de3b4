/*
 * Checks of what the kernel can do, tried in a child where trying has an effect. Called through the table in
 * cmd_check.c. Where a container's filter hides a call, it looks like an old kernel: the reasons say both.
 */
#include "policy/seccomp.h"
#include "runner/check.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#define UNFILTERED "docker run --security-opt seccomp=unconfined ..."

void check_kernel(const struct check_host *host, struct check_row *row)
{
	struct utsname name;
	unsigned major = 0, minor = 0;

	(void)host;
	uname(&name);
	if (sscanf(name.release, "%u.%u", &major, &minor) != 2) {
		check_say(row, CHECK_NA, "the version %s is none that can be compared", name.release);
		return;
	}
	check_say(row, CHECK_OK, "%s", name.release);
	if (major > 6 || (major == 6 && minor >= 1))
		return;
	check_fix(row, "apt-get install linux-image-amd64 && reboot");
	if (major == 6 || (major == 5 && minor >= 19))
		check_say(row, CHECK_WARN, "%s works, but sbx is tested on 6.1 and later", name.release);
	else
		check_say(row, CHECK_FAIL, "%s is too old: 5.19 at least, 6.1 or later better", name.release);
}

/* What every check of one call says: `rc` is 0 or -errno, `since` the kernel that brought it. */
static void say_call(struct check_row *row, int rc, const char *since)
{
	if (rc == 0) {
		check_say(row, CHECK_OK, "works");
		return;
	}
	check_say(row, CHECK_FAIL, "%s: it needs Linux %s, and a container whose filter lets it pass", strerror(-rc),
	          since);
	check_fix(row, UNFILTERED);
}

void check_clone_into(const struct check_host *host, struct check_row *row)
{
	/* a descriptor that is surely closed: a kernel that knows the flag says EBADF, and makes no child */
	struct clone_args args = {.flags = CLONE_INTO_CGROUP, .cgroup = 1U << 30};
	int rc = syscall(SYS_clone3, &args, sizeof(args)) < 0 ? -errno : 0;

	(void)host;
	say_call(row, rc == -EBADF ? 0 : rc, "5.7");
}

void check_openat2(const struct check_host *host, struct check_row *row)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
	FD_CLEANUP int fd = (int)syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof(how));

	(void)host;
	say_call(row, fd < 0 ? -errno : 0, "5.6");
}

void check_pidfd(const struct check_host *host, struct check_row *row)
{
	FD_CLEANUP int fd = pidfd_open(getpid(), 0);

	(void)host;
	say_call(row, fd < 0 || pidfd_send_signal(fd, 0, NULL, 0) < 0 ? -errno : 0, "5.3");
}

void check_close_range(const struct check_host *host, struct check_row *row)
{
	(void)host;
	say_call(row, close_range(~0U, ~0U, CLOSE_RANGE_CLOEXEC) < 0 ? -errno : 0, "5.11");
}

/* The filter that every run has by default, with the listener by which a denied call is named. */
static int load_filter(void *arg)
{
	const struct seccomp_profile *profile = seccomp_builtin_find("default");
	struct sock_fprog prog = {.len = (unsigned short)profile->n_filter,
	                          .filter = (struct sock_filter *)(uintptr_t)profile->filter};

	(void)arg;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog) < 0 ? -errno : 0;
}

void check_seccomp(const struct check_host *host, struct check_row *row)
{
	int rc = check_try(0, load_filter, NULL);

	(void)host;
	if (rc == -EBUSY) {
		check_say(row, CHECK_FAIL,
		          "another supervisor listens to this process's filter, and there can be one only");
		check_fix(row, UNFILTERED);
	} else {
		say_call(row, rc, "5.0, with CONFIG_SECCOMP_FILTER");
	}
}

/* The mounts are tried as a box makes them: in namespaces of their own. Without these, nothing can be said. */
static bool needs_userns(const struct check_host *host, struct check_row *row)
{
	if (host->userns_rc == 0)
		return false;
	check_say(row, CHECK_NA, "cannot be tried without a user namespace");
	return true;
}

static int make_tmpfs(void *arg)
{
	FD_CLEANUP int fs = fsopen("tmpfs", FSOPEN_CLOEXEC);
	FD_CLEANUP int tree = -1;

	(void)arg;
	if (fs < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	tree = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID);
	return tree < 0 ? -errno : 0;
}

void check_fsopen(const struct check_host *host, struct check_row *row)
{
	if (!needs_userns(host, row))
		say_call(row, check_try(CLONE_NEWUSER | CLONE_NEWNS, make_tmpfs, NULL), "5.2");
}

static int make_read_only_bind(void *arg)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};
	FD_CLEANUP int tree = open_tree(AT_FDCWD, "/usr", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	(void)arg;
	if (tree < 0 || mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0)
		return -errno;
	return 0;
}

void check_mount_setattr(const struct check_host *host, struct check_row *row)
{
	if (!needs_userns(host, row))
		say_call(row, check_try(CLONE_NEWUSER | CLONE_NEWNS, make_read_only_bind, NULL), "5.12");
}

/* A writable overlay whose layers lie on a tmpfs, which hides the child's own /usr: nothing else of it is used. */
static int make_overlay(void *arg)
{
	static const char *const options[][2] = {
	        {"lowerdir", "/usr/lower"}, {"upperdir", "/usr/upper"}, {"workdir", "/usr/work"}};
	FD_CLEANUP int fs = -1;

	(void)arg;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount("none", "/usr", "tmpfs", 0, NULL) < 0)
		return -errno;
	fs = fsopen("overlay", FSOPEN_CLOEXEC);
	if (fs < 0)
		return -errno;
	for (size_t i = 0; i < 3; i++)
		if (mkdir(options[i][1], 0755) < 0 ||
		    fsconfig(fs, FSCONFIG_SET_STRING, options[i][0], options[i][1], 0) < 0)
			return -errno;
	if (fsconfig(fs, FSCONFIG_SET_FLAG, "userxattr", NULL, 0) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	return 0;
}

void check_overlay(const struct check_host *host, struct check_row *row)
{
	int rc;

	if (needs_userns(host, row))
		return;
	rc = check_try(CLONE_NEWUSER | CLONE_NEWNS, make_overlay, NULL);
	if (rc == -ENODEV) {
		check_say(row, CHECK_FAIL, "the kernel has no overlayfs, by which the job directory is shown");
		check_fix(row, "modprobe overlay");
	} else {
		say_call(row, rc, "5.11");
	}
}

static int make_proc(void *arg)
{
	FD_CLEANUP int fs = fsopen("proc", FSOPEN_CLOEXEC);
	FD_CLEANUP int tree = -1;

	(void)arg;
	if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "subset", "pid", 0) < 0 ||
	    fsconfig(fs, FSCONFIG_SET_STRING, "hidepid", "invisible", 0) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	tree = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID);
	return tree < 0 ? -errno : 0;
}

void check_proc(const struct check_host *host, struct check_row *row)
{
	int rc;

	if (needs_userns(host, row))
		return;
	rc = check_try(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID, make_proc, NULL);
	if (rc == -EPERM) {
		check_say(row, CHECK_FAIL,
		          "parts of /proc are masked (a container?), and then the kernel allows a box no /proc");
		check_fix(row, "docker run --security-opt systempaths=unconfined ...");
	} else {
		say_call(row, rc, "5.8");
	}
}
