/* The topology as /sys shows it. Called by `sbx judge`, once. */
#include "runner/cores.h"

#include "sandbox/fd.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

/* Whether `cpu` is the first of those allowed on its core. */
static int is_first_of_core(int cpu, const cpu_set_t *allowed)
{
	char path[96], list[256], *at = list;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
	if (fd_read_at(AT_FDCWD, path, list, sizeof(list)) <= 0)
		return 1;
	/* "0,64" or "0-1" */
	while (*at >= '0' && *at <= '9') {
		long low = strtol(at, &at, 10), high = *at == '-' ? strtol(at + 1, &at, 10) : low;
		for (long sibling = low; sibling <= high && sibling < cpu; sibling++)
			if (CPU_ISSET((size_t)sibling, allowed))
				return 0;
		if (*at == ',')
			at++;
	}
	return 1;
}

unsigned cores_physical(void)
{
	cpu_set_t allowed;
	unsigned n = 0;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
		return 1;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET((size_t)cpu, &allowed) && is_first_of_core(cpu, &allowed))
			n++;
	return n == 0 ? 1 : n;
}
