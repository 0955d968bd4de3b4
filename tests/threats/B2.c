/*
 * Stops its parent, so that the clock stops with it. The wall clock is the launcher's, which is out of reach, and so
 * is CPU time.
 */
// run: --wall 0.5s -- sleep => verdict=TLE reason=wall killed_by=wall wall_us>=500000 wall_us<=20000000
// run: --seccomp none --wall 0.5s -- sleep => verdict=TLE reason=wall killed_by=wall wall_us>=500000 wall_us<=20000000
// run: --wall 60s --time 0.3s -- burn => verdict=TLE reason=cpu killed_by=cpu cpu_us>=300000 cpu_us<=5000000
// run: --wall 0.5s -- group => verdict=TLE reason=wall killed_by=wall
#include "tests/threats/attack.h"

#include <signal.h>

static bool one_id;

static void stop(pid_t pid)
{
	static const int signals[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (one_id)
			kill(pid,
			     signals[i]); /* init, or what is dead of it: it goes on, as it has to for the report */
		else
			REFUSED(kill(pid, signals[i]), EPERM, ESRCH);
}

int main(int argc, char **argv)
{
	const char *then = argc > 1 ? argv[1] : "sleep";

	one_id = has_inits_id();
	stop(1);
	stop(getppid());
	for (int sig = 1; sig < NSIG; sig++) /* what it says tells nothing: 0 also where nobody could be reached */
		if (sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU)
			kill(-1, sig);
	for (pid_t pid = 3; pid < 1 << 15; pid++)
		stop(pid);
	/* and what it can stop: itself, by all of its group */
	if (strcmp(then, "group") == 0 && fork() >= 0)
		kill(0, SIGSTOP);
	if (strcmp(then, "burn") == 0)
		for (volatile unsigned n = 0;; n++)
			;
	for (;;)
		sleep(1000);
}
