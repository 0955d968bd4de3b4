/* See view.h. */
#include "tests/fault/view.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LAYOUT "/run/sbx/host"

struct text {
	char *buf;
	size_t size, len;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(text->buf + text->len, text->size - text->len, fmt, args);
	va_end(args);
	if (n < 0 || text->len + (size_t)n >= text->size) {
		fprintf(stderr, "fault: a view is larger than expected\n");
		abort();
	}
	text->len += (size_t)n;
}

bool view_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 0;

	buf[0] = '\0';
	if (fd < 0)
		return false;
	while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	buf[len] = '\0';
	close(fd);
	return n >= 0;
}

static void put_status(struct text *text, const char *status)
{
	static const char *const keys[] = {"Umask",  "Groups", "CapInh",     "CapPrm",  "CapEff",
	                                   "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Seccomp_filters",
	                                   "SigBlk", "SigIgn", "SigCgt",     "Threads"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char key[32];
		const char *line;
		snprintf(key, sizeof(key), "\n%s:", keys[i]);
		line = strstr(status, key);
		if (line != NULL)
			put(text, "%.*s\n", (int)strcspn(line + 1, "\n"), line + 1);
	}
}

/* The four of a kind, as those of slot 0: a slot that cannot be had is passed over, and each has ids of its own. */
static void put_ids(struct text *text, const char *status, const char *key, const char *cgroups)
{
	const char *line = strstr(status, key), *run = strstr(cgroups, "/sbx/run-");
	unsigned id[4] = {0}, slot = run == NULL ? 0 : (unsigned)atoi(run + strlen("/sbx/run-"));

	if (line != NULL && sscanf(line + strlen(key), "%u %u %u %u", &id[0], &id[1], &id[2], &id[3]) == 4)
		for (int i = 0; i < 4; i++)
			put(text, "%s %u\n", key + 1, id[i] - 2 * slot);
}

static void put_priorities(struct text *text, pid_t pid)
{
	put(text, "nice %d\n", getpriority(PRIO_PROCESS, (id_t)pid));
	put(text, "scheduler %d\n", sched_getscheduler(pid));
	put(text, "disk %ld\n", syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, pid));
}

/* One line of a small file. */
static void put_line(struct text *text, const char *proc, const char *file)
{
	char path[64], value[256];

	snprintf(path, sizeof(path), "%s/%s", proc, file);
	view_read(path, value, sizeof(value));
	put(text, "%s %.*s\n", file, (int)strcspn(value, "\n"), value);
}

/* The numbers behind `key` become '#'. */
static void hide_numbers(char *line, const char *key)
{
	for (char *at = strstr(line, key); at != NULL; at = strstr(at, key)) {
		size_t digits;
		at += strlen(key);
		digits = strspn(at, "0123456789");
		if (digits == 0)
			continue;
		*at = '#';
		memmove(at + 1, at + digits, strlen(at + digits) + 1);
	}
}

