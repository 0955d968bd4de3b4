/*
 * A filter of its own. With a profile that allows it (F16.bash makes one) it can forbid itself more, and nothing that
 * is forbidden comes back: neither by a filter that allows all, nor by one that asks a listener, which says "go on".
 *   refused      the call for it is refused
 *   allow NAME   a filter that allows all, then the call NAME, which ours stops or refuses
 *   notify NAME  a filter that notifies, then NAME
 *   listener     a second listener beside the launcher's
 */
#include "tests/threats/attack.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>

static long load(unsigned action, unsigned flags)
{
	struct sock_filter code[] = {
	        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
	        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 1, 0),
	        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
	        BPF_STMT(BPF_RET | BPF_K, action),
	        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {sizeof(code) / sizeof(code[0]), code};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
}

static void refused(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog prog = {1, &allow};

	REFUSED(load(SECCOMP_RET_ALLOW, 0), EPERM);
	REFUSED(load(SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER), EPERM);
	REFUSED(load(SECCOMP_RET_ALLOW, SECCOMP_FILTER_FLAG_TSYNC), EPERM);
	REFUSED(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL), EPERM);
	REFUSED(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog), EPERM);
	REFUSED(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT), EPERM);
	REFUSED(prctl(PR_SET_SECCOMP, 0), EPERM);
}

/* What ours refuses with an errno stays refused; what it stops does not return. */
static void call(const char *name)
{
	if (strcmp(name, "ptrace") == 0)
		broke("ptrace gave %ld", ptrace(PTRACE_TRACEME, 0, 0, 0));
	if (strcmp(name, "int80") == 0) {
		long ret;
		__asm__ volatile("int $0x80" : "=a"(ret) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
		broke("getpid of i386 gave %ld", ret);
	}
	REFUSED(syscall(SYS_io_uring_setup, 1, NULL), ENOSYS);
	REFUSED(socket(AF_NETLINK, SOCK_RAW, 0), EAFNOSUPPORT);
	REFUSED(syscall(SYS_clone3, NULL, 0), ENOSYS);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "", *name = argc > 2 ? argv[2] : "";

	if (strcmp(how, "refused") == 0)
		return refused(), 0;
	if (strcmp(how, "listener") == 0) {
		REFUSED(load(SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER), EBUSY);
		call("ptrace");
	}
	/* the most that a filter can say for a call; twenty of them, and for all threads */
	for (int i = 0; strcmp(how, "allow") == 0 && i < 20; i++)
		MUST(load(SECCOMP_RET_ALLOW, i % 2 == 0 ? 0 : SECCOMP_FILTER_FLAG_TSYNC));
	for (int i = 0; strcmp(how, "log") == 0 && i < 20; i++)
		MUST(load(SECCOMP_RET_LOG, 0));
	/* whose listener is ours, which never hears of it, or nobody's: then it is not made */
	if (strcmp(how, "notify") == 0) {
		MUST(load(SECCOMP_RET_USER_NOTIF, 0));
		REFUSED(ptrace(PTRACE_TRACEME, 0, 0, 0), ENOSYS);
	}
	if (strcmp(how, "trace") == 0)
		MUST(load(SECCOMP_RET_TRACE, 0));
	call(name);
	return 0;
}
