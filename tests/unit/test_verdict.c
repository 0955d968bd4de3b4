/* The verdict table: a row for each cell, then every subset of the causes at once, so that every precedence is shown.
 */
#include "policy/verdict.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define EXITED(code) W_EXITCODE(code, 0)
#define SIGNALLED(signal) W_EXITCODE(0, signal)

static const struct box_plan limited = {
        .cpu_us_max = 1000000,
        .wall_us_max = 3000000,
        .memory_bytes_max = 64 << 20,
        .output_bytes_max = 1000,
};
static const struct box_plan unlimited = {
        .cpu_us_max = BOX_UNLIMITED,
        .wall_us_max = BOX_UNLIMITED,
        .memory_bytes_max = BOX_UNLIMITED,
        .output_bytes_max = BOX_UNLIMITED,
};

/* A program that ran and returned 0. */
static struct run_result good(void)
{
	return (struct run_result){
	        .started = true,
	        .status_known = true,
	        .wait_status = EXITED(0),
	        .cpu_us = 500000,
	        .wall_us = 600000,
	        .memory_peak_bytes = 1 << 20,
	};
}

/* The facts of a row, laid over those of good(); a zero leaves good()'s value, `absent` says what is not known. */
enum absent {
	NO_STATUS = 1 << 0,
	NO_START = 1 << 1,
	NO_COUNTS = 1 << 2,
};

struct row {
	const char *what;
	const struct box_plan *plan;
	unsigned absent;
	int wait_status;
	enum killed_by killed_by;
	enum sbx_stage error;
	bool denied;
	uint64_t cpu_us, wall_us, oom_kills, stdout_bytes, stderr_bytes;
	enum verdict verdict;
	const char *reason;
};

static struct run_result facts_of(const struct row *row)
{
	struct run_result facts = good();

	facts.started = (row->absent & NO_START) == 0;
	facts.status_known = (row->absent & NO_STATUS) == 0;
	facts.wait_status = row->wait_status;
	facts.killed_by = row->killed_by;
	facts.error.stage = row->error;
	facts.denied.seen = row->denied;
	facts.cpu_us = row->cpu_us != 0 ? row->cpu_us : facts.cpu_us;
	facts.wall_us = row->wall_us != 0 ? row->wall_us : facts.wall_us;
	facts.oom_kills = row->oom_kills;
	facts.stdout_bytes = row->stdout_bytes;
	facts.stderr_bytes = row->stderr_bytes;
	if ((row->absent & NO_COUNTS) != 0) {
		facts.cpu_us = facts.wall_us = facts.oom_kills = RESULT_UNKNOWN;
		facts.stdout_bytes = facts.stderr_bytes = facts.memory_peak_bytes = RESULT_UNKNOWN;
	}
	return facts;
}

