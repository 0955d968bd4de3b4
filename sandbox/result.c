/* The names of the causes in a run_result. Used by the report and by messages. */
#include "sandbox/result.h"

#include <stddef.h>

static const char *const killed_by_names[KILLED_BY_MAX] = {
        [KILLED_BY_CPU] = "cpu",       [KILLED_BY_WALL] = "wall",       [KILLED_BY_OUTPUT] = "output",
        [KILLED_BY_MEMORY] = "memory", [KILLED_BY_SYSCALL] = "syscall", [KILLED_BY_INTERRUPT] = "interrupt",
        [KILLED_BY_ERROR] = "error",
};

const char *killed_by_name(enum killed_by killed_by)
{
	if (killed_by < 0 || killed_by >= KILLED_BY_MAX)
		return "unknown";
	return killed_by_names[killed_by];
}
