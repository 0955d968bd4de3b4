/* Which mechanism holds which limit, and whether it was hit. Called once per run, for its report. */
#include "sandbox/box.h"

#include <signal.h>
#include <sys/wait.h>

static const char *own_mechanism(const struct box_plan *plan, enum box_limit limit)
{
	switch (limit) {
	case BOX_LIMIT_WALL:
		return "supervisor, monotonic clock";
	case BOX_LIMIT_OUTPUT:
		return "supervisor, pipes";
	case BOX_LIMIT_STACK:
	case BOX_LIMIT_FSIZE:
	case BOX_LIMIT_OPEN_FILES:
		return "rlimit";
	case BOX_LIMIT_TMP:
		return "tmpfs size";
	case BOX_LIMIT_SECCOMP:
		return plan->filter != NULL ? "seccomp filter" : "none";
	default:
		return "none";
	}
}

/* The controller that a limit stands on, or CG_MAX. */
static enum cg_controller needs(enum box_limit limit)
{
	switch (limit) {
	case BOX_LIMIT_PIDS:
		return CG_PIDS;
	case BOX_LIMIT_CPUS:
		return CG_CPU;
	case BOX_LIMIT_PIN:
		return CG_CPUSET;
	default:
		return CG_MAX;
	}
}

/* The last mistake to make about these is a guess: a process that got EMFILE or ENOSPC has told nobody. */
static bool is_untold(enum box_limit limit)
{
	return limit == BOX_LIMIT_SWAP || limit == BOX_LIMIT_STACK || limit == BOX_LIMIT_OPEN_FILES ||
	       limit == BOX_LIMIT_TMP || limit == BOX_LIMIT_PIN;
}

static bool was_hit(const struct run_result *result, const struct box_plan *plan, enum box_limit limit)
{
	switch (limit) {
	case BOX_LIMIT_TIME:
		return result->killed_by == KILLED_BY_CPU ||
		       (result->cpu_us != RESULT_UNKNOWN && result->cpu_us > plan->cpu_us_max);
	case BOX_LIMIT_WALL:
		return result->killed_by == KILLED_BY_WALL ||
		       (result->wall_us != RESULT_UNKNOWN && result->wall_us > plan->wall_us_max);
	case BOX_LIMIT_MEMORY:
		return result->killed_by == KILLED_BY_MEMORY ||
		       (result->oom_kills != RESULT_UNKNOWN && result->oom_kills > 0);
	case BOX_LIMIT_OUTPUT:
		return result->killed_by == KILLED_BY_OUTPUT;
	case BOX_LIMIT_PIDS:
		return result->pids_refused != RESULT_UNKNOWN && result->pids_refused > 0;
	case BOX_LIMIT_FSIZE:
		return result->status_known && WIFSIGNALED(result->wait_status) &&
		       WTERMSIG(result->wait_status) == SIGXFSZ;
	case BOX_LIMIT_CPUS:
		return result->throttled_us != RESULT_UNKNOWN && result->throttled_us > 0;
	case BOX_LIMIT_SECCOMP:
		return result->denied.seen;
	default:
		return false;
	}
}

void box_limit_facts(const struct box_host *host, const struct box_plan *plan, const struct run_result *result,
                     struct limit_fact facts[BOX_LIMIT_MAX])
{
	for (int l = 0; l < BOX_LIMIT_MAX; l++) {
		enum box_limit limit = (enum box_limit)l;
		enum cg_controller controller = needs(limit);
		const char *mechanism = cg_leaf_mechanism(host, plan, limit);
		uint64_t value = box_limit_value(plan, limit);

		if (mechanism == NULL)
			mechanism = own_mechanism(plan, limit);
		if ((limit == BOX_LIMIT_SWAP && result->swap_free) ||
		    (controller != CG_MAX && !host->has[controller]) || !box_limit_is_set(plan, limit))
			mechanism = "none";
		facts[l] = (struct limit_fact){.mechanism = mechanism,
		                               .value = value,
		                               .hit = is_untold(limit)               ? LIMIT_HIT_UNTOLD
		                                      : was_hit(result, plan, limit) ? LIMIT_HIT
		                                                                     : LIMIT_NOT_HIT};
	}
}
