/* What can be asked of a plan's limits: in the report, in `--require`, and in every message about one. */
#include "sandbox/plan.h"

static const struct {
	const char *name, *option;
} limits[BOX_LIMIT_MAX] = {
        [BOX_LIMIT_TIME] = {"time", "--time"},
        [BOX_LIMIT_WALL] = {"wall", "--wall"},
        [BOX_LIMIT_MEMORY] = {"memory", "--mem"},
        [BOX_LIMIT_SWAP] = {"swap", "--mem"},
        [BOX_LIMIT_PIDS] = {"pids", "--pids"},
        [BOX_LIMIT_STACK] = {"stack", "--stack"},
        [BOX_LIMIT_FSIZE] = {"fsize", "--fsize"},
        [BOX_LIMIT_OUTPUT] = {"output", "--output"},
        [BOX_LIMIT_OPEN_FILES] = {"open-files", "--open-files"},
        [BOX_LIMIT_TMP] = {"tmp", "--tmp"},
        [BOX_LIMIT_CPUS] = {"cpus", "--cpus"},
        [BOX_LIMIT_PIN] = {"pin", "--pin"},
        [BOX_LIMIT_SECCOMP] = {"seccomp", "--seccomp"},
};

const char *box_limit_name(enum box_limit limit)
{
	return limit >= 0 && limit < BOX_LIMIT_MAX ? limits[limit].name : "unknown";
}

const char *box_limit_option(enum box_limit limit)
{
	return limit >= 0 && limit < BOX_LIMIT_MAX ? limits[limit].option : "unknown";
}

uint64_t box_limit_value(const struct box_plan *plan, enum box_limit limit)
{
	switch (limit) {
	case BOX_LIMIT_TIME:
		return plan->cpu_us_max;
	case BOX_LIMIT_WALL:
		return plan->wall_us_max;
	case BOX_LIMIT_MEMORY:
		return plan->memory_bytes_max;
	case BOX_LIMIT_SWAP:
		return plan->memory_bytes_max == BOX_UNLIMITED ? BOX_UNLIMITED : 0;
	case BOX_LIMIT_PIDS:
		return plan->pids_max;
	case BOX_LIMIT_STACK:
		return plan->stack_bytes_max;
	case BOX_LIMIT_FSIZE:
		return plan->fsize_bytes_max;
	case BOX_LIMIT_OUTPUT:
		return plan->output_bytes_max;
	case BOX_LIMIT_OPEN_FILES:
		return plan->open_files_max;
	case BOX_LIMIT_TMP:
		return plan->scratch_bytes;
	case BOX_LIMIT_CPUS:
		return plan->cpu_rate_millis;
	default:
		return BOX_UNLIMITED;
	}
}

bool box_limit_is_set(const struct box_plan *plan, enum box_limit limit)
{
	if (limit == BOX_LIMIT_PIN)
		return plan->cpus != NULL || plan->cpus_of_slot;
	if (limit == BOX_LIMIT_SECCOMP)
		return plan->filter != NULL;
	return box_limit_value(plan, limit) != BOX_UNLIMITED;
}

static const char *const kind_names[BOX_MOUNT_MAX] = {
        [BOX_MOUNT_BIND] = "bind",        [BOX_MOUNT_MIRROR] = "mirror", [BOX_MOUNT_OVERLAY] = "overlay",
        [BOX_MOUNT_SCRATCH] = "writable", [BOX_MOUNT_TMPFS] = "tmpfs",   [BOX_MOUNT_PROC] = "proc",
        [BOX_MOUNT_FILE] = "file",        [BOX_MOUNT_LINK] = "link",
};

const char *box_mount_kind_name(enum box_mount_kind kind)
{
	return kind >= 0 && kind < BOX_MOUNT_MAX ? kind_names[kind] : "unknown";
}
