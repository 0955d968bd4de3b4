/*
 * Writing through what is mounted read-only, and taking the flags off. WAY: nothing, or `nested`, with root's powers in
 * namespaces of its own. The folders to write in are arguments: what they hold anybody may write, but for the mount.
 */
#include "tests/threats/attack.h"

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/time.h>
#include <sys/xattr.h>

struct attr {
	uint64_t set, clear, propagation, userns;
};

static void try_write(const char *dir)
{
	char path[512], to[512];

	snprintf(path, sizeof(path), "%s/file", dir);
	snprintf(to, sizeof(to), "%s/new", dir);
	REFUSED(open(path, O_WRONLY), EROFS);
	REFUSED(open(path, O_RDWR | O_TRUNC), EROFS);
	REFUSED(open(to, O_WRONLY | O_CREAT, 0666), EROFS);
	REFUSED(open(dir, O_RDWR | O_TMPFILE, 0666), EROFS, EOPNOTSUPP);
	REFUSED(truncate(path, 0), EROFS);
	REFUSED(unlink(path), EROFS);
	REFUSED(rename(path, to), EROFS);
	REFUSED(link(path, to), EROFS, EPERM);
	REFUSED(symlink("x", to), EROFS);
	REFUSED(mkdir(to, 0777), EROFS);
	REFUSED(chmod(path, 0777), EROFS, EPERM);
	REFUSED(utimes(path, NULL), EROFS);
	REFUSED(mkfifo(to, 0666), EROFS, EPERM);
	/* a descriptor for reading is none for writing */
	snprintf(to, sizeof(to), "/proc/self/fd/%d", MUST(open(path, O_RDONLY)));
	REFUSED(open(to, O_WRONLY), EROFS);
	if (mmap(NULL, 1, PROT_WRITE, MAP_SHARED, atoi(strrchr(to, '/') + 1), 0) != MAP_FAILED)
		broke("%s is mapped for writing", path);
}

/* Its flags are locked: whoever has the powers in a namespace below cannot take them off, nor look below a mount. */
static void try_remount(const char *place)
{
	static const uint64_t flags[] = {1, 2, 4, 1 | 2 | 4 | 8}; /* read-only, nosuid, nodev, noexec */
	char copy[64] = "/tmp/copy";
	bool noexec_too = strcmp(place, "/proc") == 0;

	REFUSED(mount("none", place, NULL, MS_REMOUNT | MS_BIND, NULL), EPERM, EINVAL);
	REFUSED(mount("none", place, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL), EPERM, EINVAL);
	REFUSED(mount("none", place, NULL, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV, NULL), EPERM, EINVAL);
	REFUSED(mount("none", place, NULL, MS_REMOUNT, NULL), EPERM, EINVAL);
	REFUSED(umount2(place, MNT_DETACH), EINVAL, EPERM);
	REFUSED(umount2(place, MNT_FORCE), EINVAL, EPERM, EBUSY);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		struct attr attr = {.clear = flags[i]};
		if ((flags[i] & 4) != 0 && strncmp(place, "/dev/", 5) == 0) /* a device is one */
			continue;
		if (i < 3 || noexec_too)
			REFUSED(syscall(SYS_mount_setattr, AT_FDCWD, place, 0, &attr, sizeof(attr)), EPERM, EINVAL);
	}
	/* a copy of it has them too */
	mkdir(copy, 0777);
	if (mount(place, copy, NULL, MS_BIND | MS_REC, NULL) == 0) {
		struct attr attr = {.clear = 1};
		REFUSED(mount("none", copy, NULL, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV, NULL), EPERM, EINVAL);
		REFUSED(syscall(SYS_mount_setattr, AT_FDCWD, copy, AT_RECURSIVE, &attr, sizeof(attr)), EPERM, EINVAL);
		umount2(copy, MNT_DETACH);
	}
}

/* The flags as sbx(1) promises them. */
static void check_flags(bool box_is_writable)
{
	static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};
	char line[4096], place[1024], flags[1024];
	FILE *file = fopen("/proc/self/mountinfo", "r");
	int seen = 0;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		bool rw, dev = false;
		char list[1100];
		if (sscanf(line, "%*s %*s %*s %*s %1023s %1023s", place, flags) != 2)
			broke("not tried: %s", line);
		seen++;
		rw = strcmp(place, "/tmp") == 0 || strcmp(place, "/dev/shm") == 0 ||
		     (box_is_writable && strcmp(place, "/box") == 0);
		for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
			dev |= strcmp(place, devices[i]) == 0;
		snprintf(list, sizeof(list), ",%s,", flags);
		if (strstr(list, ",nosuid,") == NULL || (strstr(list, ",nodev,") == NULL) != dev ||
		    (strstr(list, ",ro,") == NULL) != rw ||
		    (strcmp(place, "/proc") == 0 && strstr(list, ",noexec,") == NULL))
			broke("%s is %s", place, flags);
	}
	if (seen < 12)
		broke("not tried: %d mounts", seen);
}

int main(int argc, char **argv)
{
	static const char *const places[] = {"/", "/usr", "/proc", "/dev/urandom", "/etc/alternatives"};
	const char *way = argc > 1 ? argv[1] : "";

	check_flags(strcmp(way, "writable") == 0);
	for (int i = 2; i < argc; i++)
		try_write(argv[i]);
	REFUSED(open("/x", O_WRONLY | O_CREAT, 0666), EROFS);
	REFUSED(open("/usr/x", O_WRONLY | O_CREAT, 0666), EROFS);
	REFUSED(open("/etc/passwd", O_WRONLY), EROFS, EACCES);
	REFUSED(chmod("/etc/passwd", 0777), EROFS, EPERM);
	REFUSED(mkdir("/dev/x", 0777), EROFS);
	REFUSED(mkdir("/proc/x", 0777), EROFS, ENOENT);
	if (strcmp(way, "nested") == 0 && !nest())
		return 0;
	if (strcmp(way, "nested") == 0 || strcmp(way, "alone") == 0) {
		for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
			try_remount(places[i]);
		for (int i = 2; i < argc; i++) {
			try_remount(argv[i]);
			try_write(argv[i]);
		}
		REFUSED(open("/usr/x", O_WRONLY | O_CREAT, 0666), EROFS);
	}
	return 0;
}