/* Without the numbers of mounts and devices, which are those of the machine's next free ones. */
static void put_mounts(struct text *text, char *mounts)
{
	char *save = NULL;

	hide_numbers(mounts, "/proc/self/fd/"); /* which these are depends on which process came first */
	hide_numbers(mounts, "id=");            /* ids of the slot */
	hide_numbers(mounts, "nr_inodes=");     /* with those of the box itself; confined.c looks at the program's */

	for (char *line = strtok_r(mounts, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
		for (int field = 0; field < 3 && *line != '\0'; field++)
			line += strcspn(line, " ") + 1;
		put(text, "mount %s\n", line);
	}
}

static void put_namespaces(struct text *text, const char *proc)
{
	static const char *const kinds[] = {"cgroup", "ipc", "mnt", "net", "pid", "user", "uts"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		char path[64], own[64] = "", ours[64] = "";
		snprintf(path, sizeof(path), "%s/ns/%s", proc, kinds[i]);
		if (readlink(path, own, sizeof(own) - 1) < 0)
			own[0] = '\0';
		snprintf(path, sizeof(path), "/proc/self/ns/%s", kinds[i]);
		if (readlink(path, ours, sizeof(ours) - 1) < 0)
			ours[0] = '\0';
		put(text, "namespace %s %s\n", kinds[i],
		    own[0] == '\0'           ? "unknown"
		    : strcmp(own, ours) == 0 ? "THE HOST'S"
		                             : "of its own");
	}
}

static void put_descriptors(struct text *text, const char *proc)
{
	char path[64];
	bool open[1024] = {false};
	DIR *dir;

	snprintf(path, sizeof(path), "%s/fd", proc);
	dir = opendir(path);
	for (struct dirent *e = dir == NULL ? NULL : readdir(dir); e != NULL; e = readdir(dir))
		if (e->d_name[0] != '.' && atoi(e->d_name) < 1024)
			open[atoi(e->d_name)] = true;
	if (dir != NULL)
		closedir(dir);
	put(text, "descriptors");
	for (int fd = 0; fd < 1024; fd++)
		if (open[fd])
			put(text, " %d", fd);
	put(text, "\n");
}

static void put_leaf(struct text *text, const char *leaf)
{
	static const char *const files[] = {
	        "memory.limit_in_bytes",
	        "memory.memsw.limit_in_bytes",
	        "memory.kmem.tcp.limit_in_bytes",
	        "memory.max",
	        "memory.swap.max",
	        "memory.oom.group",
	        "pids.max",
	        "cpu.cfs_quota_us",
	        "cpu.cfs_period_us",
	        "cpu.max",
	        "cpuset.cpus",
	        "cpuset.mems",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[1024], value[256];
		snprintf(path, sizeof(path), "%s/%s", leaf, files[i]);
		if (!view_read(path, value, sizeof(value)))
			continue;
		/* which one is by the slot */
		if (strcmp(files[i], "cpuset.cpus") == 0 && strspn(value, "0123456789") == strcspn(value, "\n"))
			put(text, "limit cpuset.cpus one core\n");
		else
			put(text, "limit %s %.*s\n", files[i], (int)strcspn(value, "\n"), value);
	}
}

/* Calls `each` with each controller and its slice that sbx has written down. */
static void for_slices(void (*each)(const char *controller, const char *slice, void *arg), void *arg)
{
	char layout[2048], *save = NULL, seen[256] = "";

	view_read(LAYOUT, layout, sizeof(layout));
	for (char *line = strtok_r(layout, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
		char *slice = strchr(line, ' ');
		if (slice == NULL || slice[1] != '/' || strcmp(slice + 1, seen) == 0)
			continue;
		*slice++ = '\0';
		snprintf(seen, sizeof(seen), "%s", slice); /* on v2 all have one */
		each(line, slice, arg);
	}
}

struct membership {
	struct text *text;
	const char *cgroups; /* of the process */
};

/* Whether the process is in a leaf of this slice, and what its limits are. */
static void put_membership(const char *controller, const char *slice, void *arg)
{
	struct membership *m = arg;
	char copy[2048], leaf[512], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", m->cgroups);
	for (char *line = strtok_r(copy, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
		char *of = strchr(line, ':') + 1, *path = strchr(of, ':');
		const char *run = strstr(path, "/sbx/run-");
		*path = '\0';
		if (strcmp(of, controller) != 0 && of[0] != '\0')
			continue;
		put(m->text, "cgroup %s %s\n", controller, run == NULL ? "NOT OF A RUN" : "of its own");
		if (run == NULL)
			return;
		snprintf(leaf, sizeof(leaf), "%s/%s", slice, strrchr(run, '/') + 1);
		put_leaf(m->text, leaf);
		return;
	}
	put(m->text, "cgroup %s NONE\n", controller);
}

void view_take(pid_t pid, char *buf, size_t size)
{
	struct text text = {.buf = buf, .size = size};
	char proc[32], path[64], got[8192], cgroups[2048];

	snprintf(proc, sizeof(proc), "/proc/%d", (int)pid);
	snprintf(path, sizeof(path), "%s/cgroup", proc);
	view_read(path, cgroups, sizeof(cgroups));
	snprintf(path, sizeof(path), "%s/status", proc);
	view_read(path, got, sizeof(got));
	put_status(&text, got);
	put_ids(&text, got, "\nUid:", cgroups);
	put_ids(&text, got, "\nGid:", cgroups);
	snprintf(path, sizeof(path), "%s/limits", proc);
	view_read(path, got, sizeof(got));
	put(&text, "%s", got);
	put_namespaces(&text, proc);
	snprintf(path, sizeof(path), "%s/mountinfo", proc);
	view_read(path, got, sizeof(got));
	put_mounts(&text, got);
	put_descriptors(&text, proc);
	put_priorities(&text, pid);
	put_line(&text, proc, "environ"); /* its first */
	put_line(&text, proc, "cmdline");
	put_line(&text, proc, "oom_score_adj");
	put_line(&text, proc, "personality");
	put_line(&text, proc, "timerslack_ns");
	for_slices(put_membership, &(struct membership){.text = &text, .cgroups = cgroups});
}

/* Other runs on this machine have their slots locked. */
static bool is_held(const char *leaf)
{
	char path[64];
	int fd;
	bool held;

	snprintf(path, sizeof(path), "/run/sbx/slots/%.16s", leaf + strlen("run-"));
	fd = open(path, O_RDWR | O_CLOEXEC);
	held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;
	if (fd >= 0)
		close(fd);
	return held;
}

struct leaves {
	struct text text;
	unsigned n;
};

static void count_leaves(const char *controller, const char *slice, void *arg)
{
	struct leaves *leaves = arg;
	DIR *dir = opendir(slice);

	(void)controller;
	for (struct dirent *e = dir == NULL ? NULL : readdir(dir); e != NULL; e = readdir(dir))
		if (strncmp(e->d_name, "run-", 4) == 0 && !is_held(e->d_name)) {
			leaves->n++;
			put(&leaves->text, " %s/%s", slice, e->d_name);
		}
	if (dir != NULL)
		closedir(dir);
}

unsigned view_leaves(char *buf, size_t size)
{
	struct leaves leaves = {.text = {.buf = buf, .size = size}};

	buf[0] = '\0';
	for_slices(count_leaves, &leaves);
	return leaves.n;
}
