/* Attacks on the host's files, devices and settings, and on what the caller has open. They run inside a box. */
#include "runner/attack.h"

#include "sandbox/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#define UP "../../../../../../../.."
#define N(array) (sizeof(array) / sizeof((array)[0]))

extern char **environ;

/* What no box has, from the root and by climbing above it. */
void attack_read_host(const struct attack_place *at)
{
	static const char *const paths[] = {"/etc/shadow", "/etc/ssh", "/root", "/home", "/var", "/run",
	                                    "/boot",       "/sys",     "/opt",  "/srv",  "/mnt"};
	char path[64];

	(void)at;
	for (size_t i = 0; i < N(paths); i++) {
		attack_absent(paths[i]);
		snprintf(path, sizeof(path), UP "%s", paths[i]);
		attack_absent(path);
	}
}

static void climb(void)
{
	struct stat top, here;
	int fd = (int)NEED(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));

	NEED(fstat(fd, &top));
	NEED(fchdir(fd));
	for (int i = 0; i < 64; i++)
		NEED(chdir(".."));
	NEED(stat(".", &here));
	if (here.st_dev != top.st_dev || here.st_ino != top.st_ino)
		attack_through("there is something above /");
	REFUSED(chdir("/proc/1/root"), EACCES, ENOENT);
	REFUSED(chdir("/proc/1/cwd"), EACCES, ENOENT);
}

void attack_leave_root(const struct attack_place *at)
{
	if (at->way == 0)
		climb();
	else
		REFUSED(chroot("/tmp"), EPERM, ENOSYS);
}

/* This binary is a copy; it is opened, and nothing is written. */
void attack_overwrite(const struct attack_place *at)
{
	(void)at;
	REFUSED(open("/proc/self/exe", O_WRONLY), EACCES, EROFS, ETXTBSY, EPERM);
	REFUSED(chmod("/proc/self/exe", 0755), EROFS, EPERM);
	REFUSED(open("/proc/1/exe", O_RDONLY), EACCES, ENOENT);
	REFUSED(open("/box/new", O_WRONLY | O_CREAT, 0644), EACCES, EROFS);
}

/* A second /dev/null, and a loop device, in the box's own folder. */
void attack_make_device(const struct attack_place *at)
{
	(void)at;
	REFUSED(mknod("/tmp/node", S_IFCHR | 0600, makedev(1, 3)), EPERM);
	REFUSED(mknod("/tmp/node", S_IFBLK | 0600, makedev(7, 0)), EPERM);
}

void attack_open_device(const struct attack_place *at)
{
	static const char *const paths[] = {"/dev/mem",    "/dev/kmsg",    "/dev/kvm",       "/dev/fuse",
	                                    "/dev/tty",    "/dev/console", "/dev/ptmx",      "/dev/sda",
	                                    "/dev/vda",    "/dev/nvme0n1", "/dev/pts",       "/dev/log",
	                                    "/dev/mqueue", "/dev/disk",    "/dev/net/tun",   "/dev/loop-control",
	                                    "/dev/cpu",    "/dev/dri",     "/dev/shm/..data"};

	(void)at;
	for (size_t i = 0; i < N(paths); i++)
		attack_absent(paths[i]);
}

void attack_kernel_settings(const struct attack_place *at)
{
	static const char *const paths[] = {"/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname",
	                                    "/proc/sysrq-trigger",           "/proc/self/oom_score_adj",
	                                    "/proc/self/loginuid",           "/sys/kernel/uevent_helper",
	                                    "/sys/fs/cgroup/cgroup.procs",   "/proc/self/mem"};

	(void)at;
	for (size_t i = 0; i < N(paths); i++)
		if (open(paths[i], O_WRONLY | O_CLOEXEC) >= 0)
			attack_through("%s can be written", paths[i]);
}

