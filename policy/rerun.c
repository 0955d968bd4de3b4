/* When a time is to be taken again. */
#include "policy/rerun.h"

/* The counter of the hypervisor's time goes in steps of this: one of them may be next to nothing. */
#define STEAL_STEP_US 10000
/* What ends a run, and its start, cost some switches on any machine. */
#define SWITCHES_FREE 10
#define SWITCH_US 20000

static bool is_above(uint64_t us, uint64_t bound_us)
{
	return us != RESULT_UNKNOWN && us > bound_us;
}

/* A program of several threads or processes holds itself up, and could do so on purpose. */
static bool is_alone(const struct run_result *result)
{
	return result->pids_peak == 1;
}

bool rerun_is_disturbed(const struct run_result *result)
{
	uint64_t wall_us = result->wall_us, most_us = wall_us / 100;

	if (wall_us == RESULT_UNKNOWN)
		return false;
	if (is_above(result->steal_us, most_us + STEAL_STEP_US))
		return true;
	return is_alone(result) &&
	       (is_above(result->pressure_us, most_us) ||
	        (result->cpu_us != RESULT_UNKNOWN &&
	         is_above(result->involuntary_switches, SWITCHES_FREE + result->cpu_us / SWITCH_US)));
}

static bool is_near(uint64_t us, uint64_t limit_us)
{
	if (us == RESULT_UNKNOWN || limit_us == BOX_UNLIMITED)
		return false;
	return (us < limit_us ? limit_us - us : us - limit_us) <= limit_us / 10;
}

bool rerun_is_due(const struct run_result *result, const struct box_plan *plan, enum verdict verdict)
{
	return verdict == VERDICT_TLE &&
	       (is_near(result->cpu_us, plan->cpu_us_max) || is_near(result->wall_us, plan->wall_us_max)) &&
	       rerun_is_disturbed(result);
}
