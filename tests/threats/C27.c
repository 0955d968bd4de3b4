/*
 * C27 HOW FLAGS: makes namespaces, in a loop: by unshare or clone with FLAGS (hexadecimal), by clone3, or by joining
 * the one it is in. It would keep each in a child.
 */
#include "tests/threats/attack.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	unsigned long flags = argc > 2 ? strtoul(argv[2], NULL, 16) : 0;
	struct clone_args args = {.flags = CLONE_NEWUSER | CLONE_NEWNET, .exit_signal = SIGCHLD};

	for (int i = 0; i < 1000; i++) {
		long pid = -1;
		if (strcmp(how, "unshare") == 0)
			pid = syscall(SYS_unshare, flags);
		else if (strcmp(how, "clone") == 0)
			pid = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
		else if (strcmp(how, "clone3") == 0)
			pid = syscall(SYS_clone3, &args, sizeof(args));
		else if (strcmp(how, "setns") == 0)
			pid = syscall(SYS_setns, MUST(open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC)), 0);
		else if (strcmp(how, "pidfd") == 0)
			pid = syscall(SYS_setns, MUST((int)syscall(SYS_pidfd_open, getpid(), 0)), CLONE_NEWUSER);
		if (pid == 0 && strcmp(how, "clone") == 0)
			pause();
		if (pid != -1)
			broke("%s %lx", how, flags);
		/* what the kernel says by itself where there is no filter */
		if (errno != ENOSYS && errno != EPERM && errno != EINVAL && errno != ENOSPC && errno != EUSERS)
			broke("%s %lx: %s", how, flags, strerrorname_np(errno));
		close_range(3, ~0U, 0);
	}
	return 0;
}
