/*
 * Signals to everybody, to the parent and to init, in every way there is to send one. Here "everybody" is only what
 * this program started, which shows that the signals were sent; that launcher and init live, the report shows.
 */
// run: -- 20
// run: --seccomp none -- 20
// run: --net loopback --box-mode cow -- 20
#include "tests/threats/attack.h"

#include <signal.h>
#include <sys/wait.h>

/* Init's id alone keeps them from it, or, where that is the program's, that they do nothing to it: the report shows. */
#define KEPT(call)                                                                                                     \
	do {                                                                                                           \
		if (one_id)                                                                                            \
			(void)!(call);                                                                                 \
		else                                                                                                   \
			REFUSED(call, EPERM);                                                                          \
	} while (0)

static bool one_id;

static void to_one(pid_t pid, int sig)
{
	siginfo_t info = {.si_code = SI_QUEUE};
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	KEPT(kill(pid, sig));
	if (pid != 1) /* that is everybody */
		REFUSED(kill(-pid, sig), ESRCH, EPERM);
	KEPT(syscall(SYS_tkill, pid, sig));
	KEPT(syscall(SYS_tgkill, pid, pid, sig));
	KEPT(syscall(SYS_rt_sigqueueinfo, pid, sig, &info));
	KEPT(syscall(SYS_rt_tgsigqueueinfo, pid, pid, sig, &info));
	if (fd >= 0)
		KEPT(syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0));
	close(fd);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 1, status;

	one_id = has_inits_id();
	if (getppid() != 1)
		broke("not tried: the parent is %d, not init", (int)getppid());
	for (int sig = 1; sig < NSIG; sig++)
		to_one(1, sig);
	while (rounds-- > 0) {
		pid_t child = MUST(fork());
		if (child == 0) {
			setsid();
			for (;;)
				pause();
		}
		MUST(kill(-1, SIGKILL));
		MUST(waitpid(child, &status, 0));
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
			broke("not tried: kill(-1) did not even reach a child");
		kill(-1,
		     SIGKILL); /* 0 also where nobody could be reached, as the dead maker of the network namespace */
		KEPT(kill(getppid(), SIGKILL));
	}
	for (pid_t group = 2; group < 1 << 15; group++)
		if (group != getpgrp())
			REFUSED(kill(-group, SIGKILL), ESRCH, EPERM);
	return 0;
}
