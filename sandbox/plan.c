/* The names of the limits of a plan: in the report, in `--require`, and in every message about one. */
#include "sandbox/plan.h"

static const char *const limit_names[BOX_LIMIT_MAX] = {
        [BOX_LIMIT_TIME] = "time",       [BOX_LIMIT_WALL] = "wall",     [BOX_LIMIT_MEMORY] = "memory",
        [BOX_LIMIT_SWAP] = "swap",       [BOX_LIMIT_PIDS] = "pids",     [BOX_LIMIT_STACK] = "stack",
        [BOX_LIMIT_FSIZE] = "fsize",     [BOX_LIMIT_OUTPUT] = "output", [BOX_LIMIT_OPEN_FILES] = "open-files",
        [BOX_LIMIT_TMP] = "tmp",         [BOX_LIMIT_CPUS] = "cpus",     [BOX_LIMIT_PIN] = "pin",
        [BOX_LIMIT_SECCOMP] = "seccomp",
};

const char *box_limit_name(enum box_limit limit)
{
	if (limit < 0 || limit >= BOX_LIMIT_MAX)
		return "unknown";
	return limit_names[limit];
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
