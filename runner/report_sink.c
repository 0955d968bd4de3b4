/*
 * Where a report goes. Called by `sbx run` twice: opened before the box is built, so that a bad place costs no run, and
 * written after the verdict. A report in a file is there whole or not at all: it is written under another name, reaches
 * the disk, and only then takes the place of the old one.
 */
#include "runner/report.h"
#include "runner/streams.h"
#include "sandbox/fd.h"
#include "sandbox/path.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* 64 random bits do not meet another name by chance; a few tries tell an attack from that. */
#define TMP_NAME_TRIES 4

#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_REPORT, errnum, __VA_ARGS__)
/* Of a sink: with the option that it is for. */
#define FAIL_SINK(sink, err, errnum, format, ...) FAIL(err, errnum, "%s: " format, (sink)->option, __VA_ARGS__)

void report_sink_init(struct report_sink *sink)
{
	*sink = (struct report_sink){.fd = -1, .dir_fd = -1, .option = "--report"};
}

/* `name` tells whether dir_fd is one: in a zeroed sink it is 0, which is somebody's standard input. */
void report_sink_finish(struct report_sink *sink)
{
	if (sink->tmp[0] != '\0' && !sink->unnamed)
		unlinkat(sink->dir_fd, sink->tmp, 0);
	if (sink->owned)
		close(sink->fd);
	if (sink->name[0] != '\0')
		close(sink->dir_fd);
	report_sink_init(sink);
}

int report_check_fd(const char *option, const char *what, int fd, struct sbx_err *err)
{
	int flags = fcntl(fd, F_GETFL);

	/* it holds /dev/null since: what is written would be lost in silence */
	if (fd <= STDERR_FILENO && (streams_closed & (1U << fd)))
		return FAIL(err, EBADF, "%s: %.200s was closed when sbx started", option, what);
	if (flags < 0)
		return FAIL(err, errno, "%s: %.200s is not open", option, what);
	if ((flags & O_PATH) != 0 || (flags & O_ACCMODE) == O_RDONLY)
		return FAIL(err, EBADF, "%s: %.200s is not open for writing", option, what);
	return 0;
}

