/*
 * Checks of what makes times and memory figures vary from run to run. Nothing here fails: a noisy host still
 * judges, and the report's noise fields tell how noisy it was. Called through the table in cmd_check.c.
 */
#include "runner/check.h"

#include "sandbox/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define CPU_DIR "/sys/devices/system/cpu"
#define THP "/sys/kernel/mm/transparent_hugepage/enabled"
#define CLOCK_DIR "/sys/devices/system/clocksource/clocksource0"

/* The settings that are one number in one file: `noisy` is the bad one. */
static void check_setting(struct check_row *row, const char *path, long noisy, const char *if_noisy,
                          const char *otherwise, const char *fix)
{
	long value = check_read_number(path, -1);

	if (value < 0) {
		check_say(row, CHECK_NA, "this kernel does not tell (%s)", path);
	} else if (value == noisy) {
		check_say(row, CHECK_WARN, "%s", if_noisy);
		check_fix(row, "%s", fix);
	} else {
		check_say(row, CHECK_OK, "%s", otherwise);
	}
}

void check_swap(const struct check_host *host, struct check_row *row)
{
	char text[512];
	const char *second;

	(void)host;
	if (fd_read_at(AT_FDCWD, "/proc/swaps", text, sizeof(text)) < 0) {
		check_say(row, CHECK_NA, "/proc/swaps cannot be read");
		return;
	}
	second = strchr(text, '\n'); /* the first line is the heading */
	if (second != NULL && second[1] != '\0') {
		check_say(row, CHECK_WARN, "on: boxes do not swap, but others that do slow them down");
		check_fix(row, "swapoff -a");
	} else {
		check_say(row, CHECK_OK, "off");
	}
}

void check_thp(const struct check_host *host, struct check_row *row)
{
	char text[128];

	(void)host;
	if (!check_read_line(THP, text, sizeof(text))) {
		check_say(row, CHECK_NA, "this kernel has none");
	} else if (strstr(text, "[always]") != NULL) {
		check_say(row, CHECK_WARN, "always: a program that touches a byte may be charged 2 MiB");
		check_fix(row, "echo madvise > " THP);
	} else {
		check_say(row, CHECK_OK, "%s", text);
	}
}

void check_smt(const struct check_host *host, struct check_row *row)
{
	(void)host;
	check_setting(row, CPU_DIR "/smt/active", 1, "on: two programs on one core slow each other down",
	              "off, or not visible to this machine", "echo off > " CPU_DIR "/smt/control");
}

void check_governor(const struct check_host *host, struct check_row *row)
{
	long n = sysconf(_SC_NPROCESSORS_CONF), seen = 0;

	(void)host;
	for (long cpu = 0; cpu < n; cpu++) {
		char path[128], governor[32];
		snprintf(path, sizeof(path), CPU_DIR "/cpu%ld/cpufreq/scaling_governor", cpu);
		if (!check_read_line(path, governor, sizeof(governor)))
			continue;
		seen++;
		if (strcmp(governor, "performance") == 0)
			continue;
		check_say(row, CHECK_WARN, "core %ld has %s: its speed follows its load", cpu, governor);
		check_fix(row, "for f in " CPU_DIR "/cpu*/cpufreq/scaling_governor; do echo performance > $f; done");
		return;
	}
	if (seen == 0)
		check_say(row, CHECK_NA, "no frequency scaling is visible: in a VM, the machine around it decides");
	else
		check_say(row, CHECK_OK, "performance on each core");
}

void check_boost(const struct check_host *host, struct check_row *row)
{
	const char *intel = CPU_DIR "/intel_pstate/no_turbo";

	(void)host;
	if (access(intel, F_OK) == 0)
		check_setting(row, intel, 0, "on: speed depends on heat, and on what other cores do", "off",
		              "echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo");
	else
		check_setting(row, CPU_DIR "/cpufreq/boost", 1, "on: speed depends on heat, and on what other cores do",
		              "off", "echo 0 > " CPU_DIR "/cpufreq/boost");
}

void check_clocksource(const struct check_host *host, struct check_row *row)
{
	static const char *const slow[] = {"hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit"};
	char current[64], available[256];

	(void)host;
	if (!check_read_line(CLOCK_DIR "/current_clocksource", current, sizeof(current))) {
		check_say(row, CHECK_NA, "this kernel does not tell (" CLOCK_DIR ")");
		return;
	}
	check_say(row, CHECK_OK, "%s", current);
	check_read_line(CLOCK_DIR "/available_clocksource", available, sizeof(available));
	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++) {
		if (strcmp(current, slow[i]) != 0)
			continue;
		check_say(row, CHECK_WARN, "%s: each look at the clock is a slow call into the kernel", current);
		if (strstr(available, "tsc") != NULL)
			check_fix(row, "echo tsc > " CLOCK_DIR "/current_clocksource");
	}
}

void check_numa(const struct check_host *host, struct check_row *row)
{
	(void)host;
	if (access("/sys/devices/system/node", F_OK) < 0)
		check_say(row, CHECK_NA, "this kernel does not tell (/sys/devices/system/node)");
	else if (access("/sys/devices/system/node/node1", F_OK) < 0)
		check_say(row, CHECK_OK, "one memory node: nothing to balance");
	else
		check_setting(row, "/proc/sys/kernel/numa_balancing", 1,
		              "on: the kernel unmaps pages of a running program to see who uses them", "off",
		              "sysctl -w kernel.numa_balancing=0");
}

void check_ksm(const struct check_host *host, struct check_row *row)
{
	(void)host;
	check_setting(row, "/sys/kernel/mm/ksm/run", 1, "on: a kernel thread scans memory, and shares pages", "off",
	              "echo 2 > /sys/kernel/mm/ksm/run");
}

void check_pressure(const struct check_host *host, struct check_row *row)
{
	char text[256];

	if (host->mounts.cgroup_version == 1) {
		check_say(row, CHECK_NA, "cgroup v1 tells no pressure of a single run");
	} else if (check_read_line("/proc/pressure/cpu", text, sizeof(text))) {
		check_say(row, CHECK_OK, "reports tell how long a program waited for a core");
	} else {
		check_say(row, CHECK_WARN, "reports cannot tell how long a program waited for a core");
		check_fix(row, "add to the kernel's command line: psi=1");
	}
}

void check_steal(const struct check_host *host, struct check_row *row)
{
	unsigned long long t[8] = {0}, sum = 0;
	char text[256];

	(void)host;
	if (!check_read_line("/proc/stat", text, sizeof(text)) ||
	    sscanf(text, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6],
	           &t[7]) != 8) {
		check_say(row, CHECK_NA, "/proc/stat does not tell");
		return;
	}
	for (size_t i = 0; i < 8; i++)
		sum += i == 3 || i == 4 ? 0 : t[i]; /* of the busy time, not of the idle */
	if (sum > 0 && t[7] * 100 > sum)
		check_say(row, CHECK_WARN,
		          "since boot, the machine around this VM took %.1f %% of the time that was wanted",
		          100.0 * (double)t[7] / (double)sum);
	else
		check_say(row, CHECK_OK, "below 1 %% since boot");
}
