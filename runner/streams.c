/* Opens and wires the program's standard streams. Called by the commands that start a run. */
#include "runner/streams.h"

#include "sandbox/fd.h"
#include "sandbox/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

unsigned streams_closed;
mode_t streams_file_mode = 0644;

int streams_guard(struct sbx_err *err)
{
	for (int fd = 0; fd < 3; fd++) {
		int opened;
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* the lowest free number is this one, since those below are open */
		opened = open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY);
		if (opened != fd)
			return sbx_fail(err, SBX_STAGE_STDIO, opened < 0 ? errno : EBADF,
			                "cannot open /dev/null in the place of the standard stream %d", fd);
		streams_closed |= 1U << fd;
	}
	return 0;
}

/* Whether both name one regular file, be it there already or not. */
static bool is_one_file(const char *a, const char *b)
{
	struct stat st_a, st_b;
	bool is_a = stat(a, &st_a) == 0, is_b = stat(b, &st_b) == 0;

	if (!is_a || !is_b)
		return !is_a && !is_b && strcmp(a, b) == 0;
	return S_ISREG(st_a.st_mode) && st_a.st_dev == st_b.st_dev && st_a.st_ino == st_b.st_ino;
}

int run_streams_check(const struct run_spec *spec, const char *report, struct sbx_err *err)
{
	const struct {
		const char *option, *path;
	} named[] = {
	        {"--stdin", spec->stdin_path},
	        {"--stdout", spec->stdout_path},
	        {"--stderr", spec->stderr_path},
	        {"--report", report},
	};

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		for (size_t k = 0; k < i; k++)
			if (named[i].path != NULL && named[k].path != NULL && is_one_file(named[k].path, named[i].path))
				return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "%s and %s name the same file%s",
				                named[k].option, named[i].option,
				                i == 2 && k == 1 ? " (use --stderr-to-stdout)" : "");
	return 0;
}

static int make_pipe(int *ret_read, int *ret_write, struct sbx_err *err)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) < 0)
		return sbx_fail(err, SBX_STAGE_STDIO, errno, "cannot make a pipe");
	*ret_read = p[0];
	*ret_write = p[1];
	return 0;
}

/*
 * A standard input that can be given to the program as it is: /dev/null, or a regular file. The program gets an open
 * file description of its own, so that no offset and no flag is shared with the caller, on a read-only mount of its own
 * that holds nothing but this file: there it cannot be reopened for writing, and its path is "/". What the caller has
 * read of it already is not the program's, so it must stand at its start. Returns that description, or -1.
 */
static int direct_input(int fd)
{
	struct mount_attr attr = {.attr_set =
	                                  MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC};
	FD_CLEANUP int tree = -1;
	struct stat st;
	int flags = fcntl(fd, F_GETFL);
	char path[32];

	if (flags < 0 || fstat(fd, &st) < 0)
		return -1;
	if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3))
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (!S_ISREG(st.st_mode) || (flags & O_ACCMODE) == O_WRONLY || geteuid() != 0 || lseek(fd, 0, SEEK_CUR) != 0)
		return -1;
	tree = open_tree(fd, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree < 0 || mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", tree);
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

static int cannot_open(const char *option, const char *path, int errnum, struct sbx_err *err)
{
	return sbx_fail(err, SBX_STAGE_STDIO, errnum, "%s: cannot open %.200s%s", option, path,
	                errnum == ENXIO ? ": nobody reads this FIFO; open its other end first"
	                                : PATH_LOOP_NOTE(errnum));
}

static int open_input(struct run_streams *io, const char *path, struct sbx_err *err)
{
	struct stat st;
	int fd = 0;

	if (path != NULL) {
		/* a FIFO without a writer must not hold the launcher up: O_NONBLOCK, which files do not mind */
		fd = path_open(path, O_RDONLY | O_NONBLOCK, 0);
		if (fd < 0)
			return cannot_open("--stdin", path, -fd, err);
		if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
			close(fd);
			return cannot_open("--stdin", path, EISDIR, err);
		}
	}
	io->box_fd[0] = direct_input(fd);
	if (io->box_fd[0] >= 0) {
		if (path != NULL)
			close(fd);
		return 0;
	}
	io->in.src = fd;
	io->in.own_src = path != NULL;
	io->in.own_dst = io->in.dst_is_box = true;
	TRY(make_pipe(&io->box_fd[0], &io->in.dst, err));
	if (fcntl(io->in.dst, F_SETFL, O_NONBLOCK) < 0)
		return sbx_fail(err, SBX_STAGE_STDIO, errno, "cannot set up a pipe");
	return 0;
}

static int open_output(struct run_streams *io, int which, const char *path, struct sbx_err *err)
{
	struct relay *relay = which == 1 ? &io->out : &io->err;

	relay->own_src = true;
	relay->dst = which;
	if (path != NULL) {
		int fd = path_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, streams_file_mode);
		if (fd < 0)
			return cannot_open(which == 1 ? "--stdout" : "--stderr", path, -fd, err);
		relay->dst = fd;
		relay->own_dst = true;
	} else if (streams_closed & (1U << which)) {
		relay->dst = -1; /* the first byte finds that out */
	}
	TRY(make_pipe(&relay->src, &io->box_fd[which], err));
	if (fcntl(relay->src, F_SETFL, O_NONBLOCK) < 0)
		return sbx_fail(err, SBX_STAGE_STDIO, errno, "cannot set up a pipe");
	return 0;
}

static int open_all(struct run_streams *io, const struct run_spec *spec, struct sbx_err *err)
{
	TRY(open_input(io, spec->stdin_path, err));
	TRY(open_output(io, 1, spec->stdout_path, err));
	if (!spec->stderr_to_stdout)
		return open_output(io, 2, spec->stderr_path, err);
	io->box_fd[2] = fcntl(io->box_fd[1], F_DUPFD_CLOEXEC, 3);
	if (io->box_fd[2] < 0)
		return sbx_fail(err, SBX_STAGE_STDIO, errno, "cannot duplicate the program's standard output");
	return 0;
}

int run_streams_open(struct run_streams *io, const struct run_spec *spec, struct sbx_err *err)
{
	int rc;

	for (int i = 0; i < 3; i++)
		io->box_fd[i] = -1;
	relay_init(&io->in);
	relay_init(&io->out);
	relay_init(&io->err);
	rc = open_all(io, spec, err);
	if (rc < 0)
		run_streams_finish(io);
	return rc;
}

void run_streams_started(struct run_streams *io)
{
	for (int i = 0; i < 3; i++)
		fd_close(&io->box_fd[i]);
}

void run_streams_finish(struct run_streams *io)
{
	run_streams_started(io);
	relay_close(&io->in);
	relay_close(&io->out);
	relay_close(&io->err);
}
