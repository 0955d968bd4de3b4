/*
 * Facts to verdict. The rules stand in one table, strongest first, and the first that finds a reason decides; the
 * report prints the same facts, so that verdict and numbers cannot disagree. Called once per run, by `sbx run` and the
 * judge.
 *
 * Nothing here reads a signal as a limit: a program can send itself SIGKILL, SIGXCPU or SIGSYS, or exit with 137.
 */
#include "policy/verdict.h"

#include <stddef.h>
#include <sys/wait.h>

static const char *const verdict_names[VERDICT_MAX] = {
        [VERDICT_OK] = "OK",   [VERDICT_TLE] = "TLE", [VERDICT_MLE] = "MLE", [VERDICT_RE] = "RE",
        [VERDICT_OLE] = "OLE", [VERDICT_SV] = "SV",   [VERDICT_IE] = "IE",
};

const char *verdict_name(enum verdict verdict)
{
	if (verdict < 0 || verdict >= VERDICT_MAX)
		return "unknown";
	return verdict_names[verdict];
}

/* RESULT_UNKNOWN is the largest value there is, and must not count as over every limit. */
static bool is_over(uint64_t value, uint64_t limit)
{
	return value != RESULT_UNKNOWN && value > limit;
}

static const char *sandbox_failed(const struct run_result *result, const struct box_plan *plan)
{
	(void)plan;
	if (result->error.stage != SBX_STAGE_NONE || result->killed_by == KILLED_BY_ERROR)
		return "error";
	if (result->killed_by == KILLED_BY_INTERRUPT)
		return "interrupted";
	/* memory may run out in the last steps before exec, which are the program's to pay for */
	return result->started || result->killed_by == KILLED_BY_MEMORY ? NULL : "error";
}

static const char *output_over(const struct run_result *result, const struct box_plan *plan)
{
	uint64_t out = result->stdout_bytes == RESULT_UNKNOWN ? 0 : result->stdout_bytes;
	uint64_t err = result->stderr_bytes == RESULT_UNKNOWN ? 0 : result->stderr_bytes;
	bool over = out > plan->output_bytes_max || err > plan->output_bytes_max - out;

	return over || result->killed_by == KILLED_BY_OUTPUT ? "output" : NULL;
}

static const char *memory_over(const struct run_result *result, const struct box_plan *plan)
{
	(void)plan;
	return is_over(result->oom_kills, 0) || result->killed_by == KILLED_BY_MEMORY ? "memory" : NULL;
}

static const char *time_over(const struct run_result *result, const struct box_plan *plan)
{
	/* what the supervisor acted on comes first: the other clock ran on while it killed */
	if (result->killed_by == KILLED_BY_CPU)
		return "cpu";
	if (result->killed_by == KILLED_BY_WALL)
		return "wall";
	if (is_over(result->cpu_us, plan->cpu_us_max))
		return "cpu";
	return is_over(result->wall_us, plan->wall_us_max) ? "wall" : NULL;
}

static const char *call_denied(const struct run_result *result, const struct box_plan *plan)
{
	(void)plan;
	return result->denied.seen || result->killed_by == KILLED_BY_SYSCALL ? "syscall" : NULL;
}

static const char *program_failed(const struct run_result *result, const struct box_plan *plan)
{
	(void)plan;
	if (!result->status_known)
		return NULL;
	if (WIFSIGNALED(result->wait_status))
		return "signal";
	return WIFEXITED(result->wait_status) && WEXITSTATUS(result->wait_status) != 0 ? "exit" : NULL;
}

/* Last of all: nothing above explains the end, and it was not seen to be a good one. Silence is never OK. */
static const char *end_unseen(const struct run_result *result, const struct box_plan *plan)
{
	(void)plan;
	return result->status_known && WIFEXITED(result->wait_status) ? NULL : "error";
}

static const struct {
	enum verdict verdict;
	const char *(*reason)(const struct run_result *result, const struct box_plan *plan);
} rules[] = {
        {VERDICT_IE, sandbox_failed}, {VERDICT_OLE, output_over}, {VERDICT_MLE, memory_over},
        {VERDICT_TLE, time_over},     {VERDICT_SV, call_denied},  {VERDICT_RE, program_failed},
        {VERDICT_IE, end_unseen},
};

enum verdict verdict_of(const struct run_result *result, const struct box_plan *plan, const char **ret_reason)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const char *reason = rules[i].reason(result, plan);

		if (reason != NULL) {
			*ret_reason = reason;
			return rules[i].verdict;
		}
	}
	*ret_reason = NULL;
	return VERDICT_OK;
}
