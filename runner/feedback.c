/* What a checker left in its feedback folder. */
#include "runner/feedback.h"

#include "sandbox/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NUMBER_BYTES_MAX 400 /* a double in full has 325 digits and a sign */

static void folder_name(size_t test, char name[32])
{
	snprintf(name, 32, "feedback-%zu", test);
}

int feedback_make(const struct workspace *ws, size_t test, char *path, size_t size, struct sbx_err *err)
{
	FD_CLEANUP int data = workspace_folder(ws, WORKSPACE_DATA);
	char name[32];

	folder_name(test, name);
	if (data < 0 || mkdirat(data, name, 0700) < 0 || fchmodat(data, name, 0777, 0) < 0)
		return sbx_fail(err, SBX_STAGE_WORKSPACE, errno, "cannot make the checker's feedback folder");
	workspace_path(ws, WORKSPACE_DATA, name, path, size);
	return 0;
}

/* ---- reading ---- */

int feedback_open(const struct workspace *ws, size_t test)
{
	FD_CLEANUP int data = workspace_folder(ws, WORKSPACE_DATA);
	char name[32];
	int fd;

	TRY(data);
	folder_name(test, name);
	fd = openat(data, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Its first bytes, with a NUL behind: their number, -ENOENT, or -EINVAL for what is no file. */
static ssize_t read_start(int folder, const char *name, char *buf, size_t size)
{
	FD_CLEANUP int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? -ENOENT : -EINVAL;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -EINVAL;
	n = read(fd, buf, size - 1);
	if (n < 0)
		return -EINVAL;
	buf[n] = '\0';
	return n;
}

void feedback_message(int folder, char *buf, size_t size)
{
	if (read_start(folder, "judgemessage.txt", buf, size) < 0)
		buf[0] = '\0';
}

int feedback_number(int folder, const char *name, double *ret)
{
	static const char space[] = " \t\n\v\f\r";
	char text[NUMBER_BYTES_MAX + 2], *start = text, *end;
	ssize_t n = read_start(folder, name, text, sizeof(text));
	double value;

	if (n == -ENOENT)
		return 0;
	if (n < 0 || n > NUMBER_BYTES_MAX || strlen(text) != (size_t)n)
		return -EINVAL;
	start += strspn(start, space);
	for (size_t len = strlen(start); len > 0 && strchr(space, start[len - 1]) != NULL; len--)
		start[len - 1] = '\0';
	/* nothing else that strtod(3) takes: "inf", "nan", "0x1p3" */
	if (start[strspn(start, "+-.eE0123456789")] != '\0')
		return -EINVAL;
	value = strtod(start, &end);
	if (end == start || *end != '\0' || !isfinite(value))
		return -EINVAL;
	*ret = value;
	return 1;
}

/* ---- the input of the next run ---- */

/* It may not be linked into the place of the other: a box could have kept another name for it. */
static int copy(int from, int to)
{
	char buf[16 << 10];

	for (uint64_t all = 0;;) {
		ssize_t n = read(from, buf, sizeof(buf));
		if (n <= 0)
			return n < 0 ? -errno : 0;
		all += (uint64_t)n;
		if (all > FEEDBACK_PASS_BYTES_MAX)
			return -EFBIG;
		TRY(fd_write_all(to, buf, (size_t)n));
	}
}

int feedback_next_pass(const struct workspace *ws, int folder, const char *name)
{
	static const char next[] = "nextpass.in";
	FD_CLEANUP int from = openat(folder, next, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	FD_CLEANUP int data = workspace_folder(ws, WORKSPACE_DATA);
	FD_CLEANUP int to = -1;
	struct stat st;

	if (from < 0)
		return errno == ENOENT ? 0 : -EINVAL;
	if (fstat(from, &st) < 0 || !S_ISREG(st.st_mode))
		return -EINVAL;
	TRY(data);
	if (unlinkat(data, name, 0) < 0 && errno != ENOENT)
		return -errno;
	to = openat(data, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
	if (to < 0)
		return -errno;
	TRY(copy(from, to));
	return unlinkat(folder, next, 0) < 0 ? -errno : 1;
}

int feedback_keep(const struct workspace *ws, size_t test)
{
	FD_CLEANUP int data = workspace_folder(ws, WORKSPACE_DATA);
	char name[32];

	TRY(data);
	folder_name(test, name);
	return workspace_share(data, name);
}

/* ---- removing ---- */

static void remove_within(int dir_fd, unsigned depth);

static void remove_entry(int dir_fd, const char *name, unsigned depth)
{
	if (unlinkat(dir_fd, name, 0) == 0 || errno != EISDIR)
		return;
	if (depth < WORKSPACE_DEPTH_MAX)
		remove_within(openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), depth + 1);
	unlinkat(dir_fd, name, AT_REMOVEDIR);
}

/* Takes `dir_fd` over. */
static void remove_within(int dir_fd, unsigned depth)
{
	DIR *dir = dir_fd < 0 ? NULL : fdopendir(dir_fd);
	struct dirent *entry;

	if (dir == NULL) {
		fd_close(&dir_fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			remove_entry(dirfd(dir), entry->d_name, depth);
	closedir(dir);
}

void feedback_remove(const struct workspace *ws, size_t test)
{
	FD_CLEANUP int data = workspace_folder(ws, WORKSPACE_DATA);
	char name[32];

	folder_name(test, name);
	if (data >= 0)
		remove_entry(data, name, 0);
}