static int use_fd(struct report_sink *sink, const char *option, int fd, const char *what, struct sbx_err *err)
{
	TRY(report_check_fd(option, what, fd, err));
	/* the caller means it for us: the program must not inherit it */
	if (fd > STDERR_FILENO && fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return FAIL(err, errno, "%s: %.200s cannot be kept from the program", option, what);
	report_sink_init(sink);
	sink->option = option;
	sink->fd = fd;
	return 0;
}

int report_where_fd(const char *where)
{
	size_t n;
	int fd = 0;

	if (where == NULL)
		return STDERR_FILENO;
	if (strcmp(where, "-") == 0)
		return STDOUT_FILENO;
	if (strncmp(where, "fd:", 3) != 0)
		return REPORT_FILE;
	where += 3;
	n = strspn(where, "0123456789");
	if (n == 0 || n > 9 || where[n] != '\0')
		return REPORT_NOWHERE;
	while (*where != '\0')
		fd = fd * 10 + (*where++ - '0');
	return fd;
}

/* The last component of `path`, and how long is what stands before it. */
static const char *split(const char *path, size_t *ret_folder_len)
{
	const char *slash = strrchr(path, '/');

	*ret_folder_len = slash == NULL ? 0 : (size_t)(slash - path) + 1;
	return path + *ret_folder_len;
}

static bool is_same_inode(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* What a place is now: false for a file that is not there. */
static bool look_at(const char *where, struct stat *ret)
{
	int fd = report_where_fd(where);

	return (fd == REPORT_FILE ? stat(where, ret) : fstat(fd, ret)) == 0;
}

static bool look_at_folder(const char *path, size_t len, struct stat *ret)
{
	char folder[PATH_MAX];

	if (len >= sizeof(folder))
		return false;
	memcpy(folder, path, len);
	folder[len] = '\0';
	return stat(len == 0 ? "." : folder, ret) == 0;
}

/* Two files, which need not be there yet: of the same name, in what is the same folder. */
static bool is_same_name(const char *a, const char *b)
{
	size_t len_a, len_b;
	const char *name_a = split(a, &len_a), *name_b = split(b, &len_b);
	struct stat folder_a, folder_b;

	return strcmp(name_a, name_b) == 0 && look_at_folder(a, len_a, &folder_a) &&
	       look_at_folder(b, len_b, &folder_b) && is_same_inode(&folder_a, &folder_b);
}

bool report_is_same_place(const char *a, const char *b)
{
	int fd_a = report_where_fd(a), fd_b = report_where_fd(b);
	struct stat at_a, at_b;

	if (fd_a == REPORT_FILE && fd_b == REPORT_FILE && is_same_name(a, b))
		return true;
	if (fd_a != REPORT_FILE && fd_a == fd_b)
		return true;
	return look_at(a, &at_a) && look_at(b, &at_b) && S_ISREG(at_a.st_mode) && is_same_inode(&at_a, &at_b);
}

/* Opens the folder of `path` and takes its last component. */
static int open_folder(struct report_sink *sink, const char *path, struct sbx_err *err)
{
	size_t folder_len;
	const char *name = split(path, &folder_len);
	char folder[PATH_MAX];

	if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return FAIL_SINK(sink, err, EISDIR, "%.200s names a folder", path);
	if (strlen(name) >= sizeof(sink->name) || folder_len >= sizeof(folder))
		return FAIL_SINK(sink, err, ENAMETOOLONG, "%.200s", path);
	memcpy(folder, path, folder_len);
	folder[folder_len] = '\0';
	sink->dir_fd = path_open(folder_len == 0 ? "." : folder, O_PATH | O_DIRECTORY, 0);
	if (sink->dir_fd < 0)
		return FAIL_SINK(sink, err, -sink->dir_fd, "the folder of %.200s cannot be opened%s", path,
		                 PATH_LOOP_NOTE(-sink->dir_fd));
	strcpy(sink->name, name);
	return 0;
}

/* rename(2) would put a file in the place of /dev/null, or of the link that somebody set up on purpose. */
static int check_target(const struct report_sink *sink, const char *path, struct sbx_err *err)
{
	struct stat st;

	if (fstatat(sink->dir_fd, sink->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : FAIL_SINK(sink, err, errno, "%.200s", path);
	if (S_ISLNK(st.st_mode))
		return FAIL_SINK(sink, err, ELOOP, "%.200s is a symbolic link", path);
	if (!S_ISREG(st.st_mode))
		return FAIL_SINK(sink, err, S_ISDIR(st.st_mode) ? EISDIR : EINVAL,
		                 "%.200s is not a regular file (open it yourself and use fd:N)", path);
	return 0;
}

static int open_tmp(struct report_sink *sink, const char *path, struct sbx_err *err)
{
	for (int try = 0; try < TMP_NAME_TRIES; try++) {
		char tmp[sizeof(sink->tmp)];
		uint64_t random;

		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return FAIL_SINK(sink, err, errno, "no random name for %.200s", path);
		snprintf(tmp, sizeof(tmp), ".sbx-report-%016" PRIx64, random);
		/* without a name a killed launcher leaves nothing; where the file system knows no such files, with one
		 */
		sink->fd = openat(sink->dir_fd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, streams_file_mode);
		sink->unnamed = sink->fd >= 0;
		if (!sink->unnamed)
			sink->fd = openat(sink->dir_fd, tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			                  streams_file_mode);
		if (sink->fd >= 0) {
			sink->owned = true;
			strcpy(sink->tmp, tmp);
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return FAIL_SINK(sink, err, errno, "no file can be made beside %.200s", path);
}

static int open_file(struct report_sink *sink, const char *option, const char *path, struct sbx_err *err)
{
	struct report_sink opened;
	int result;

	report_sink_init(&opened);
	opened.option = option;
	result = open_folder(&opened, path, err);
	if (result == 0)
		result = check_target(&opened, path, err);
	if (result == 0)
		result = open_tmp(&opened, path, err);
	if (result < 0) {
		report_sink_finish(&opened);
		return result;
	}
	*sink = opened;
	return 0;
}

int report_sink_open(struct report_sink *sink, const char *option, const char *where, struct sbx_err *err)
{
	int fd = report_where_fd(where);

	if (fd == REPORT_FILE)
		return open_file(sink, option, where, err);
	if (fd == REPORT_NOWHERE)
		return FAIL(err, EINVAL, "%s: %.40s is not fd:N with a number N", option, where);
	return use_fd(sink, option, fd,
	              where == NULL             ? "standard error"
	              : strcmp(where, "-") == 0 ? "standard output"
	                                        : where,
	              err);
}

/* Makes what was written appear under its name. */
static int publish_file(struct report_sink *sink)
{
	int fd = sink->fd;

	if (fsync(fd) < 0)
		return -errno;
	if (sink->unnamed) {
		char self[32];
		snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
		if (linkat(AT_FDCWD, self, sink->dir_fd, sink->tmp, AT_SYMLINK_FOLLOW) < 0)
			return -errno;
		sink->unnamed = false;
	}
	/* some file systems tell of a full disk only here */
	sink->fd = -1;
	sink->owned = false;
	if (close(fd) < 0)
		return -errno;
	if (renameat(sink->dir_fd, sink->tmp, sink->dir_fd, sink->name) < 0)
		return -errno;
	sink->tmp[0] = '\0';
	return 0;
}

bool report_sink_is_file(const struct report_sink *sink)
{
	return sink->tmp[0] != '\0';
}

static int not_written(struct report_sink *sink, int errnum, struct sbx_err *err)
{
	FAIL_SINK(sink, err, errnum, "%s cannot be written", report_sink_is_file(sink) ? sink->name : "the descriptor");
	report_sink_finish(sink);
	return -errnum;
}

int report_sink_write(struct report_sink *sink, const char *bytes, size_t len, struct sbx_err *err)
{
	int rc = fd_write_all(sink->fd, bytes, len);

	return rc < 0 ? not_written(sink, -rc, err) : 0;
}

int report_sink_publish(struct report_sink *sink, struct sbx_err *err)
{
	int rc = report_sink_is_file(sink) ? publish_file(sink) : 0;

	return rc < 0 ? not_written(sink, -rc, err) : 0;
}
