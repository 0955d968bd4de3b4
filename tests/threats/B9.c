/*
 * Namespaces of others, by /proc and by pidfd; each with a run of its own, since the filter stops the first. Without a
 * filter it is for want of capabilities in them.
 */
// run: -- self => verdict=SV denied_syscall=setns
// run: -- pidfd => verdict=SV denied_syscall=setns
// run: -- unshare => verdict=SV denied_syscall=unshare
// run: --seccomp interpreted -- pidfd => verdict=SV denied_syscall=setns
// run: --seccomp jvm -- pidfd => verdict=SV denied_syscall=setns
// run: --seccomp compile -- pidfd => verdict=SV denied_syscall=setns
// run: --seccomp contest -- pidfd => verdict=SV denied_syscall=setns
// run: -- names
// run: --seccomp none -- names
// run: --seccomp none -- unfiltered
#include "tests/threats/attack.h"

#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>

static const char *const types[] = {"user", "mnt", "pid", "pid_for_children", "net", "ipc", "uts", "cgroup", "time"};
#define N_TYPES (sizeof(types) / sizeof(types[0]))

static const int flags[] = {CLONE_NEWUSER, CLONE_NEWNS,  CLONE_NEWPID,    CLONE_NEWNET,
                            CLONE_NEWIPC,  CLONE_NEWUTS, CLONE_NEWCGROUP, 0x80 /* CLONE_NEWTIME */};
#define N_FLAGS (sizeof(flags) / sizeof(flags[0]))

static void names(void)
{
	char path[64];

	for (int pid = 0; pid < 4096; pid++) {
		if (pid == getpid())
			continue;
		for (size_t i = 0; i < N_TYPES; i++) {
			snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, types[i]);
			REFUSED(open(path, O_RDONLY), ENOENT);
		}
	}
}

/* From what is one's own to what is above it. */
static void upwards(void)
{
	char path[64];
	int fd, above;

	for (size_t i = 0; i < N_TYPES; i++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s", types[i]);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		REFUSED(setns(fd, 0), EPERM, EINVAL);
		above = ioctl(fd, NS_GET_USERNS);
		if (above >= 0) {
			REFUSED(setns(above, CLONE_NEWUSER), EPERM, EINVAL);
			REFUSED(ioctl(above, NS_GET_PARENT), EPERM);
			REFUSED(ioctl(above, NS_GET_USERNS), EPERM);
		}
		above = ioctl(fd, NS_GET_PARENT);
		if (above >= 0)
			broke("NS_GET_PARENT of %s", types[i]);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int init = MUST((int)syscall(SYS_pidfd_open, 1, 0));

	if (strcmp(what, "names") == 0) {
		names();
		return 0;
	}
	if (strcmp(what, "self") == 0)
		setns(MUST(open("/proc/self/ns/user", O_RDONLY)), CLONE_NEWUSER);
	else if (strcmp(what, "pidfd") == 0)
		setns(init, CLONE_NEWUSER | CLONE_NEWNS);
	else if (strcmp(what, "unshare") == 0)
		unshare(CLONE_NEWUSER);
	if (strcmp(what, "unfiltered") != 0)
		return 1;
	for (size_t i = 0; i < N_FLAGS; i++)
		for (size_t k = 0; k <= i; k++) {
			REFUSED(setns(init, flags[i] | flags[k]), EPERM, EINVAL);
			REFUSED(setns(MUST((int)syscall(SYS_pidfd_open, getppid(), 0)), flags[i] | flags[k]), EPERM,
			        EINVAL);
			if (flags[i] != CLONE_NEWUSER && flags[k] != CLONE_NEWUSER)
				REFUSED(unshare(flags[i] | flags[k]), EPERM);
		}
	/* CLONE_NEWUSER with others is another matter; see F2 */
	upwards();
	return 0;
}
