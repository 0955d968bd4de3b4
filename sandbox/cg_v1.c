/*
 * The leaf where the controllers are bound to cgroup v1: a directory in each hierarchy, entered by the program
 * itself. Writing "0" to a v1 `tasks` file moves the calling thread alone, which spares the global lock and
 * with it the 15 ms that a write of another's pid to cgroup.procs waits on a quiet machine.
 * Documentation/admin-guide/cgroup-v1/.
 */
#include "sandbox/cg_leaf.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

static const char *const mechanism[BOX_LIMIT_MAX] = {
        [BOX_LIMIT_TIME] = "supervisor, cgroup-v1 cpuacct.usage",
        [BOX_LIMIT_MEMORY] = "cgroup-v1 memory.limit_in_bytes",
        [BOX_LIMIT_SWAP] = "cgroup-v1 memory.memsw.limit_in_bytes",
        [BOX_LIMIT_PIDS] = "cgroup-v1 pids.max",
        [BOX_LIMIT_CPUS] = "cgroup-v1 cpu.cfs_quota_us",
        [BOX_LIMIT_PIN] = "cgroup-v1 cpuset.cpus",
};

static int set_memory(struct cg_leaf *leaf, const struct box_plan *plan, struct sbx_err *err)
{
	char text[24], sockets[24];
	int rc;

	if (plan->memory_bytes_max == BOX_UNLIMITED)
		return 0;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)plan->memory_bytes_max);
	/* in this order: the limit with swap may not be below the one without */
	TRY(cg_leaf_write(leaf, BOX_LIMIT_MEMORY, CG_MEMORY, "memory.limit_in_bytes", text, err));
	/* v1 counts the buffers of sockets apart, and only where there is a limit of them */
	snprintf(sockets, sizeof(sockets), "%llu", (unsigned long long)plan->memory_bytes_max / 10);
	rc = fd_write_at(leaf->dir_fd[CG_MEMORY], "memory.kmem.tcp.limit_in_bytes", sockets);
	if (rc < 0 && rc != -ENOENT)
		return sbx_fail(err, SBX_STAGE_CGROUP, -rc, "cannot write %s to memory.kmem.tcp.limit_in_bytes",
		                sockets);
	rc = fd_write_at(leaf->dir_fd[CG_MEMORY], "memory.memsw.limit_in_bytes", text);
	leaf->swap_free = rc == -ENOENT;
	if (leaf->swap_free)
		return cg_leaf_without(plan, BOX_LIMIT_SWAP, "swap accounting (boot with swapaccount=1)", err);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_CGROUP, -rc, "cannot write %s to memory.memsw.limit_in_bytes", text);
	return 0;
}

/* v1 kills one process where v2 would kill the leaf: the supervisor is told, and does the rest. */
static int watch_oom(struct cg_leaf *leaf, struct sbx_err *err)
{
	char text[32];
	FD_CLEANUP int control_fd = openat(leaf->dir_fd[CG_MEMORY], "memory.oom_control", O_RDONLY | O_CLOEXEC);

	leaf->oom_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (control_fd < 0 || leaf->oom_fd < 0)
		return sbx_fail(err, SBX_STAGE_CGROUP, errno, "cannot watch memory.oom_control");
	snprintf(text, sizeof(text), "%d %d", leaf->oom_fd, control_fd);
	return cg_leaf_write(leaf, BOX_LIMIT_MEMORY, CG_MEMORY, "cgroup.event_control", text, err);
}

static int set_cpu(const struct cg_leaf *leaf, const struct box_plan *plan, const char *cpus, struct sbx_err *err)
{
	char text[32];

	if (plan->cpu_rate_millis != BOX_UNLIMITED) {
		if (!leaf->host->has[CG_CPU])
			TRY(cg_leaf_without(plan, BOX_LIMIT_CPUS, "cpu controller", err));
		snprintf(text, sizeof(text), "%llu", (unsigned long long)plan->cpu_rate_millis * 100);
		if (leaf->host->has[CG_CPU]) {
			TRY(cg_leaf_write(leaf, BOX_LIMIT_CPUS, CG_CPU, "cpu.cfs_period_us", "100000", err));
			TRY(cg_leaf_write(leaf, BOX_LIMIT_CPUS, CG_CPU, "cpu.cfs_quota_us", text, err));
		}
	}
	if (cpus != NULL) {
		char mems[4096];
		int n;
		if (!leaf->host->has[CG_CPUSET])
			return cg_leaf_without(plan, BOX_LIMIT_PIN, "cpuset controller", err);
		TRY(cg_leaf_pin(leaf, CG_CPUSET, cpus, err));
		n = fd_read_at(leaf->host->slice_fd[CG_CPUSET], "cpuset.mems", mems, sizeof(mems));
		if (n < 0)
			return sbx_fail(err, SBX_STAGE_CGROUP, -n, "cannot read cpuset.mems of the slice");
		TRY(cg_leaf_write(leaf, BOX_LIMIT_PIN, CG_CPUSET, "cpuset.mems", mems, err));
	}
	return 0;
}

