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

void run_result_init(struct run_result *result)
{
	uint64_t *const counts[] = {
	        &result->cpu_us,
	        &result->user_us,
	        &result->system_us,
	        &result->wall_us,
	        &result->oom_kills,
	        &result->memory_peak_bytes,
	        &result->memory_anon_bytes,
	        &result->memory_file_bytes,
	        &result->pids_peak,
	        &result->memory_shared_bytes,
	        &result->memory_kernel_bytes,
	        &result->pids_refused,
	        &result->throttled_us,
	        &result->pressure_us,
	        &result->steal_us,
	        &result->involuntary_switches,
	        &result->setup_us,
	        &result->teardown_us,
	};

	*result = (struct run_result){0};
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		*counts[i] = RESULT_UNKNOWN;
}
