/*
 * Looks into init, its parent, and a process of its own, each call with a run of its own, since the filter stops the
 * first. Without a filter it is init's other id that holds; its own children it may trace.
 */
// run: -- traceme => verdict=SV denied_syscall=ptrace
// run: -- attach => verdict=SV denied_syscall=ptrace
// run: -- seize => verdict=SV denied_syscall=ptrace
// run: -- child => verdict=SV denied_syscall=ptrace
// run: -- readv => verdict=SV denied_syscall=process_vm_readv
// run: -- writev => verdict=SV denied_syscall=process_vm_writev
// run: -- getfd => verdict=SV denied_syscall=pidfd_getfd
// run: -- kcmp => verdict=SV denied_syscall=kcmp
// run: --seccomp interpreted -- writev => verdict=SV denied_syscall=process_vm_writev
// run: --seccomp jvm -- getfd => verdict=SV denied_syscall=pidfd_getfd
// run: --seccomp compile -- attach => verdict=SV denied_syscall=ptrace
// run: --seccomp contest -- attach => verdict=SV denied_syscall=ptrace
// run: --seccomp none -- unfiltered
#include "tests/threats/attack.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>

static bool all;
static const char *what;

static bool is(const char *name)
{
	return all || strcmp(what, name) == 0;
}

/* `pid` is none of ours. */
static void look_into(pid_t pid)
{
	char buf[16] = "", path[64];
	struct iovec here = {buf, sizeof(buf)}, there = {&buf, sizeof(buf)};
	struct rlimit limit = {0, 0};
	static const char *const files[] = {"mem",     "maps", "environ", "auxv", "stack",
	                                    "syscall", "fd",   "root",    "cwd",  "exe"};
	int fd;

	if (is("attach"))
		REFUSED(ptrace(PTRACE_ATTACH, pid, 0, 0), EPERM);
	if (is("seize"))
		REFUSED(ptrace(PTRACE_SEIZE, pid, 0, 0), EPERM);
	if (is("readv"))
		REFUSED(process_vm_readv(pid, &here, 1, &there, 1, 0), EPERM);
	if (is("writev"))
		REFUSED(process_vm_writev(pid, &here, 1, &there, 1, 0), EPERM);
	if (is("kcmp"))
		REFUSED(syscall(SYS_kcmp, getpid(), pid, 2 /* KCMP_FILES */, 0, 0), EPERM);
	if (is("getfd")) {
		fd = (int)MUST(syscall(SYS_pidfd_open, pid, 0));
		for (int n = 0; n < 64; n++)
			REFUSED(syscall(SYS_pidfd_getfd, fd, n, 0), EPERM);
	}
	if (!all)
		return;
	if (!has_inits_id())
		REFUSED(prlimit(pid, RLIMIT_NOFILE, &limit, NULL), EPERM);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, files[i]);
		REFUSED(open(path, O_RDONLY), ENOENT, EACCES, EPERM);
		REFUSED(readlink(path, buf, sizeof(buf)), ENOENT, EACCES, EPERM, EINVAL);
	}
}

int main(int argc, char **argv)
{
	what = argc > 1 ? argv[1] : "";
	all = strcmp(what, "unfiltered") == 0;
	look_into(1);
	look_into(getppid());
	if (is("child")) {
		pid_t child = MUST(fork());
		if (child == 0)
			for (;;)
				pause();
		MUST(ptrace(PTRACE_SEIZE, child, 0, 0));
	}
	if (!all && is("traceme"))
		ptrace(PTRACE_TRACEME, 0, 0, 0);
	return all ? 0 : 1;
}
