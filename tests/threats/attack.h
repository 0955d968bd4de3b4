/*
 * For the programs of this folder: each tries one attack of the catalogue from inside a box. It ends with 0 where it
 * was held, and with 1 and a line on standard output that says what worked.
 */
#pragma once

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

__attribute__((format(printf, 1, 2))) static inline _Noreturn void broke(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("broke: ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
	exit(1);
}

/* /proc shows no process but this one. */
static inline void must_be_alone(void)
{
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	if (dir == NULL)
		broke("not tried: no /proc");
	while ((entry = readdir(dir)) != NULL) {
		pid_t pid = atoi(entry->d_name);
		if (pid > 0 && pid != getpid())
			broke("process %d is here", (int)pid);
	}
	closedir(dir);
}

/* `errnos` ends with 0; without any, all will do. */
static inline void must_be_refused(const char *what, long rc, const int *errnos)
{
	int got = errno;

	if (rc != -1)
		broke("%s gave %ld", what, rc);
	for (const int *errnum = errnos; *errnum != 0; errnum++)
		if (got == *errnum)
			return;
	if (errnos[0] != 0)
		broke("%s failed with %s", what, strerrorname_np(got));
}

/* REFUSED(call, errno...): the call fails with -1, and one of these errnos. */
#define REFUSED(call, ...) must_be_refused(#call, (long)(call), (const int[]){__VA_ARGS__ __VA_OPT__(, ) 0})

/* MUST(call): what the attack needs to be tried at all. */
#define MUST(call)                                                                                                     \
	({                                                                                                             \
		__typeof__(call) must_rc = (call);                                                                     \
		if ((long)must_rc == -1)                                                                               \
			broke("not tried: %s: %s", #call, strerrorname_np(errno));                                     \
		must_rc;                                                                                               \
	})

/* For attacks that need a call each, since the filter ends the box at the first of them. */
struct attack {
	const char *name;
	void (*refused)(void); /* tries it, and looks at how the kernel alone refuses it */
};

/*
 * For `return try_attacks(argc, argv, attacks)`, whose list ends with {0}: the attack that is named, which should not
 * return; or with "all" each of them, all of which the kernel should refuse by itself.
 */
static inline int try_attacks(int argc, char **argv, const struct attack *attacks)
{
	const char *wanted = argc > 1 ? argv[1] : "";
	bool all = strcmp(wanted, "all") == 0, found = all;

	for (; attacks->name != NULL; attacks++) {
		if (!all && strcmp(attacks->name, wanted) != 0)
			continue;
		found = true;
		attacks->refused();
	}
	if (!found)
		broke("not tried: no such attack: %s", wanted);
	if (!all)
		broke("%s was not stopped by the filter", wanted);
	return 0;
}

/*
 * In the box of an ordinary user init has the program's id, by which it could be reached: that it is process 1 keeps
 * signals from it, and the filter limits and priorities. To be called once before nest(), which has no ids.
 */
static inline bool has_inits_id(void)
{
	static int ids;
	char line[128];
	FILE *map = ids > 0 ? NULL : fopen("/proc/self/uid_map", "re");

	while (map != NULL && fgets(line, sizeof(line), map) != NULL)
		ids++;
	if (map != NULL)
		fclose(map);
	if (ids == 0)
		broke("not tried: no /proc/self/uid_map");
	return ids == 1;
}

/*
 * A file of the box's cgroup, reached by mounting cgroupfs. An ordinary user's box owns it, and can open it; but that
 * cgroup is the root of the box's namespace, and what limits such a one is its parent's to set (nsdelegate).
 */
static inline void must_not_be_set(const char *path)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 && errno != ENOENT && errno != EACCES && errno != EPERM && errno != EROFS)
		broke("%s: %s", path, strerrorname_np(errno));
	if (fd < 0)
		return;
	if (!has_inits_id())
		broke("%s opens for writing", path);
	/* no value that all of them would take for wrong, but none either that would let anything go on */
	if (write(fd, "1", 1) >= 0 || errno != EPERM)
		broke("%s can be written", path);
	close(fd);
}

/* Root's powers in user and mount namespaces of its own, which it gets without a filter where the host lets it. */
static inline bool nest(void)
{
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
}

/* The folder `fd` is within the box: nothing of the host's root is there, nor above it. */
static inline void must_be_inside(const char *what, int fd)
{
	static const char *const signs[] = {"etc/shadow", "var/lib", "home", "boot", "sys/kernel", "run/sbx"};
	struct stat st;
	char up[256] = ".";

	for (int depth = 0; depth < 64; depth++) {
		for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
			char path[512];
			snprintf(path, sizeof(path), "%s/%s", up, signs[i]);
			if (fstatat(fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
				broke("%s: %s is there", what, path);
		}
		strcat(up, "/..");
	}
}

/* Both ends, in a message of one byte; false where the socket takes no more. */
static inline bool send_away(int sock, const int ends[2])
{
	char control[CMSG_SPACE(2 * sizeof(int))] = {0};
	struct iovec one = {"", 1};
	struct msghdr msg = {
	        .msg_iov = &one, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	*cmsg = (struct cmsghdr){
	        .cmsg_len = CMSG_LEN(2 * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(cmsg), ends, 2 * sizeof(int));
	return sendmsg(sock, &msg, MSG_DONTWAIT) == 1;
}
