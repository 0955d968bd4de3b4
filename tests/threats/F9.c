/* The x32 calling convention: the numbers of x86_64 with bit 30 set, and some of its own. */
// run: -- 39 => verdict=SV denied_syscall=x32:getpid
// run: -- 165 => verdict=SV denied_syscall=x32:mount
// run: -- 521 => verdict=SV denied_syscall=x32:ptrace
// run: -- 101 => verdict=SV denied_syscall=x32:101
// run: -- 272 => verdict=SV denied_syscall=x32:unshare
// run: -- 520 => verdict=SV denied_syscall=x32:execve
// run: -- 0 => verdict=SV denied_syscall=x32:read
// run: -- 600 => verdict=SV denied_syscall=x32:600
// run: -- 1073741823 => verdict=SV
// run: --seccomp interpreted -- 165 => verdict=SV denied_syscall=x32:mount
// run: --seccomp jvm -- 521 => verdict=SV denied_syscall=x32:ptrace
// run: --seccomp compile -- 272 => verdict=SV denied_syscall=x32:unshare
// run: --seccomp contest -- 39 => verdict=SV denied_syscall=x32:getpid
// run: -- none => verdict=OK
#include "tests/threats/attack.h"

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "39";

	/* -1 is no call, though it has bit 30 too; nor does it become one by bits above the 32 that count */
	if (strcmp(what, "none") == 0) {
		REFUSED(syscall(-1L), ENOSYS);
		REFUSED(syscall(0xffffffffL), ENOSYS);
		REFUSED(syscall(0x7ffffffffffffffL), ENOSYS);
		return 0;
	}
	broke("call %s of x32 gave %ld", what, syscall(0x40000000L | atol(what), 0L, 0L, 0L, 0L, 0L, 0L));
}