static const struct row rows[] = {
        {"a good end", .verdict = VERDICT_OK},
        {"nothing counted", .absent = NO_COUNTS, .verdict = VERDICT_OK},
        {"nothing limited", &unlimited, .cpu_us = 1 << 30, .wall_us = 1 << 30, .stdout_bytes = 1 << 30,
         .verdict = VERDICT_OK},
        {"nothing limited or counted", &unlimited, NO_COUNTS, .verdict = VERDICT_OK},
        {"all limits met exactly", .cpu_us = 1000000, .wall_us = 3000000, .stdout_bytes = 600, .stderr_bytes = 400,
         .verdict = VERDICT_OK},

        {"error before the start", .absent = NO_START | NO_STATUS, .error = SBX_STAGE_EXEC, .verdict = VERDICT_IE,
         .reason = "error"},
        {"error after a good end", .error = SBX_STAGE_TEARDOWN, .verdict = VERDICT_IE, .reason = "error"},
        {"killed for an error", .absent = NO_STATUS, .killed_by = KILLED_BY_ERROR, .verdict = VERDICT_IE,
         .reason = "error"},
        {"not started, nobody says why", .absent = NO_START, .verdict = VERDICT_IE, .reason = "error"},
        {"interrupted", .absent = NO_STATUS, .killed_by = KILLED_BY_INTERRUPT, .verdict = VERDICT_IE,
         .reason = "interrupted"},
        {"interrupted before the start", .absent = NO_START | NO_STATUS, .killed_by = KILLED_BY_INTERRUPT,
         .verdict = VERDICT_IE, .reason = "interrupted"},
        {"interrupted, then an error", .absent = NO_STATUS, .killed_by = KILLED_BY_INTERRUPT,
         .error = SBX_STAGE_TEARDOWN, .verdict = VERDICT_IE, .reason = "error"},
        {"an end that nobody saw", .absent = NO_STATUS, .verdict = VERDICT_IE, .reason = "error"},
        {"a status that is no end", .wait_status = W_STOPCODE(SIGSTOP), .verdict = VERDICT_IE, .reason = "error"},

        {"killed for output", .absent = NO_STATUS, .killed_by = KILLED_BY_OUTPUT, .verdict = VERDICT_OLE,
         .reason = "output"},
        {"stdout over", .stdout_bytes = 1001, .verdict = VERDICT_OLE, .reason = "output"},
        {"stderr over", .stderr_bytes = 1001, .verdict = VERDICT_OLE, .reason = "output"},
        {"both together over", .stdout_bytes = 600, .stderr_bytes = 401, .verdict = VERDICT_OLE, .reason = "output"},
        {"stdout not counted, stderr over", .stdout_bytes = RESULT_UNKNOWN, .stderr_bytes = 1001,
         .verdict = VERDICT_OLE, .reason = "output"},
        {"stdout not counted, stderr within", .stdout_bytes = RESULT_UNKNOWN, .stderr_bytes = 1000,
         .verdict = VERDICT_OK},
        {"a sum beyond 64 bits", .stdout_bytes = UINT64_MAX - 1, .stderr_bytes = 5, .verdict = VERDICT_OLE,
         .reason = "output"},

        {"a child killed, the parent exits 0", .oom_kills = 1, .verdict = VERDICT_MLE, .reason = "memory"},
        {"killed by the kernel", .wait_status = SIGNALLED(SIGKILL), .oom_kills = 2, .verdict = VERDICT_MLE,
         .reason = "memory"},
        {"killed for memory", .absent = NO_STATUS, .killed_by = KILLED_BY_MEMORY, .oom_kills = 1,
         .verdict = VERDICT_MLE, .reason = "memory"},
        {"the counter is gone", .absent = NO_STATUS | NO_COUNTS, .killed_by = KILLED_BY_MEMORY, .verdict = VERDICT_MLE,
         .reason = "memory"},
        {"the clock ran out while reclaiming", .absent = NO_STATUS, .killed_by = KILLED_BY_WALL, .oom_kills = 1,
         .verdict = VERDICT_MLE, .reason = "memory"},

        {"killed for CPU time", .absent = NO_STATUS, .killed_by = KILLED_BY_CPU, .cpu_us = 1000400,
         .verdict = VERDICT_TLE, .reason = "cpu"},
        {"killed for wall time", .absent = NO_STATUS, .killed_by = KILLED_BY_WALL, .wall_us = 3000100,
         .verdict = VERDICT_TLE, .reason = "wall"},
        {"killed for wall, CPU over meanwhile", .absent = NO_STATUS, .killed_by = KILLED_BY_WALL, .cpu_us = 1000001,
         .verdict = VERDICT_TLE, .reason = "wall"},
        {"just made it out, CPU over", .cpu_us = 1000001, .verdict = VERDICT_TLE, .reason = "cpu"},
        {"just made it out, wall over", .wall_us = 3000001, .verdict = VERDICT_TLE, .reason = "wall"},
        {"both over", .cpu_us = 1000001, .wall_us = 3000001, .verdict = VERDICT_TLE, .reason = "cpu"},

        {"a denied call", .absent = NO_STATUS, .killed_by = KILLED_BY_SYSCALL, .denied = true, .verdict = VERDICT_SV,
         .reason = "syscall"},
        {"a denied call by a child", .denied = true, .verdict = VERDICT_SV, .reason = "syscall"},

        {"exit 1", .wait_status = EXITED(1), .verdict = VERDICT_RE, .reason = "exit"},
        {"exit 137", .wait_status = EXITED(137), .verdict = VERDICT_RE, .reason = "exit"},
        {"exit 255", .wait_status = EXITED(255), .verdict = VERDICT_RE, .reason = "exit"},
        {"segmentation fault", .wait_status = SIGNALLED(SIGSEGV) | WCOREFLAG, .verdict = VERDICT_RE,
         .reason = "signal"},
        {"raises SIGKILL", .wait_status = SIGNALLED(SIGKILL), .verdict = VERDICT_RE, .reason = "signal"},
        {"raises SIGXCPU", .wait_status = SIGNALLED(SIGXCPU), .verdict = VERDICT_RE, .reason = "signal"},
        {"raises SIGSYS", .wait_status = SIGNALLED(SIGSYS), .verdict = VERDICT_RE, .reason = "signal"},
        {"raises SIGXFSZ", .wait_status = SIGNALLED(SIGXFSZ), .verdict = VERDICT_RE, .reason = "signal"},
        {"a signal without counters", .absent = NO_COUNTS, .wait_status = SIGNALLED(SIGKILL), .verdict = VERDICT_RE,
         .reason = "signal"},
};

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void every_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run_result facts = facts_of(&rows[i]);
		const char *reason = "untouched";
		enum verdict verdict = verdict_of(&facts, rows[i].plan != NULL ? rows[i].plan : &limited, &reason);

		if (verdict != rows[i].verdict || !same(reason, rows[i].reason))
			fail_msg("%s: %s, %s", rows[i].what, verdict_name(verdict), reason);
	}
}

