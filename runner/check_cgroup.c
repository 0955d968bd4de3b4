/*
 * Checks of the cgroups: the version, each controller, the slice, a leaf made and entered as a run would. Called
 * through the table in cmd_check.c. What they say follows host_open(): where that fails, sbx run fails.
 */
#include "runner/check.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#define ALL_V2 "add to the kernel's command line: systemd.unified_cgroup_hierarchy=1 cgroup_no_v1=all"

/* A v2 hierarchy without controllers is there all the same, but of no use; a container's may be so. */
static bool is_empty_v2(void)
{
	struct statfs fs;

	return statfs("/sys/fs/cgroup", &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
}

void check_cgroup_version(const struct check_host *host, struct check_row *row)
{
	if (host->mounts.cgroup_version == 0 && is_empty_v2()) {
		check_say(row, CHECK_FAIL, "2, but without a memory controller: nobody above hands it down");
		check_fix(row, "on the host, for each cgroup above this one: echo +memory > cgroup.subtree_control");
	} else if (host->mounts.cgroup_version == 0) {
		check_say(row, CHECK_FAIL, "%s", host->mounts_err.msg);
		check_fix(row, "mount -t cgroup2 none /sys/fs/cgroup");
	} else if (host->mounts.cgroup_version == 2) {
		check_say(row, CHECK_OK, "2, at %s", host->mounts.path[CG_MEMORY]);
	} else {
		check_say(row, CHECK_WARN,
		          "1, memory at %s: works for root; v2 starts faster, and lets ordinary users in",
		          host->mounts.path[CG_MEMORY]);
		check_fix(row, ALL_V2);
	}
}

/* Whether the kernel has it, but the command line took it away: the last column of /proc/cgroups. */
static bool is_disabled(const char *name)
{
	char line[128];
	bool disabled = false;
	FILE *file = fopen("/proc/cgroups", "re");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		char subsystem[32];
		int enabled;
		if (sscanf(line, "%31s %*d %*d %d", subsystem, &enabled) == 2 && strcmp(subsystem, name) == 0)
			disabled = enabled == 0;
	}
	if (file != NULL)
		fclose(file);
	return disabled;
}

/* `without` is what a run loses where the controller is missing. */
static void check_controller(const struct check_host *host, struct check_row *row, enum cg_controller controller,
                             enum check_status missing, const char *without)
{
	const char *name = cg_controller_name(controller);
	bool there = host->open ? host->box.has[controller] : host->mounts.path[controller][0] != '\0';

	if (host->mounts.cgroup_version == 0) {
		check_say(row, CHECK_NA, "there is no cgroup hierarchy to have it");
		return;
	}
	if (there) {
		check_say(row, CHECK_OK, "%s",
		          controller == CG_CPUACCT && host->mounts.cgroup_version == 2 ? "part of every v2 cgroup"
		                                                                       : "available");
		return;
	}
	check_say(row, missing, "not available%s: %s",
	          is_disabled(name) ? ", disabled by the kernel's command line" : "", without);
	if (is_disabled(name))
		check_fix(row, "take cgroup_disable=%s off the kernel's command line", name);
	else if (host->mounts.cgroup_version == 1)
		check_fix(row, "mkdir -p /sys/fs/cgroup/%s && mount -t cgroup -o %s none /sys/fs/cgroup/%s", name, name,
		          name);
	else
		check_fix(row, "on the host, for each cgroup above this one: echo +%s > cgroup.subtree_control", name);
}

void check_memory(const struct check_host *host, struct check_row *row)
{
	check_controller(host, row, CG_MEMORY, CHECK_FAIL, "no memory limit can be enforced");
}

void check_pids(const struct check_host *host, struct check_row *row)
{
	check_controller(host, row, CG_PIDS, CHECK_FAIL, "sbx run wants --allow-weaker pids then");
}

void check_cpuacct(const struct check_host *host, struct check_row *row)
{
	check_controller(host, row, CG_CPUACCT, CHECK_FAIL, "CPU time cannot be measured");
}

void check_cpu(const struct check_host *host, struct check_row *row)
{
	check_controller(host, row, CG_CPU, CHECK_WARN, "--cpus is refused");
}

void check_cpuset(const struct check_host *host, struct check_row *row)
{
	check_controller(host, row, CG_CPUSET, CHECK_WARN, "--pin is refused");
}

/* v2 hands controllers down only from a group that holds no processes; the real root alone is free of that rule. */
static bool holds_processes(const char *mount)
{
	char path[300], text[32];

	snprintf(path, sizeof(path), "%s/cgroup.type", mount);
	if (access(path, F_OK) < 0)
		return false;
	snprintf(path, sizeof(path), "%s/cgroup.procs", mount);
	return check_read_line(path, text, sizeof(text)) && text[0] != '\0';
}

/* Root has no slice yet: can one be made? */
static void say_can_make(const struct check_host *host, struct check_row *row)
{
	const char *mount = host->mounts.path[CG_MEMORY];

	if (host_is_systemds(&host->mounts)) {
		check_say(row, CHECK_FAIL,
		          "not made yet, and systemd owns the cgroups here, so sbx run may not make it");
		check_fix(row, "sbx setup");
	} else if (access(mount, W_OK) < 0) {
		check_say(row, CHECK_FAIL, "cannot be made: %s: %s", mount, strerror(errno));
		check_fix(row, "mount -o remount,rw %s", mount);
	} else if (host->mounts.cgroup_version == 2 && holds_processes(mount)) {
		check_say(row, CHECK_FAIL, "%s holds processes itself (a container?), so it hands no controllers down",
		          mount);
		check_fix(row,
		          "mkdir -p %s/init && while read p; do echo $p > %s/init/cgroup.procs; done < %s/cgroup.procs",
		          mount, mount, mount);
	} else {
		check_say(row, CHECK_OK, "not made yet; the first run, or sbx setup, makes it");
	}
}

void check_slice(const struct check_host *host, struct check_row *row)
{
	if (!host->root)
		check_say(row, CHECK_NA, "root's; this user's is the next row");
	else if (host->open)
		check_say(row, CHECK_OK, "%s", host->slice.path[CG_MEMORY]);
	else if (host->mounts.cgroup_version == 0)
		check_say(row, CHECK_NA, "there is no cgroup hierarchy to have it");
	else if (host->open_err.errnum == ENOENT)
		say_can_make(host, row);
	else
		check_say_err(row, CHECK_FAIL, &host->open_err);
}

void check_delegation(const struct check_host *host, struct check_row *row)
{
	if (host->root) {
		check_say(row, CHECK_NA, "root needs none");
	} else if (host->mounts.cgroup_version == 1) {
		check_say(row, CHECK_FAIL, "cgroup v1 cannot be delegated safely: here only root can run sbx");
		check_fix(row, ALL_V2);
	} else if (host->open) {
		check_say(row, CHECK_OK, "%s", host->slice.path[CG_MEMORY]);
	} else {
		check_say_err(row, CHECK_FAIL, &host->open_err);
	}
}

void check_swap_accounting(const struct check_host *host, struct check_row *row)
{
	const char *file = host->mounts.cgroup_version == 2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes";

	if (!host->open) {
		check_say(row, CHECK_NA, "no slice to look in: see its row");
	} else if (faccessat(host->box.slice_fd[CG_MEMORY], file, F_OK, 0) == 0) {
		check_say(row, CHECK_OK, "on: a program's swap counts against its memory");
	} else {
		check_say(row, CHECK_FAIL, "off (no %s): sbx run wants --allow-weaker swap then", file);
		check_fix(row, "add to the kernel's command line: swapaccount=1");
	}
}
