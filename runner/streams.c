/* Opens and wires the program's standard streams. Called by the commands that start a run. */
#include "runner/streams.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

unsigned streams_closed;

int streams_guard(void)
{
	for (int fd = 0; fd < 3; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* the lowest free number is this one, since those below are open */
		if (open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) != fd)
			return errno != 0 ? -errno : -EBADF;
		streams_closed |= 1U << fd;
	}
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
 * A standard input that can be given to the program as it is: /dev/null, or a regular file with an open file
 * description of its own (so that no offset and no flag is shared with the caller) that the program could not reopen
 * for writing. Returns that description, or -1.
 */
static int direct_input(int fd)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL), own;
	char path[32];
	off_t at;

	if (flags < 0 || fstat(fd, &st) < 0)
		return -1;
	if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3))
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (!S_ISREG(st.st_mode) || (flags & O_ACCMODE) == O_WRONLY || (st.st_mode & 0022) != 0 || geteuid() != 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	at = lseek(fd, 0, SEEK_CUR);
	own = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (own >= 0 && (at < 0 || lseek(own, at, SEEK_SET) < 0))
		fd_close(&own);
	return own;
}

static int open_input(struct run_streams *io, const char *path, struct sbx_err *err)
{
	int fd = 0;

	if (path != NULL) {
		/* a FIFO without a writer must not hold the launcher up: O_NONBLOCK, which files do not mind */
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		if (fd < 0)
			return sbx_fail(err, SBX_STAGE_STDIO, errno, "--stdin: cannot open %.200s: %s", path,
			                strerror(errno));
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
	return fcntl(io->in.dst, F_SETFL, O_NONBLOCK);
}

static int open_output(struct run_streams *io, int which, const char *path, struct sbx_err *err)
{
	struct relay *relay = which == 1 ? &io->out : &io->err;

	relay->own_src = true;
	relay->dst = which;
	if (path != NULL) {
		relay->dst = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
		if (relay->dst < 0)
			return sbx_fail(err, SBX_STAGE_STDIO, errno, "--std%s: cannot open %.200s: %s",
			                which == 1 ? "out" : "err", path, strerror(errno));
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
