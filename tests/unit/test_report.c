/* The report, text and JSON, against golden strings: the schema's fields, their order, and null for what is not known.
 */
#include "runner/report.h"

#include <errno.h>
#include <limits.h>
#include <linux/audit.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MIB (UINT64_C(1) << 20)

static struct box_plan plan;
static struct run_result result;
static struct limit_fact limits[BOX_LIMIT_MAX];

static int begin(void **state)
{
	(void)state;
	plan = (struct box_plan){
	        .cpu_us_max = 1000000,
	        .wall_us_max = 3000000,
	        .memory_bytes_max = 64 * MIB,
	        .output_bytes_max = 64 * MIB,
	        .filter_name = "default",
	};
	result = (struct run_result){
	        .started = true,
	        .status_known = true,
	        .cpu_us = 12345,
	        .user_us = 10000,
	        .system_us = 2345,
	        .wall_us = 15999,
	        .memory_peak_bytes = 1258292,
	        .memory_anon_bytes = 1000000,
	        .memory_file_bytes = 4096,
	        .memory_shared_bytes = 0,
	        .memory_kernel_bytes = 254196,
	        .oom_kills = 0,
	        .pids_peak = 1,
	        .stdout_bytes = 6,
	        .stderr_bytes = 0,
	        .throttled_us = 0,
	        .pressure_us = 17,
	        .steal_us = 0,
	        .involuntary_switches = 2,
	        .setup_us = 900,
	        .teardown_us = 150,
	        .cgroup_version = 2,
	};
	for (int i = 0; i < BOX_LIMIT_MAX; i++)
		limits[i] = (struct limit_fact){.mechanism = "supervisor", .value = 100 + (uint64_t)i};
	return 0;
}

static char *formatted(enum report_format format)
{
	struct report report = {.plan = &plan, .result = &result, .limits = limits};
	struct sbx_err err;
	char *text = NULL;

	report.verdict = verdict_of(&result, &plan, &report.reason);
	assert_int_equal(report_format(&report, format, &text, &err), 0);
	return text;
}

static void text_is(const char *expected)
{
	char *text = formatted(REPORT_TEXT);

	assert_string_equal(text, expected);
	free(text);
}

static void json_has(const char *part)
{
	char *text = formatted(REPORT_JSON);

	if (strstr(text, part) == NULL)
		fail_msg("%s is not in %s", part, text);
	assert_int_equal(strcspn(text, "\n"), strlen(text) - 1);
	free(text);
}

static void text_good(void **state)
{
	(void)state;
	text_is("sbx: OK  cpu 0.012 s  wall 0.015 s  memory 1.2 MiB\n");
	result.cpu_us = 1000000;
	text_is("sbx: OK  cpu 1.000 s  wall 0.015 s  memory 1.2 MiB\n");
	result.cpu_us = result.wall_us = result.memory_peak_bytes = RESULT_UNKNOWN;
	text_is("sbx: OK  cpu unknown  wall unknown  memory unknown\n");
}

static void text_time(void **state)
{
	(void)state;
	result.cpu_us = 1001234;
	text_is("sbx: TLE (cpu)  cpu 1.001 s of 1.000 s  wall 0.015 s  memory 1.2 MiB\n");
	/* over by less than what three digits show */
	result.cpu_us = 1000400;
	text_is("sbx: TLE (cpu)  cpu 1.000400 s of 1.000 s  wall 0.015 s  memory 1.2 MiB\n");
	result.cpu_us = 1000001;
	text_is("sbx: TLE (cpu)  cpu 1.000001 s of 1.000 s  wall 0.015 s  memory 1.2 MiB\n");
	plan.cpu_us_max = 999999;
	text_is("sbx: TLE (cpu)  cpu 1.000001 s of 0.999999 s  wall 0.015 s  memory 1.2 MiB\n");
	/* stopped at the limit itself */
	plan.cpu_us_max = result.cpu_us = 1000000;
	result.killed_by = KILLED_BY_CPU;
	result.status_known = false;
	text_is("sbx: TLE (cpu)  cpu 1.000 s of 1.000 s  wall 0.015 s  memory 1.2 MiB\n");
	plan.cpu_us_max = result.cpu_us = 1000400;
	text_is("sbx: TLE (cpu)  cpu 1.000400 s of 1.000400 s  wall 0.015 s  memory 1.2 MiB\n");
	result.killed_by = KILLED_BY_WALL;
	result.cpu_us = 0;
	result.wall_us = 3010000;
	text_is("sbx: TLE (wall)  cpu 0.000 s  wall 3.010 s of 3.000 s  memory 1.2 MiB\n");
	result.cpu_us = 61000000;
	text_is("sbx: TLE (wall)  cpu 61.000000 s of 1.000400 s  wall 3.010 s of 3.000 s  memory 1.2 MiB\n");
}

