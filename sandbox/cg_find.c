/*
 * Finds where each controller is mounted, by libcgroup, whose only user this file is. Called when no kept
 * layout fits: once after a boot, and by `sbx setup` and `sbx check`.
 */
#include "sandbox/host.h"

#include <errno.h>
#include <libcgroup.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include <linux/magic.h>

static const char *const controller_names[CG_MAX] = {
        [CG_MEMORY] = "memory", [CG_PIDS] = "pids", [CG_CPUACCT] = "cpuacct", [CG_CPU] = "cpu", [CG_CPUSET] = "cpuset",
};

const char *cg_controller_name(enum cg_controller controller)
{
	return controller_names[controller];
}

static bool is_v2(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
}

static int find_one(enum cg_controller controller, struct host_layout *layout, bool *ret_v2, struct sbx_err *err)
{
	char *mount = NULL;
	int rc = cgroup_get_subsys_mount_point(controller_names[controller], &mount);
	size_t len;

	if (rc != 0)
		return 0; /* not there: whether that matters is decided by what is asked of it */
	len = strlen(mount);
	if (len >= sizeof(layout->path[0])) {
		free(mount);
		return sbx_fail(err, SBX_STAGE_HOST, ENAMETOOLONG,
		                "the %s controller's mount point has too long a path", controller_names[controller]);
	}
	memcpy(layout->path[controller], mount, len + 1);
	*ret_v2 = is_v2(mount);
	free(mount);
	return 0;
}

/* The library's own logger prints to the standard output, where a caller of ours expects JSON. */
static void log_nothing(void *arg, int level, const char *fmt, va_list args)
{
	(void)arg;
	(void)level;
	(void)fmt;
	(void)args;
}

int cg_find(struct host_layout *ret, struct sbx_err *err)
{
	struct host_layout layout = {0};
	bool v2[CG_MAX] = {false};
	int rc;

	cgroup_set_logger(log_nothing, CGROUP_LOG_ERROR, NULL);
	rc = cgroup_init();

	if (rc != 0 && rc != ECGROUPNOTMOUNTED)
		return sbx_fail(err, SBX_STAGE_HOST, EIO, "cannot read the cgroup mounts: %s", cgroup_strerror(rc));
	for (int c = 0; rc == 0 && c < CG_MAX; c++)
		TRY(find_one((enum cg_controller)c, &layout, &v2[c], err));
	if (layout.path[CG_MEMORY][0] == '\0')
		return sbx_fail(
		        err, SBX_STAGE_HOST, ENOTSUP,
		        "no cgroup hierarchy has the memory controller, so no memory limit can be enforced: mount "
		        "cgroup v2 (mount -t cgroup2 none /sys/fs/cgroup) or boot without cgroup_disable=memory");
	layout.cgroup_version = v2[CG_MEMORY] ? 2 : 1;
	for (int c = 0; c < CG_MAX; c++) {
		/* v2 accounts CPU time in every cgroup, controller or not */
		if (layout.cgroup_version == 2 && c == CG_CPUACCT)
			strcpy(layout.path[c], layout.path[CG_MEMORY]);
		else if (v2[c] != v2[CG_MEMORY])
			layout.path[c][0] = '\0'; /* one version serves a run: a controller on the other is not used */
	}
	*ret = layout;
	return 0;
}
