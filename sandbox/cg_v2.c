/* The leaf on cgroup v2: one directory, entered by clone3(CLONE_INTO_CGROUP). Documentation/admin-guide/cgroup-v2.rst.
 */
#include "sandbox/cg_leaf.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <stdio.h>

static const char *const mechanism[BOX_LIMIT_MAX] = {
        [BOX_LIMIT_TIME] = "supervisor, cgroup-v2 cpu.stat",
        [BOX_LIMIT_MEMORY] = "cgroup-v2 memory.max",
        [BOX_LIMIT_SWAP] = "cgroup-v2 memory.swap.max",
        [BOX_LIMIT_PIDS] = "cgroup-v2 pids.max",
        [BOX_LIMIT_CPUS] = "cgroup-v2 cpu.max",
        [BOX_LIMIT_PIN] = "cgroup-v2 cpuset.cpus",
};

static int write_max(const struct cg_leaf *leaf, enum box_limit limit, const char *file, uint64_t value,
                     struct sbx_err *err)
{
	char text[24] = "max";

	if (value != BOX_UNLIMITED)
		snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return cg_leaf_write(leaf, limit, CG_MEMORY, file, text, err);
}

static int set_swap(struct cg_leaf *leaf, const struct box_plan *plan, struct sbx_err *err)
{
	int rc = plan->memory_bytes_max == BOX_UNLIMITED ? 0
	                                                 : fd_write_at(leaf->dir_fd[CG_MEMORY], "memory.swap.max", "0");

	leaf->swap_free = rc == -ENOENT;
	if (leaf->swap_free)
		return cg_leaf_without(plan, BOX_LIMIT_SWAP, "swap accounting (memory.swap.max)", err);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_CGROUP, -rc, "cannot write 0 to memory.swap.max");
	return 0;
}

static int set_cpu(const struct cg_leaf *leaf, const struct box_plan *plan, const char *cpus, struct sbx_err *err)
{
	char text[64];

	if (plan->cpu_rate_millis != BOX_UNLIMITED) {
		if (!leaf->host->has[CG_CPU])
			TRY(cg_leaf_without(plan, BOX_LIMIT_CPUS, "cpu controller", err));
		/* period 100 ms: a thousandth of a core is 100 us, and the kernel's least quota 1 ms */
		snprintf(text, sizeof(text), "%llu 100000", (unsigned long long)plan->cpu_rate_millis * 100);
		if (leaf->host->has[CG_CPU])
			TRY(cg_leaf_write(leaf, BOX_LIMIT_CPUS, CG_MEMORY, "cpu.max", text, err));
	}
	if (cpus != NULL) {
		if (!leaf->host->has[CG_CPUSET])
			return cg_leaf_without(plan, BOX_LIMIT_PIN, "cpuset controller", err);
		TRY(cg_leaf_pin(leaf, CG_MEMORY, cpus, err));
	}
	return 0;
}

static int set_limits(struct cg_leaf *leaf, const struct box_plan *plan, const char *cpus, struct sbx_err *err)
{
	int rc;

	TRY(write_max(leaf, BOX_LIMIT_MEMORY, "memory.max", plan->memory_bytes_max, err));
	TRY(set_swap(leaf, plan, err));
	/* a child killed for memory under a parent that goes on would be a run nobody can judge: all or none */
	TRY(cg_leaf_write(leaf, BOX_LIMIT_MEMORY, CG_MEMORY, "memory.oom.group", "1", err));
	if (leaf->host->has[CG_PIDS])
		TRY(write_max(leaf, BOX_LIMIT_PIDS, "pids.max", plan->pids_max, err));
	else
		TRY(cg_leaf_without(plan, BOX_LIMIT_PIDS, "pids controller", err));
	/* an ordinary user's box owns the leaf; what it made below, where it can mount cgroupfs, would keep it in place
	 */
	rc = fd_write_at(leaf->dir_fd[CG_MEMORY], "cgroup.max.descendants", "0");
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_CGROUP, -rc, "cannot write 0 to cgroup.max.descendants");
	return set_cpu(leaf, plan, cpus, err);
}

static void read_memory(int dir_fd, struct run_result *result)
{
	char text[8192];

	fd_read_u64_at(dir_fd, "memory.peak", &result->memory_peak_bytes);
	if (fd_read_at(dir_fd, "memory.stat", text, sizeof(text)) > 0) {
		uint64_t shared;
		if (text_key_u64(text, "file", &result->memory_file_bytes) && text_key_u64(text, "shmem", &shared))
			result->memory_file_bytes -=
			        shared < result->memory_file_bytes ? shared : result->memory_file_bytes;
		text_key_u64(text, "kernel", &result->memory_kernel_bytes);
	}
}

static int read_counters(const struct cg_leaf *leaf, struct run_result *result)
{
	char text[1024];
	int dir_fd = leaf->dir_fd[CG_MEMORY];

	TRY(fd_read_at(dir_fd, "cpu.stat", text, sizeof(text)));
	if (!text_key_u64(text, "usage_usec", &result->cpu_us) || !text_key_u64(text, "user_usec", &result->user_us) ||
	    !text_key_u64(text, "system_usec", &result->system_us))
		return -EINVAL;
	text_key_u64(text, "throttled_usec", &result->throttled_us);
	TRY(cg_leaf_oom_kills(leaf, &result->oom_kills));
	read_memory(dir_fd, result);
	fd_read_u64_at(dir_fd, "pids.peak", &result->pids_peak);
	if (fd_read_at(dir_fd, "pids.events", text, sizeof(text)) > 0)
		text_key_u64(text, "max", &result->pids_refused);
	if (fd_read_at(dir_fd, "cpu.pressure", text, sizeof(text)) > 0) {
		unsigned long long total;
		if (sscanf(text, "some avg10=%*f avg60=%*f avg300=%*f total=%llu", &total) == 1)
			result->pressure_us = total;
	}
	return 0;
}

const struct cg_backend cg_v2 = {
        .set_limits = set_limits,
        .read = read_counters,
        .mechanism = mechanism,
        .memory_with_network = "cgroup-v2 memory.max, not for TCP and UDP",
        .cpu_counter = "cpu.stat",
        .oom_counter = "memory.events",
        .usage = "memory.current",
        .anon_key = "anon",
};