/* The causes, strongest first, each with its facts; any of them can come together. */
enum cause {
	CAUSE_ERROR,
	CAUSE_OUTPUT,
	CAUSE_MEMORY,
	CAUSE_CPU,
	CAUSE_WALL,
	CAUSE_SYSCALL,
	CAUSE_STATUS,
	CAUSE_MAX,
};

static void add_cause(struct run_result *facts, enum cause cause)
{
	switch (cause) {
	case CAUSE_ERROR:
		facts->error.stage = SBX_STAGE_SUPERVISE;
		break;
	case CAUSE_OUTPUT:
		facts->stdout_bytes = 1001;
		break;
	case CAUSE_MEMORY:
		facts->oom_kills = 1;
		break;
	case CAUSE_CPU:
		facts->cpu_us = 1000001;
		break;
	case CAUSE_WALL:
		facts->wall_us = 3000001;
		break;
	case CAUSE_SYSCALL:
		facts->denied.seen = true;
		break;
	default:
		facts->wait_status = SIGNALLED(SIGABRT);
		break;
	}
}

static void every_subset(void **state)
{
	static const struct {
		enum verdict verdict;
		const char *reason;
	} expected[CAUSE_MAX + 1] = {
	        [CAUSE_ERROR] = {VERDICT_IE, "error"},    [CAUSE_OUTPUT] = {VERDICT_OLE, "output"},
	        [CAUSE_MEMORY] = {VERDICT_MLE, "memory"}, [CAUSE_CPU] = {VERDICT_TLE, "cpu"},
	        [CAUSE_WALL] = {VERDICT_TLE, "wall"},     [CAUSE_SYSCALL] = {VERDICT_SV, "syscall"},
	        [CAUSE_STATUS] = {VERDICT_RE, "signal"},  [CAUSE_MAX] = {VERDICT_OK, NULL},
	};

	(void)state;
	for (unsigned set = 0; set < 1U << CAUSE_MAX; set++) {
		struct run_result facts = good();
		int strongest = set == 0 ? CAUSE_MAX : __builtin_ctz(set);
		const char *reason = "untouched";
		enum verdict verdict;

		for (int cause = 0; cause < CAUSE_MAX; cause++)
			if ((set & 1U << cause) != 0)
				add_cause(&facts, cause);
		verdict = verdict_of(&facts, &limited, &reason);
		if (verdict != expected[strongest].verdict || !same(reason, expected[strongest].reason))
			fail_msg("set %#x: %s, %s", set, verdict_name(verdict), reason);
	}
}

