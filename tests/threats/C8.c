/* C8 WAIT: every signal is caught, blocked, or ignored, time after time by another way; WAIT is `burn` or `sleep`. */
#include "tests/threats/attack.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>

static volatile int caught;

static void count(int sig)
{
	caught = sig;
}

int main(int argc, char **argv)
{
	struct itimerval often = {{0, 1000}, {0, 1000}};
	struct rlimit cpu;
	sigset_t all;
	bool burn = argc > 1 && strcmp(argv[1], "burn") == 0;

	sigfillset(&all);
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, sig % 2 == 0 ? SIG_IGN : count);
	signal(SIGXCPU, count);
	setitimer(ITIMER_REAL, &often, NULL);
	setitimer(ITIMER_PROF, &often, NULL);
	/* the kernel's own fence cannot be moved up */
	MUST(getrlimit(RLIMIT_CPU, &cpu));
	if (cpu.rlim_max == RLIM_INFINITY)
		broke("no limit of CPU time");
	cpu.rlim_max++;
	REFUSED(setrlimit(RLIMIT_CPU, &cpu), EPERM);
	cpu.rlim_max--;
	/* to be sent SIGXCPU early, which this process minds not */
	cpu.rlim_cur = 0;
	MUST(setrlimit(RLIMIT_CPU, &cpu));
	for (int i = 0;; i++) {
		sigprocmask(i % 2 == 0 ? SIG_BLOCK : SIG_UNBLOCK, &all, NULL);
		if (!burn)
			pause();
	}
}
