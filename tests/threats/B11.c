/*
 * Limits, priorities, cores and memory of others: of init, of every other number, and of the users they could belong
 * to. What one has of one's own can be made worse.
 */
// run:
// run: --seccomp none
// run: --seccomp interpreted
#include "tests/threats/attack.h"

#include <linux/ioprio.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static void must_be_out_of_reach(pid_t pid)
{
	static const int resources[] = {RLIMIT_CPU,  RLIMIT_AS,      RLIMIT_NOFILE, RLIMIT_NPROC,
	                                RLIMIT_CORE, RLIMIT_MEMLOCK, RLIMIT_FSIZE,  RLIMIT_STACK};
	struct rlimit none = {0, 0}, old;
	struct sched_param fifo = {.sched_priority = 1}, other = {0};
	unsigned long nodes = 1;
	cpu_set_t cpus;
	void *page = &none;
	int node = 0, status;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		REFUSED(prlimit(pid, resources[i], &none, NULL), EPERM, ESRCH);
		REFUSED(prlimit(pid, resources[i], NULL, &old), EPERM, ESRCH);
	}
	REFUSED(sched_setaffinity(pid, sizeof(cpus), &cpus), EPERM, ESRCH);
	REFUSED(sched_setscheduler(pid, SCHED_FIFO, &fifo), EPERM, ESRCH);
	REFUSED(sched_setscheduler(pid, SCHED_IDLE, &other), EPERM, ESRCH);
	REFUSED(sched_setscheduler(pid, SCHED_BATCH, &other), EPERM, ESRCH);
	REFUSED(sched_setparam(pid, &fifo), EPERM, ESRCH, EINVAL);
	REFUSED(setpriority(PRIO_PROCESS, (id_t)pid, 19), EPERM, ESRCH, EACCES);
	REFUSED(setpriority(PRIO_PROCESS, (id_t)pid, -20), EPERM, ESRCH, EACCES);
	if (pid != getpgrp())
		REFUSED(setpriority(PRIO_PGRP, (id_t)pid, 19), EPERM, ESRCH, EACCES);
	REFUSED(syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, pid, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0)), EPERM,
	        ESRCH);
	REFUSED(syscall(SYS_migrate_pages, pid, 64L, &nodes, &nodes), EPERM, ESRCH, ENOSYS, EINVAL);
	REFUSED(syscall(SYS_move_pages, pid, 1L, &page, &node, &status, 0), EPERM, ESRCH, ENOSYS, EINVAL, EACCES);
	REFUSED(setpgid(pid, getpid()), EPERM, ESRCH, EINVAL, EACCES);
}

int main(void)
{
	struct sched_param other = {0};
	bool one_id = has_inits_id();

	/* without a filter nothing keeps an ordinary user's program from what has its own id, as SECURITY.md says */
	if (!one_id || prctl(PR_GET_SECCOMP) != 0) {
		must_be_out_of_reach(1);
		must_be_out_of_reach(getppid());
	}
	for (pid_t pid = getpid() + 1; pid < 4096; pid++)
		must_be_out_of_reach(pid);
	/* SCHED_OTHER of others is what they have already; the filter lets it pass */
	if (!one_id)
		REFUSED(sched_setscheduler(1, SCHED_OTHER, &other), EPERM);
	for (id_t uid = 1; uid < 2000; uid++) /* 0 is the own one */
		if (uid != getuid())
			REFUSED(setpriority(PRIO_USER, uid, 19), EPERM, ESRCH, EACCES, EINVAL);
	return 0;
}
