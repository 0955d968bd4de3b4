/* The topology as /sys shows it. Used by whoever pins, and by `sbx judge` for how many run at once. */
#include "sandbox/cores.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
	short cpu[CPU_SETSIZE]; /* in their order */
	unsigned n, physical;
} cores;

/* Whether `cpu` is the first of those allowed on its core. */
static bool is_first_of_core(int cpu, const cpu_set_t *allowed)
{
	char path[96], list[256], *at = list;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
	if (fd_read_at(AT_FDCWD, path, list, sizeof(list)) <= 0)
		return true;
	/* "0,64" or "0-1" */
	while (*at >= '0' && *at <= '9') {
		long low = strtol(at, &at, 10), high = *at == '-' ? strtol(at + 1, &at, 10) : low;
		for (long sibling = low; sibling <= high && sibling < cpu; sibling++)
			if (CPU_ISSET((size_t)sibling, allowed))
				return false;
		if (*at == ',')
			at++;
	}
	return true;
}

/* Two rounds: the first thread of each core, then all others. */
static int look(void)
{
	bool first[CPU_SETSIZE];
	cpu_set_t allowed;

	if (cores.n > 0)
		return 0;
	if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
		return -errno;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		first[cpu] = CPU_ISSET((size_t)cpu, &allowed) && is_first_of_core(cpu, &allowed);
		if (first[cpu])
			cores.cpu[cores.n++] = (short)cpu;
	}
	cores.physical = cores.n;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET((size_t)cpu, &allowed) && !first[cpu])
			cores.cpu[cores.n++] = (short)cpu;
	return cores.n > 0 ? 0 : -ENODEV;
}

unsigned cores_physical(void)
{
	return look() < 0 ? 1 : cores.physical;
}

int cores_nth(unsigned n)
{
	int rc = look();

	return rc < 0 ? rc : cores.cpu[n % cores.n];
}