/* The folder of the job is shown by its own name, whatever the host calls it. */
static void look_at_mounts(void)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[1024], root[256], point[256];
	bool seen = false;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "%*d %*d %*s %255s %255s", root, point) == 2 && strcmp(point, "/box") == 0) {
			seen = true;
			if (strcmp(root, "/") != 0)
				attack_through("the job's folder on this host is %s", root);
		}
	if (!seen)
		attack_not_tried("/box is not among the mounts");
	fclose(file);
}

void attack_kernel_facts(const struct attack_place *at)
{
	static const char *const paths[] = {"/proc/kcore",   "/proc/kallsyms", "/proc/keys", "/proc/timer_list",
	                                    "/proc/cmdline", "/proc/modules",  "/proc/kmsg", "/proc/mounts/..",
	                                    "/proc/sys",     "/proc/bus",      "/proc/irq",  "/proc/interrupts"};
	struct utsname name;
	char buf[64];

	(void)at;
	for (size_t i = 0; i < N(paths); i++)
		if (open(paths[i], O_RDONLY | O_CLOEXEC) >= 0)
			attack_through("%s can be read", paths[i]);
	REFUSED(syscall(SYS_syslog, 3, buf, (int)sizeof(buf)), EPERM, ENOSYS);
	NEED(uname(&name));
	if (strcmp(name.nodename, "sbx") != 0)
		attack_through("the host is called %s", name.nodename);
	look_at_mounts();
}

void attack_file_handle(const struct attack_place *at)
{
	struct {
		struct file_handle head;
		unsigned char bytes[8];
	} handle = {.head = {.handle_bytes = 8, .handle_type = 1}};
	int mount_id;

	if (at->way == 0)
		REFUSED(open_by_handle_at(AT_FDCWD, &handle.head, O_RDONLY), EPERM, ENOSYS);
	else
		REFUSED(name_to_handle_at(AT_FDCWD, "/usr", &handle.head, &mount_id, 0), EPERM, ENOSYS);
}

/* Only what every box has. */
void attack_environment(const struct attack_place *at)
{
	static const char *const known[] = {"PATH=", "HOME=", "LANG="};

	(void)at;
	for (char **variable = environ; *variable != NULL; variable++) {
		bool is_known = false;
		for (size_t i = 0; i < N(known); i++)
			is_known = is_known || strncmp(*variable, known[i], strlen(known[i])) == 0;
		if (!is_known)
			attack_through("the variable %.*s is here", (int)strcspn(*variable, "="), *variable);
	}
}

/* The launcher has left one open on its root. */
void attack_descriptors(const struct attack_place *at)
{
	(void)at;
	for (int fd = 3; fd < 4096; fd++)
		REFUSED(fcntl(fd, F_GETFD), EBADF);
	for (int fd = 0; fd < 3; fd++) {
		REFUSED(openat(fd, ".", O_RDONLY), ENOTDIR);
		REFUSED(fchdir(fd), ENOTDIR);
	}
}

void attack_terminal(const struct attack_place *at)
{
	(void)at;
	attack_absent("/dev/tty");
	for (int fd = 0; fd < 3; fd++) {
		if (isatty(fd))
			attack_through("descriptor %d is a terminal", fd);
		REFUSED(ioctl(fd, TIOCSTI, "\n"), EPERM, ENOTTY);
		REFUSED(syscall(SYS_ioctl, fd, TIOCSTI | 1UL << 32, "\n"), EPERM, ENOTTY);
	}
}

void attack_streams(const struct attack_place *at)
{
	char link[64] = "";

	(void)at;
	for (int fd = 1; fd < 3; fd++) {
		char path[32];
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		NEED(readlink(path, link, sizeof(link) - 1));
		if (strncmp(link, "pipe:", 5) != 0)
			attack_through("output %d goes to %s", fd, link);
		REFUSED(lseek(fd, 0, SEEK_SET), ESPIPE);
		REFUSED(truncate(path, 0), EINVAL);
	}
	REFUSED(write(STDIN_FILENO, "x", 1), EBADF);
}
