/*
 * cgroupfs: not there, cannot be mounted, and the box's own cgroup is the root of all that is seen. With `unfiltered`,
 * by a user namespace of its own, in which cgroups can be mounted: they show nothing above the box's own, and nothing
 * in them can be written. What can be read of a v1 hierarchy that the run has no cgroup in is all of it, as SECURITY.md
 * says.
 */
// run:
// run: -- mount cgroup => verdict=SV denied_syscall=mount
// run: -- mount cgroup2 => verdict=SV denied_syscall=mount
// run: --seccomp none -- mount cgroup
// run: --seccomp none -- mount cgroup2
// run: --seccomp none -- unfiltered cgroup2
// run: --seccomp none -- unfiltered cgroup
#include "tests/threats/attack.h"

#include <sched.h>
#include <sys/mount.h>

static void look(void)
{
	static const char *const places[] = {"/sys/fs/cgroup", "/sys",          "/cgroup",
	                                     "/run/sbx",       "/proc/cgroups", "/proc/sys"};
	char line[512];
	FILE *file;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		REFUSED(open(places[i], O_RDONLY), ENOENT);
	REFUSED(mkdir("/sys", 0755), EROFS, EACCES, EPERM);
	file = fopen("/proc/self/mountinfo", "re");
	if (file == NULL)
		broke("not tried: no mountinfo");
	while (fgets(line, sizeof(line), file) != NULL)
		if (strstr(line, "cgroup") != NULL)
			broke("mounted: %s", line);
	fclose(file);
	/* in a namespace of its own the box's cgroup is the root, whatever it is called outside */
	file = fopen("/proc/self/cgroup", "re");
	if (file == NULL)
		broke("not tried: no /proc/self/cgroup");
	while (fgets(line, sizeof(line), file) != NULL)
		if (strstr(line, "sbx") != NULL || strstr(line, "run-") != NULL)
			broke("it learns of %s", line);
	fclose(file);
}

static void try_to_write(const char *dir, bool entered)
{
	static const char *const files[] = {"tasks",       "memory.max",    "memory.limit_in_bytes", "pids.max",
	                                    "cgroup.kill", "release_agent", "notify_on_release",     "cpu.max"};
	/* who has a delegated cgroup may move its processes in it, where there is but one for them */
	static const char *const delegated[] = {"cgroup.procs", "cgroup.subtree_control"};
	char path[64];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		must_not_be_set(path);
	}
	for (size_t i = 0; !has_inits_id() && i < sizeof(delegated) / sizeof(delegated[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, delegated[i]);
		REFUSED(open(path, O_WRONLY), ENOENT, EACCES, EPERM, EROFS);
	}
	snprintf(path, sizeof(path), "%s/new", dir);
	REFUSED(mkdir(path, 0755), EACCES, EPERM, EROFS, EAGAIN);
	if (!entered)
		return;
	snprintf(path, sizeof(path), "%s/sbx", dir);
	REFUSED(open(path, O_RDONLY), ENOENT);
}

#define N_ENTERED 5

int main(int argc, char **argv)
{
	static const char *const options[] = {"memory",      "pids",   "cpu",     "cpuacct",
	                                      "cpu,cpuacct", "cpuset", "freezer", "none,name=x"};
	const char *how = argc > 1 ? argv[1] : "", *type = argc > 2 ? argv[2] : "";

	has_inits_id();
	look();
	if (strcmp(how, "mount") == 0)
		REFUSED(mount("none", "/tmp", type, 0, strcmp(type, "cgroup") == 0 ? "memory" : NULL), EPERM, ENODEV);
	if (strcmp(how, "unfiltered") != 0)
		return 0;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWCGROUP) < 0)
		return 0; /* the host forbids it: the better */
	if (strcmp(type, "cgroup2") == 0) {
		if (mount("none", "/tmp", "cgroup2", 0, NULL) == 0)
			try_to_write("/tmp", true);
		return 0;
	}
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (mount("none", "/tmp", "cgroup", 0, options[i]) == 0) {
			try_to_write("/tmp", i < N_ENTERED);
			MUST(umount2("/tmp", MNT_DETACH));
		}
	return 0;
}