static int set_limits(struct cg_leaf *leaf, const struct box_plan *plan, const char *cpus, struct sbx_err *err)
{
	if (!leaf->host->has[CG_CPUACCT])
		return sbx_fail(err, SBX_STAGE_CGROUP, ENOTSUP,
		                "this host has no cpuacct controller, so CPU time cannot be measured: mount it");
	TRY(set_memory(leaf, plan, err));
	TRY(watch_oom(leaf, err));
	if (!leaf->host->has[CG_PIDS])
		TRY(cg_leaf_without(plan, BOX_LIMIT_PIDS, "pids controller", err));
	else if (plan->pids_max != BOX_UNLIMITED) {
		char text[24];
		snprintf(text, sizeof(text), "%llu", (unsigned long long)plan->pids_max);
		TRY(cg_leaf_write(leaf, BOX_LIMIT_PIDS, CG_PIDS, "pids.max", text, err));
	}
	TRY(set_cpu(leaf, plan, cpus, err));
	for (int c = 0; c < CG_MAX; c++) {
		if (leaf->dir_fd[c] < 0)
			continue;
		leaf->tasks_fd[c] = openat(leaf->dir_fd[c], "tasks", O_WRONLY | O_CLOEXEC);
		if (leaf->tasks_fd[c] < 0)
			return sbx_fail(err, SBX_STAGE_CGROUP, errno, "cannot open the tasks file of the %s cgroup",
			                cg_controller_name((enum cg_controller)c));
	}
	return 0;
}

/* cpuacct.stat counts clock ticks: it splits the exact sum, it does not replace it. */
static void split_cpu(int dir_fd, struct run_result *result)
{
	char text[256];
	uint64_t user, system;

	if (fd_read_at(dir_fd, "cpuacct.stat", text, sizeof(text)) <= 0 || !text_key_u64(text, "user", &user) ||
	    !text_key_u64(text, "system", &system) || user + system == 0)
		return;
	result->user_us = (uint64_t)((double)result->cpu_us * (double)user / (double)(user + system));
	result->system_us = result->cpu_us - result->user_us;
}

static int read_memory(const struct cg_leaf *leaf, struct run_result *result)
{
	int dir_fd = leaf->dir_fd[CG_MEMORY];
	char text[8192];

	TRY(cg_leaf_oom_kills(leaf, &result->oom_kills));
	fd_read_u64_at(dir_fd, "memory.max_usage_in_bytes", &result->memory_peak_bytes);
	fd_read_u64_at(dir_fd, "memory.kmem.max_usage_in_bytes", &result->memory_kernel_bytes);
	if (fd_read_at(dir_fd, "memory.stat", text, sizeof(text)) > 0) {
		uint64_t shared;
		if (text_key_u64(text, "cache", &result->memory_file_bytes) && text_key_u64(text, "shmem", &shared))
			result->memory_file_bytes -=
			        shared < result->memory_file_bytes ? shared : result->memory_file_bytes;
	}
	return 0;
}

static int read_counters(const struct cg_leaf *leaf, struct run_result *result)
{
	char text[512];

	TRY(cg_leaf_cpu_us(leaf, &result->cpu_us));
	split_cpu(leaf->dir_fd[CG_CPUACCT], result);
	TRY(read_memory(leaf, result));
	if (leaf->dir_fd[CG_PIDS] >= 0) {
		fd_read_u64_at(leaf->dir_fd[CG_PIDS], "pids.peak", &result->pids_peak);
		if (fd_read_at(leaf->dir_fd[CG_PIDS], "pids.events", text, sizeof(text)) > 0)
			text_key_u64(text, "max", &result->pids_refused);
	}
	if (leaf->dir_fd[CG_CPU] >= 0 && fd_read_at(leaf->dir_fd[CG_CPU], "cpu.stat", text, sizeof(text)) > 0) {
		uint64_t throttled_ns;
		if (text_key_u64(text, "throttled_time", &throttled_ns))
			result->throttled_us = throttled_ns / 1000;
	}
	return 0;
}

const struct cg_backend cg_v1 = {
        .set_limits = set_limits,
        .read = read_counters,
        .mechanism = mechanism,
        .memory_with_network = "cgroup-v1 memory.limit_in_bytes, not for TCP and UDP",
        .cpu_counter = "cpuacct.usage",
        .oom_counter = "memory.oom_control",
        .usage = "memory.usage_in_bytes",
        .anon_key = "rss",
};
