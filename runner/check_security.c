/* Checks of settings that weaken the box, or let it reach the host. Called through the table in cmd_check.c. */
#include "runner/check.h"

#include <stdio.h>

void check_core_pattern(const struct check_host *host, struct check_row *row)
{
	char pattern[256];

	(void)host;
	if (!check_read_line("/proc/sys/kernel/core_pattern", pattern, sizeof(pattern))) {
		check_say(row, CHECK_NA, "/proc/sys/kernel/core_pattern cannot be read");
	} else if (pattern[0] == '|') {
		/* core(5): a pipe is fed whatever RLIMIT_CORE says */
		check_say(row, CHECK_WARN, "each crash starts a process of root's on the host: %.200s", pattern);
		check_fix(row, "sysctl -w kernel.core_pattern=core");
	} else {
		check_say(row, CHECK_OK, "a crash starts no process on the host");
	}
}

void check_fatal_signals(const struct check_host *host, struct check_row *row)
{
	long value = check_read_number("/proc/sys/kernel/print-fatal-signals", -1);

	(void)host;
	if (value < 0) {
		check_say(row, CHECK_NA, "/proc/sys/kernel/print-fatal-signals cannot be read");
	} else if (value > 0) {
		check_say(row, CHECK_WARN, "logged by the kernel: programs that crash in a loop fill the host's log");
		check_fix(row, "sysctl -w kernel.print-fatal-signals=0");
	} else {
		check_say(row, CHECK_OK, "not logged by the kernel");
	}
}

void check_aslr(const struct check_host *host, struct check_row *row)
{
	long value = check_read_number("/proc/sys/kernel/randomize_va_space", -1);

	(void)host;
	if (value < 0) {
		check_say(row, CHECK_NA, "/proc/sys/kernel/randomize_va_space cannot be read");
	} else if (value < 2) {
		check_say(row, CHECK_WARN, "%s for the whole host; sbx run --no-aslr takes it off for one program",
		          value == 0 ? "off" : "partly off");
		check_fix(row, "sysctl -w kernel.randomize_va_space=2");
	} else {
		check_say(row, CHECK_OK, "on; sbx run --no-aslr takes it off for one program");
	}
}