static void text_memory_and_output(void **state)
{
	(void)state;
	result.oom_kills = 1;
	result.memory_peak_bytes = 64 * MIB;
	text_is("sbx: MLE  cpu 0.012 s  wall 0.015 s  memory 64 MiB of 64 MiB, 1 OOM kill\n");
	result.oom_kills = 3;
	text_is("sbx: MLE  cpu 0.012 s  wall 0.015 s  memory 64 MiB of 64 MiB, 3 OOM kills\n");
	result.oom_kills = RESULT_UNKNOWN;
	result.killed_by = KILLED_BY_MEMORY;
	result.memory_peak_bytes = RESULT_UNKNOWN;
	text_is("sbx: MLE  cpu 0.012 s  wall 0.015 s  memory unknown of 64 MiB\n");
	result.stdout_bytes = 64 * MIB + 1;
	result.memory_peak_bytes = MIB;
	text_is("sbx: OLE (output over 64 MiB)  cpu 0.012 s  wall 0.015 s  memory 1 MiB\n");
}

static void text_endings(void **state)
{
	(void)state;
	result.wait_status = W_EXITCODE(3, 0);
	text_is("sbx: RE (exit 3)  cpu 0.012 s  wall 0.015 s  memory 1.2 MiB\n");
	result.wait_status = W_EXITCODE(137, 0);
	text_is("sbx: RE (exit 137)  cpu 0.012 s  wall 0.015 s  memory 1.2 MiB\n");
	result.wait_status = SIGSEGV | WCOREFLAG;
	text_is("sbx: RE (signal SIGSEGV)  cpu 0.012 s  wall 0.015 s  memory 1.2 MiB\n");
	result.wait_status = SIGRTMIN + 1;
	text_is("sbx: RE (signal SIGRTMIN+1)  cpu 0.012 s  wall 0.015 s  memory 1.2 MiB\n");
	result.wait_status = 32;
	text_is("sbx: RE (signal 32)  cpu 0.012 s  wall 0.015 s  memory 1.2 MiB\n");
	result.status_known = false;
	result.killed_by = KILLED_BY_SYSCALL;
	text_is("sbx: SV (syscall)  cpu 0.012 s  wall 0.015 s  memory 1.2 MiB\n");
	result.denied = (struct denied_call){true, AUDIT_ARCH_X86_64, SYS_ptrace};
	text_is("sbx: SV (ptrace)  cpu 0.012 s  wall 0.015 s  memory 1.2 MiB\n");
	result.denied = (struct denied_call){true, AUDIT_ARCH_I386, -1};
	text_is("sbx: SV (i386:-1)  cpu 0.012 s  wall 0.015 s  memory 1.2 MiB\n");
}

static void text_failures(void **state)
{
	(void)state;
	result.status_known = false;
	text_is("sbx: IE (the end of the program was not seen)  cpu 0.012 s  wall 0.015 s  memory 1.2 MiB\n");
	result.killed_by = KILLED_BY_INTERRUPT;
	result.interrupt_signal = SIGTERM;
	text_is("sbx: IE (interrupted by SIGTERM)  cpu 0.012 s  wall 0.015 s  memory 1.2 MiB\n");
	result.started = false;
	text_is("sbx: IE (interrupted by SIGTERM)\n");
	result.interrupt_signal = 0;
	text_is("sbx: IE (interrupted)\n");
	sbx_fail(&result.error, SBX_STAGE_EXEC, ENOENT, "./x: does not exist in the box");
	text_is("sbx: IE (exec: No such file or directory) ./x: does not exist in the box\n");
	sbx_fail(&result.error, SBX_STAGE_MOUNT, 0, "a\nb");
	text_is("sbx: IE (mount) a?b\n");
}