/* Whoever killed, a stronger cause found in the counters decides. */
static void every_killer_against_every_cause(void **state)
{
	static const struct {
		enum killed_by by;
		int strength; /* the first cause it yields to is the one before this */
		enum verdict verdict;
	} killers[] = {
	        {KILLED_BY_ERROR, CAUSE_ERROR, VERDICT_IE},     {KILLED_BY_INTERRUPT, CAUSE_ERROR, VERDICT_IE},
	        {KILLED_BY_OUTPUT, CAUSE_OUTPUT, VERDICT_OLE},  {KILLED_BY_MEMORY, CAUSE_MEMORY, VERDICT_MLE},
	        {KILLED_BY_CPU, CAUSE_CPU, VERDICT_TLE},        {KILLED_BY_WALL, CAUSE_CPU, VERDICT_TLE},
	        {KILLED_BY_SYSCALL, CAUSE_SYSCALL, VERDICT_SV},
	};
	static const enum verdict verdicts[CAUSE_MAX] = {VERDICT_IE,  VERDICT_OLE, VERDICT_MLE, VERDICT_TLE,
	                                                 VERDICT_TLE, VERDICT_SV,  VERDICT_RE};

	(void)state;
	for (size_t k = 0; k < sizeof(killers) / sizeof(killers[0]); k++) {
		for (int cause = 0; cause < CAUSE_STATUS; cause++) {
			struct run_result facts = good();
			const char *reason;

			facts.status_known = false;
			facts.killed_by = killers[k].by;
			add_cause(&facts, cause);
			assert_int_equal(verdict_of(&facts, &limited, &reason),
			                 cause < killers[k].strength ? verdicts[cause] : killers[k].verdict);
		}
	}
}

static void no_plan_where_it_failed(void **state)
{
	struct run_result facts = {.error = {.stage = SBX_STAGE_PLAN}};
	const char *reason;

	(void)state;
	assert_int_equal(verdict_of(&facts, NULL, &reason), VERDICT_IE);
	assert_string_equal(reason, "error");
}

static void names(void **state)
{
	static const char *const limits[BOX_LIMIT_MAX] = {"time",  "wall",  "memory", "swap",       "pids",
	                                                  "stack", "fsize", "output", "open-files", "tmp",
	                                                  "cpus",  "pin",   "seccomp"};
	static const char *const killers[KILLED_BY_MAX] = {NULL,     "cpu",     "wall",      "output",
	                                                   "memory", "syscall", "interrupt", "error"};
	static const char *const verdicts[VERDICT_MAX] = {"OK", "TLE", "MLE", "RE", "OLE", "SV", "IE"};

	(void)state;
	for (int i = 0; i < BOX_LIMIT_MAX; i++)
		assert_string_equal(box_limit_name(i), limits[i]);
	for (int i = 0; i < KILLED_BY_MAX; i++)
		assert_true(same(killed_by_name(i), killers[i]));
	for (int i = 0; i < VERDICT_MAX; i++)
		assert_string_equal(verdict_name(i), verdicts[i]);
	assert_string_equal(box_limit_name(BOX_LIMIT_MAX), "unknown");
	assert_string_equal(killed_by_name(KILLED_BY_MAX), "unknown");
	assert_string_equal(verdict_name(VERDICT_MAX), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_row),
	        cmocka_unit_test(every_subset),
	        cmocka_unit_test(every_killer_against_every_cause),
	        cmocka_unit_test(no_plan_where_it_failed),
	        cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
