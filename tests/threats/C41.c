/* Descriptors, by each call that makes them, and by receiving them: never more than the limit. */
// run:
// run: --open-files 20
// run: --seccomp none
#include "tests/threats/attack.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

static struct rlimit files;

static int pass_one(int pair[2])
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec one = {(char[1]){0}, 1};
	struct msghdr msg = {
	        .msg_iov = &one, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control)};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int fd = 0;

	*cmsg = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	MUST(sendmsg(pair[0], &msg, 0));
	MUST(recvmsg(pair[1], &msg, 0));
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg == NULL || (msg.msg_flags & MSG_CTRUNC)) {
		errno = EMFILE;
		return -1;
	}
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));
	return fd;
}

static int make(int how, int pair[2])
{
	int ends[2];

	switch (how) {
	case 0:
		return dup(0);
	case 1:
		return open("/dev/null", O_RDONLY);
	case 2:
		return socket(AF_UNIX, SOCK_STREAM, 0);
	case 3:
		return pipe(ends) < 0 ? -1 : ends[1];
	case 4:
		return memfd_create("", 0);
	case 5:
		return eventfd(0, 0);
	case 6:
		return epoll_create1(0);
	case 7:
		return timerfd_create(CLOCK_MONOTONIC, 0);
	case 8:
		return fcntl(0, F_DUPFD, 0);
	case 9:
		return pass_one(pair);
	default:
		return (int)syscall(SYS_pidfd_open, getpid(), 0);
	}
}

int main(void)
{
	MUST(getrlimit(RLIMIT_NOFILE, &files));
	if (files.rlim_cur != files.rlim_max || files.rlim_cur > 256)
		broke("limits of %ld and %ld", (long)files.rlim_cur, (long)files.rlim_max);
	files.rlim_max++;
	REFUSED(setrlimit(RLIMIT_NOFILE, &files), EPERM);
	files.rlim_max--;
	for (int how = 0; how <= 10; how++) {
		int pair[2] = {-1, -1}, n = 0, fd;
		MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
		while ((fd = make(how, pair)) >= 0 && n++ < 100000)
			if (fd >= (int)files.rlim_cur)
				broke("way %d gave descriptor %d", how, fd);
		if (fd >= 0 || errno != EMFILE)
			broke("way %d: %d, %s", how, fd, strerrorname_np(errno));
		close_range(3, ~0U, 0);
	}
	REFUSED(dup2(0, (int)files.rlim_cur), EBADF);
	REFUSED(dup3(0, 1000000, 0), EBADF);
	REFUSED(fcntl(0, F_DUPFD, files.rlim_cur), EINVAL);
	return 0;
}
