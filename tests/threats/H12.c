/*
 * step COMMAND...: executes the command, for which the real-time clock jumps back and forth by hours from one look to
 * the next, and which has no vDSO, so that each look at a clock is a call that can be seen. Prints how many looks there
 * were at that clock, and how many timers were set by it. What the command itself clones is left alone. Not for a box.
 */
#include "tests/threats/attack.h"

#include <elf.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

static pid_t pid;

static long peek(unsigned long at)
{
	return ptrace(PTRACE_PEEKDATA, pid, at, NULL);
}

/* At the exec stop: rsp -> argc, argv..., NULL, envp..., NULL, auxv. */
static void hide_vdso(void)
{
	struct user_regs_struct regs;
	unsigned long at;

	MUST(ptrace(PTRACE_GETREGS, pid, NULL, &regs));
	at = regs.rsp + 8;
	for (int lists = 0; lists < 2; at += 8)
		lists += peek(at) == 0;
	for (; peek(at) != AT_NULL; at += 16)
		if (peek(at) == AT_SYSINFO_EHDR)
			MUST(ptrace(PTRACE_POKEDATA, pid, at, AT_IGNORE));
}

static int stopped(int *status)
{
	MUST(waitpid(pid, status, 0));
	return WIFSTOPPED(*status);
}

int main(int argc, char **argv)
{
	int status, looks = 0, timers = 0, monotonic = 0;
	bool inside = false;

	if (argc < 2)
		return 2;
	pid = MUST(fork());
	if (pid == 0) {
		MUST(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		execv(argv[1], argv + 1);
		_exit(127);
	}
	if (!stopped(&status))
		broke("not tried: no exec");
	MUST(ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
	hide_vdso();
	for (int sig = 0;;) {
		struct user_regs_struct regs;
		MUST(ptrace(PTRACE_SYSCALL, pid, NULL, sig));
		if (!stopped(&status))
			break;
		sig = WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status);
		if (sig != 0)
			continue;
		inside = !inside;
		if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
			continue;
		bool real = regs.rdi == CLOCK_REALTIME || regs.rdi == CLOCK_REALTIME_COARSE || regs.rdi == CLOCK_TAI;
		if (inside) {
			timers += real && (regs.orig_rax == SYS_timerfd_create || regs.orig_rax == SYS_timer_create ||
			                   regs.orig_rax == SYS_clock_nanosleep);
			monotonic += regs.orig_rax == SYS_clock_gettime && !real;
			continue;
		}
		unsigned long at = regs.orig_rax == SYS_clock_gettime && real ? regs.rsi
		                   : regs.orig_rax == SYS_gettimeofday        ? regs.rdi
		                                                              : 0;
		if (at != 0 && regs.rax == 0) {
			looks++;
			ptrace(PTRACE_POKEDATA, pid, at, peek(at) + (looks % 2 ? 7200 : -7200));
		}
	}
	printf("looks %d timers %d monotonic %d\n", looks, timers, monotonic > 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
