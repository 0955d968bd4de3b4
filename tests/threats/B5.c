/* Signals, tracing and limits of another box's processes, by every number they could have. */
#include "tests/threats/attack.h"

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>

int main(void)
{
	struct rlimit limit;
	cpu_set_t cpus;
	bool one_id = has_inits_id();

	must_be_alone();
	for (pid_t pid = 1; pid < 1 << 16; pid++) {
		if (pid == getpid())
			continue;
		if (one_id)
			kill(pid, SIGKILL); /* init, or what is dead of it: it lives, as the report shows */
		else
			REFUSED(kill(pid, SIGKILL), ESRCH, EPERM);
		REFUSED(prlimit(pid, RLIMIT_CPU, NULL, &limit), ESRCH, EPERM);
		REFUSED(sched_setaffinity(pid, sizeof(cpus), &cpus), ESRCH, EPERM);
		REFUSED(setpriority(PRIO_PROCESS, (id_t)pid, 19), ESRCH, EPERM, EACCES);
	}
	return 0;
}
