/* When a time is taken again: near its limit, disturbed, and over time. */
#include "policy/rerun.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define UNKNOWN RESULT_UNKNOWN

static const struct box_plan limited = {.cpu_us_max = 1000000, .wall_us_max = 3000000};
static const struct box_plan unlimited = {.cpu_us_max = BOX_UNLIMITED, .wall_us_max = BOX_UNLIMITED};

static struct run_result facts(uint64_t cpu_us, uint64_t wall_us)
{
	return (struct run_result){.cpu_us = cpu_us, .wall_us = wall_us};
}

static void test_disturbed(void **state)
{
	static const struct {
		uint64_t wall_us, pressure_us, steal_us, switches, pids_peak;
		bool disturbed;
	} rows[] = {
	        {1000000, 0, 0, 0, 1, false},
	        {1000000, 10000, 0, 0, 1, false},
	        {1000000, 10001, 0, 0, 1, true},
	        /* one step of that counter more */
	        {1000000, 0, 20000, 0, 1, false},
	        {1000000, 0, 30000, 0, 1, true},
	        {10000, 0, 10000, 0, 1, false},
	        {1000000, 0, 0, 40, 1, false},
	        {1000000, 0, 0, 41, 1, true},
	        /* its own threads, perhaps */
	        {1000000, 900000, 0, 1000, 2, false},
	        {1000000, 900000, 0, 1000, UNKNOWN, false},
	        {1000000, 0, 30000, 0, 2, true},
	        {1000000, UNKNOWN, UNKNOWN, UNKNOWN, 1, false},
	        {1000000, UNKNOWN, UNKNOWN, 41, 1, true},
	        {UNKNOWN, 10001, 0, 41, 1, false},
	        {0, 0, 0, 0, 1, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run_result result = {.cpu_us = 600000,
		                            .wall_us = rows[i].wall_us,
		                            .pressure_us = rows[i].pressure_us,
		                            .steal_us = rows[i].steal_us,
		                            .involuntary_switches = rows[i].switches,
		                            .pids_peak = rows[i].pids_peak};
		if (rerun_is_disturbed(&result) != rows[i].disturbed)
			fail_msg("row %zu", i);
	}
	/* by switches alone, without a CPU time to hold against them */
	assert_false(rerun_is_disturbed(&(struct run_result){
	        .cpu_us = UNKNOWN, .wall_us = 1000000, .involuntary_switches = 1000, .pids_peak = 1}));
}

static void test_near(void **state)
{
	static const struct {
		uint64_t cpu_us, wall_us;
		bool due;
	} rows[] = {
	        {899999, 1000000, false},  {900000, 1000000, true}, {1100000, 1200000, true}, {1100001, 1200000, false},
	        {500000, 2699999, false},  {500000, 2700000, true}, {500000, 3300000, true},  {500000, 3300001, false},
	        {UNKNOWN, 1000000, false}, {0, 0, false},           {UNKNOWN, 3000000, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run_result result = facts(rows[i].cpu_us, rows[i].wall_us);
		assert_false(rerun_is_due(&result, &limited, VERDICT_TLE));
		result.steal_us = 1000000;
		if (rerun_is_due(&result, &limited, VERDICT_TLE) != rows[i].due)
			fail_msg("row %zu", i);
		assert_false(rerun_is_due(&result, &unlimited, VERDICT_TLE));
	}
}

static void test_verdicts(void **state)
{
	struct run_result result = facts(1000000, 1500000);

	(void)state;
	result.steal_us = 1000000;
	for (int verdict = 0; verdict < VERDICT_MAX; verdict++)
		assert_int_equal(rerun_is_due(&result, &limited, verdict), verdict == VERDICT_TLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_disturbed), cmocka_unit_test(test_near),
	                                   cmocka_unit_test(test_verdicts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