static void text_weaker(void **state)
{
	(void)state;
	limits[BOX_LIMIT_SWAP].mechanism = "none";
	limits[BOX_LIMIT_SECCOMP] = (struct limit_fact){"none", RESULT_UNKNOWN, false};
	limits[BOX_LIMIT_CPUS] = (struct limit_fact){"none", RESULT_UNKNOWN, false};
	limits[BOX_LIMIT_PIDS].mechanism = NULL;
	text_is("sbx: OK  cpu 0.012 s  wall 0.015 s  memory 1.2 MiB  not enforced: swap, pids, seccomp\n");
	/* asked for: named; not asked for: not */
	limits[BOX_LIMIT_PIN] = (struct limit_fact){"none", RESULT_UNKNOWN, false};
	text_is("sbx: OK  cpu 0.012 s  wall 0.015 s  memory 1.2 MiB  not enforced: swap, pids, seccomp\n");
	plan.cpus_of_slot = true;
	text_is("sbx: OK  cpu 0.012 s  wall 0.015 s  memory 1.2 MiB  not enforced: swap, pids, pin, seccomp\n");
}

static void json_golden(void **state)
{
	struct utsname names;
	char expected[4096];
	char *text;

	(void)state;
	uname(&names);
	limits[BOX_LIMIT_CPUS] = (struct limit_fact){NULL, RESULT_UNKNOWN, false};
	limits[BOX_LIMIT_MEMORY].hit = LIMIT_HIT;
	limits[BOX_LIMIT_TMP].hit = LIMIT_HIT_UNTOLD;
	text = formatted(REPORT_JSON);
	snprintf(
	        expected, sizeof(expected),
	        "{\"schema\":\"sbx.run/1\",\"verdict\":\"OK\",\"reason\":null,\"exit_code\":0,\"signal\":null,"
	        "\"signal_name\":null,\"killed_by\":null,\"cpu_us\":12345,\"user_us\":10000,\"system_us\":2345,"
	        "\"wall_us\":15999,\"memory_peak_bytes\":1258292,\"memory\":{\"anonymous\":1000000,\"file\":4096,"
	        "\"shared\":0,\"kernel\":254196},\"oom_kills\":0,\"pids_peak\":1,\"stdout_bytes\":6,\"stderr_bytes\":0,"
	        "\"denied_syscall\":null,\"limits\":{"
	        "\"time\":{\"value\":100,\"mechanism\":\"supervisor\",\"hit\":false},"
	        "\"wall\":{\"value\":101,\"mechanism\":\"supervisor\",\"hit\":false},"
	        "\"memory\":{\"value\":102,\"mechanism\":\"supervisor\",\"hit\":true},"
	        "\"swap\":{\"value\":103,\"mechanism\":\"supervisor\",\"hit\":false},"
	        "\"pids\":{\"value\":104,\"mechanism\":\"supervisor\",\"hit\":false},"
	        "\"stack\":{\"value\":105,\"mechanism\":\"supervisor\",\"hit\":false},"
	        "\"fsize\":{\"value\":106,\"mechanism\":\"supervisor\",\"hit\":false},"
	        "\"output\":{\"value\":107,\"mechanism\":\"supervisor\",\"hit\":false},"
	        "\"open-files\":{\"value\":108,\"mechanism\":\"supervisor\",\"hit\":false},"
	        "\"tmp\":{\"value\":109,\"mechanism\":\"supervisor\",\"hit\":null},"
	        "\"cpus\":{\"value\":null,\"mechanism\":\"none\",\"hit\":false},"
	        "\"pin\":{\"value\":null,\"mechanism\":\"supervisor\",\"hit\":false},"
	        "\"seccomp\":{\"value\":\"default\",\"mechanism\":\"supervisor\",\"hit\":false}},"
	        "\"noise\":{\"throttled_us\":0,\"cpu_pressure_us\":17,\"steal_us\":0,\"involuntary_switches\":2},"
	        "\"host\":{\"kernel\":\"%s\",\"cgroup_version\":2},\"setup_us\":900,\"teardown_us\":150,"
	        "\"error\":null}\n",
	        names.release);
	assert_string_equal(text, expected);
	free(text);
}

