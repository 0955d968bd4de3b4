/* Priorities that no box has: real time, deadlines, nice values below 0, I/O priorities; and other cores than its own.
 */
// run:
// run: --pin 0 -- pinned
// run: --seccomp none
// run: --seccomp none --pin 0 -- pinned
// run: --seccomp contest --pin 0 -- pinned
#include "tests/threats/attack.h"

#include <linux/ioprio.h>
#include <sched.h>
#include <sys/resource.h>

/* the kernel's own, which does not go together with <sched.h> */
struct attr {
	uint32_t size;
	uint32_t sched_policy;
	uint64_t sched_flags;
	int32_t sched_nice;
	uint32_t sched_priority;
	uint64_t sched_runtime;
	uint64_t sched_deadline;
	uint64_t sched_period;
};

static void raise_limit(int resource)
{
	struct rlimit limit;

	MUST(getrlimit(resource, &limit));
	if (limit.rlim_max != 0)
		broke("limit %d is %ld", resource, (long)limit.rlim_max);
	limit.rlim_cur = limit.rlim_max = 99;
	REFUSED(setrlimit(resource, &limit), EPERM);
}

int main(int argc, char **argv)
{
	struct attr deadline = {.size = sizeof(deadline),
	                        .sched_policy = SCHED_DEADLINE,
	                        .sched_runtime = 900000,
	                        .sched_deadline = 1000000,
	                        .sched_period = 1000000};
	struct attr nice_attr = {.size = sizeof(nice_attr), .sched_nice = -20};
	struct sched_param one = {.sched_priority = 1};
	cpu_set_t cpus;

	if (sched_getscheduler(0) != SCHED_OTHER || getpriority(PRIO_PROCESS, 0) < 0)
		broke("born with a priority");
	raise_limit(RLIMIT_RTPRIO);
	raise_limit(RLIMIT_NICE);
	for (int policy = SCHED_FIFO; policy <= SCHED_RR; policy++) {
		REFUSED(sched_setscheduler(0, policy, &one), EPERM);
		REFUSED(sched_setscheduler(0, policy | SCHED_RESET_ON_FORK, &one), EPERM);
		REFUSED(syscall(SYS_sched_setattr, 0,
		                &(struct attr){.size = sizeof(deadline),
		                               .sched_policy = (uint32_t)policy,
		                               .sched_priority = 1},
		                0),
		        EPERM);
	}
	REFUSED(syscall(SYS_sched_setattr, 0, &deadline, 0), EPERM);
	REFUSED(syscall(SYS_sched_setattr, 0, &nice_attr, 0), EPERM, EACCES);
	for (int nice = -20; nice < 0; nice++) {
		REFUSED(setpriority(PRIO_PROCESS, 0, nice), EPERM, EACCES);
		REFUSED(setpriority(PRIO_PGRP, 0, nice), EPERM, EACCES);
		REFUSED(setpriority(PRIO_USER, 0, nice), EPERM, EACCES);
	}
	for (int level = 0; level < 8; level++)
		REFUSED(syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_RT, level)),
		        EPERM);
	REFUSED(open("/proc/self/oom_score_adj", O_WRONLY), EROFS, ENOENT, EACCES);
	if (argc < 2)
		return 0;
	MUST(sched_getaffinity(0, sizeof(cpus), &cpus));
	if (CPU_COUNT(&cpus) != 1 || !CPU_ISSET(0, &cpus))
		broke("not on core 0 alone");
	for (int cpu = 1; cpu < 64; cpu++) {
		CPU_ZERO(&cpus);
		CPU_SET(cpu, &cpus);
		REFUSED(sched_setaffinity(0, sizeof(cpus), &cpus), EPERM, EINVAL);
	}
	/* where it may be called at all, all cores are what is allowed of them */
	memset(&cpus, 0xff, sizeof(cpus));
	(void)!sched_setaffinity(0, sizeof(cpus), &cpus);
	for (int i = 0; i < 1000; i++) {
		if (sched_getcpu() != 0)
			broke("on core %d", sched_getcpu());
		sched_yield();
	}
	return argv[1] == NULL;
}
