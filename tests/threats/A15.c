/*
 * The kernel's settings. Only opened for writing, never written: where one opens it is broken already. DIR...: the
 * host's own /proc/sys and /sys, mounted for the program. After `nested` with root's powers, and mounts of its own.
 */
#include "tests/threats/attack.h"

#include <sys/mount.h>

static void try_places(const char *proc_sys, const char *sys)
{
	static const char *const settings[] = {
	        "kernel/core_pattern",     "kernel/modprobe", "kernel/hotplug",          "kernel/sysrq",
	        "kernel/hostname",         "kernel/pid_max",  "vm/drop_caches",          "vm/overcommit_memory",
	        "fs/suid_dumpable",        "fs/file-max",     "fs/binfmt_misc/register", "net/ipv4/ip_forward",
	        "user/max_user_namespaces"};
	static const char *const files[] = {"kernel/uevent_helper",
	                                    "power/state",
	                                    "kernel/mm/ksm/run",
	                                    "module",
	                                    "kernel/debug",
	                                    "kernel/security",
	                                    "fs/cgroup/cgroup.procs",
	                                    "fs/cgroup/release_agent",
	                                    "fs/cgroup/memory/release_agent",
	                                    "kernel/mm/transparent_hugepage/enabled",
	                                    "class/net/lo/mtu"};
	char path[512];

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", proc_sys, settings[i]);
		must_be_refused(path, open(path, O_WRONLY), (const int[]){EROFS, EACCES, ENOENT, 0});
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", sys, files[i]);
		must_be_refused(path, open(path, O_WRONLY), (const int[]){EROFS, EACCES, ENOENT, EISDIR, 0});
		REFUSED(open(path, O_RDWR), EROFS, EACCES, ENOENT, EISDIR);
	}
}

/* Fresh ones would show what the box's do not. Of the cgroup's own files none may be written. */
static void try_mounts(void)
{
	static const char *const kinds[] = {"proc",     "sysfs",   "debugfs",  "tracefs", "securityfs",
	                                    "configfs", "pstore",  "efivarfs", "bdev",    "ext4",
	                                    "devtmpfs", "fusectl", "cgroup"};
	static const char *const files[] = {"memory.max",      "memory.high",           "pids.max",
	                                    "cpu.max",         "cgroup.kill",           "cgroup.freeze",
	                                    "memory.swap.max", "cgroup.max.descendants"};
	char path[128];

	MUST(unshare(CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP));
	MUST(mkdir("/tmp/m", 0777));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		REFUSED(mount("none", "/tmp/m", kinds[i], 0, NULL), EPERM, ENODEV, EACCES, EINVAL, ENOTBLK, EBUSY,
		        ENOENT);
	}
	if (mount("none", "/tmp/m", "cgroup2", 0, NULL) == 0) {
		for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
			snprintf(path, sizeof(path), "/tmp/m/%s", files[i]);
			must_not_be_set(path);
		}
		REFUSED(mkdir("/tmp/m/own", 0777), EACCES, EPERM, EAGAIN);
		must_be_inside("cgroup2", MUST(open("/tmp/m", O_PATH)));
	}
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	has_inits_id();
	try_places("/proc/sys", "/sys");
	if (strcmp(how, "nested") == 0 && !nest())
		return 0;
	for (int i = 2; i + 1 < argc; i += 2) {
		struct stat st;
		if (stat(argv[i + 1], &st) != 0)
			broke("not tried: %s", argv[i + 1]);
		try_places(argv[i], argv[i + 1]);
	}
	if (strcmp(how, "nested") == 0)
		try_mounts();
	return 0;
}