static void json_unknown_is_null(void **state)
{
	static const char *const keys[] = {"exit_code",
	                                   "signal",
	                                   "cpu_us",
	                                   "user_us",
	                                   "system_us",
	                                   "wall_us",
	                                   "oom_kills",
	                                   "pids_peak",
	                                   "anonymous",
	                                   "file",
	                                   "shared",
	                                   "kernel",
	                                   "setup_us",
	                                   "steal_us",
	                                   "stdout_bytes",
	                                   "stderr_bytes",
	                                   "throttled_us",
	                                   "cpu_pressure_us",
	                                   "memory_peak_bytes",
	                                   "teardown_us",
	                                   "involuntary_switches",
	                                   "cgroup_version"};
	char part[64];

	(void)state;
	result = (struct run_result){.started = true, .killed_by = KILLED_BY_CPU};
	result.cpu_us = result.user_us = result.system_us = result.wall_us = RESULT_UNKNOWN;
	result.memory_peak_bytes = result.memory_anon_bytes = result.memory_file_bytes = RESULT_UNKNOWN;
	result.memory_shared_bytes = result.memory_kernel_bytes = result.oom_kills = result.pids_peak = RESULT_UNKNOWN;
	result.stdout_bytes = result.stderr_bytes = result.throttled_us = result.pressure_us = RESULT_UNKNOWN;
	result.steal_us = result.involuntary_switches = result.setup_us = result.teardown_us = RESULT_UNKNOWN;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		snprintf(part, sizeof(part), "\"%s\":null", keys[i]);
		json_has(part);
	}
	json_has("\"verdict\":\"TLE\",\"reason\":\"cpu\",\"exit_code\":null,\"signal\":null,\"signal_name\":null,"
	         "\"killed_by\":\"cpu\",");
}

static void json_endings(void **state)
{
	(void)state;
	result.wait_status = SIGSEGV;
	json_has("\"verdict\":\"RE\",\"reason\":\"signal\",\"exit_code\":null,\"signal\":11,\"signal_name\":"
	         "\"SIGSEGV\",");
	result.wait_status = 32;
	json_has("\"signal\":32,\"signal_name\":null,");
	result.wait_status = W_EXITCODE(255, 0);
	json_has("\"reason\":\"exit\",\"exit_code\":255,\"signal\":null,\"signal_name\":null,");
	result.denied = (struct denied_call){true, AUDIT_ARCH_X86_64, SYS_ptrace};
	json_has("\"denied_syscall\":\"ptrace\",");
	result.denied = (struct denied_call){true, AUDIT_ARCH_X86_64, INT_MIN};
	json_has("\"denied_syscall\":\"syscall_-2147483648\",");
	result.denied = (struct denied_call){.seen = true};
	json_has("\"denied_syscall\":null,");
	plan.cpus = "0-1,3";
	plan.filter_name = "none";
	limits[BOX_LIMIT_SECCOMP].mechanism = "none";
	json_has("\"pin\":{\"value\":\"0-1,3\",");
	plan.cpus = NULL;
	plan.cpus_of_slot = true;
	json_has("\"pin\":{\"value\":\"auto\",");
	json_has("\"seccomp\":{\"value\":\"none\",\"mechanism\":\"none\",");
}

static void json_errors(void **state)
{
	struct report report = {.result = &result, .verdict = VERDICT_IE, .reason = "error"};
	struct sbx_err err;
	char *text;

	(void)state;
	sbx_fail(&result.error, SBX_STAGE_EXEC, ENOENT, "./\"x\"/\xff: \xc3\xa4");
	json_has("\"error\":{\"stage\":\"exec\",\"errno\":2,\"errno_name\":\"ENOENT\","
	         "\"message\":\"./\\\"x\\\"/\xef\xbf\xbd: \xc3\xa4\"}}");
	sbx_fail(&result.error, SBX_STAGE_PLAN, 0, "no");
	json_has("\"error\":{\"stage\":\"plan\",\"errno\":null,\"errno_name\":null,\"message\":\"no\"}}");

	/* it failed before there was a plan */
	result.started = false;
	assert_int_equal(report_format(&report, REPORT_JSON, &text, &err), 0);
	assert_non_null(strstr(text, "\"verdict\":\"IE\""));
	assert_non_null(strstr(text, "\"limits\":null"));
	free(text);
	assert_int_equal(report_format(&report, REPORT_TEXT, &text, &err), 0);
	assert_string_equal(text, "sbx: IE (plan) no\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup(text_good, begin),
	        cmocka_unit_test_setup(text_time, begin),
	        cmocka_unit_test_setup(text_memory_and_output, begin),
	        cmocka_unit_test_setup(text_endings, begin),
	        cmocka_unit_test_setup(text_failures, begin),
	        cmocka_unit_test_setup(text_weaker, begin),
	        cmocka_unit_test_setup(json_golden, begin),
	        cmocka_unit_test_setup(json_unknown_is_null, begin),
	        cmocka_unit_test_setup(json_endings, begin),
	        cmocka_unit_test_setup(json_errors, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
