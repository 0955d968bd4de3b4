/*
 * refuse CALL ERRNO COMMAND...: executes the command where one of these calls fails so, as under a setting of the
 * host's that forbids it: clone (both kinds), unshare. Not for a box.
 */
#include "tests/threats/attack.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	bool clone = strcmp(argv[1], "clone") == 0;
	/* CLONE_NEWUSER in the flags of clone; those of clone3 lie in memory, and plain forks of ours do not use it */
	struct sock_filter code[] = {
	        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, clone ? SYS_clone3 : SYS_unshare, 3, 0),
	        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, clone ? SYS_clone : SYS_unshare, 0, 3),
	        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
	        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x10000000, 0, 1),
	        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)atoi(argv[2])),
	        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {sizeof(code) / sizeof(code[0]), code};

	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog));
	execv(argv[3], argv + 3);
	return 127;
}
