/*
 * Namespaces of its own, above all the one that gives capabilities. Without a filter nested ones can be made (see
 * sbx(1)), but what is gained there ends at the namespace; A3, A12, A15, A18 and this look at that.
 */
// run: -- unshare-user => verdict=SV denied_syscall=unshare
// run: -- unshare-mount => verdict=SV denied_syscall=unshare
// run: -- unshare-fs => verdict=SV denied_syscall=unshare
// run: -- clone-user => verdict=SV denied_syscall=clone
// run: -- clone-mount => verdict=SV denied_syscall=clone
// run: -- clone-pid => verdict=SV denied_syscall=clone
// run: -- clone-net => verdict=SV denied_syscall=clone
// run: -- clone-ipc => verdict=SV denied_syscall=clone
// run: -- clone-uts => verdict=SV denied_syscall=clone
// run: -- clone-cgroup => verdict=SV denied_syscall=clone
// run: -- clone-time => verdict=SV denied_syscall=clone
// run: -- clone-high-bits => verdict=SV denied_syscall=clone
// run: -- setns => verdict=SV denied_syscall=setns
// run: -- child => verdict=SV denied_syscall=unshare
// run: --seccomp interpreted -- unshare-user => verdict=SV denied_syscall=unshare
// run: --seccomp jvm -- clone-user => verdict=SV denied_syscall=clone
// run: --seccomp compile -- unshare-user => verdict=SV denied_syscall=unshare
// run: --seccomp contest -- clone-user => verdict=SV denied_syscall=clone
// run: --seccomp none -- alone
// run: --seccomp none -- nested
#include "tests/threats/attack.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

/* By itself, a process without capabilities gets no namespace but that of users. */
static void without_user_namespace(void)
{
	REFUSED(unshare(CLONE_NEWNS), EPERM);
	REFUSED(unshare(CLONE_NEWPID), EPERM);
	REFUSED(unshare(CLONE_NEWNET), EPERM);
	REFUSED(unshare(CLONE_NEWIPC), EPERM);
	REFUSED(unshare(CLONE_NEWUTS), EPERM);
	REFUSED(unshare(CLONE_NEWCGROUP), EPERM);
}

/* Root's powers in a namespace that no id of the host is in. */
static void in_user_namespace(void)
{
	static const char *const maps[] = {"uid_map", "gid_map", "setgroups", "projid_map"};
	char path[64];
	bool one_id = has_inits_id(); /* which the maps of a namespace of its own do not tell */

	if (unshare(CLONE_NEWUSER) != 0)
		return;
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		snprintf(path, sizeof(path), "/proc/self/%s", maps[i]);
		REFUSED(open(path, O_WRONLY), EROFS);
	}
	REFUSED(setuid(0), EINVAL);
	REFUSED(setgid(0), EINVAL);
	REFUSED(setresuid(999, 999, 999), EINVAL);
	/* init takes no signal from its own namespace; as an ordinary user's it has the program's id, so none is
	 * refused */
	if (!one_id)
		REFUSED(kill(1, SIGKILL), EPERM, ESRCH);
	REFUSED(open("/proc/1/ns/user", O_RDONLY), ENOENT, EACCES);
	REFUSED(open("/usr/threat", O_WRONLY | O_CREAT, 0644), EROFS);
	REFUSED(chown("/box", 1000, 1000), EROFS, EPERM, EINVAL);
}

static void clones(int flag)
{
	long pid = syscall(SYS_clone, flag | SIGCHLD, NULL, NULL, NULL, 0);

	if (pid == 0)
		_exit(0);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int flag;
	} kinds[] = {{"user", CLONE_NEWUSER}, {"mount", CLONE_NEWNS}, {"pid", CLONE_NEWPID},
	             {"net", CLONE_NEWNET},   {"ipc", CLONE_NEWIPC},  {"uts", CLONE_NEWUTS},
	             {"time", 0x80},          {"fs", CLONE_FS},       {"cgroup", CLONE_NEWCGROUP}};
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "alone") == 0)
		return without_user_namespace(), 0;
	if (strcmp(what, "nested") == 0)
		return in_user_namespace(), 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strncmp(what, "unshare-", 8) == 0 && strcmp(what + 8, kinds[i].name) == 0)
			unshare(kinds[i].flag);
		if (strncmp(what, "clone-", 6) == 0 && strcmp(what + 6, kinds[i].name) == 0)
			clones(kinds[i].flag);
	}
	if (strcmp(what, "clone-high-bits") == 0 &&
	    syscall(SYS_clone, 0xdead00000000UL | CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0) == 0)
		_exit(0);
	if (strcmp(what, "setns") == 0)
		setns(open("/proc/self/ns/user", O_RDONLY), 0);
	/* in a child of which nobody hears */
	if (strcmp(what, "child") == 0) {
		signal(SIGCHLD, SIG_IGN);
		if (fork() == 0) {
			unshare(CLONE_NEWUSER | CLONE_NEWNS);
			_exit(0);
		}
		sleep(2);
	}
	broke("%s was not stopped by the filter", what);
}
