/* Routes by what a descriptor stands for, other than files and sockets. */
#include "tests/memory/routes.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#define LEAST 192 /* bytes of a descriptor, whatever it stands for */

static int open_one(const char *kind)
{
	static sigset_t none;

	if (strcmp(kind, "timerfd") == 0)
		return timerfd_create(CLOCK_MONOTONIC, 0);
	if (strcmp(kind, "signalfd") == 0)
		return signalfd(-1, &none, 0);
	if (strcmp(kind, "epoll") == 0)
		return epoll_create1(0);
	if (strcmp(kind, "pidfd") == 0)
		return (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (strcmp(kind, "proc") == 0)
		return open("/proc/self/maps", O_RDONLY);
	if (strcmp(kind, "null") == 0)
		return open("/dev/null", O_RDONLY);
	return eventfd(0, 0);
}

static int open_many(const char *kind)
{
	while (take(LEAST))
		if (open_one(kind) < 0)
			return errno;
	return 0;
}

/* Each with a signal's address of its own. */
static int open_owned(const char *kind)
{
	while (take(LEAST)) {
		int fd = open_one(kind);
		if (fd < 0 || fcntl(fd, F_SETOWN, getpid()) < 0 || fcntl(fd, F_SETFL, O_ASYNC) < 0)
			return errno;
	}
	return 0;
}

/* Instances that all watch each of as many descriptors. */
static int watches(const char *arg)
{
	struct rlimit files;
	int fd, half;

	(void)arg;
	MUST(getrlimit(RLIMIT_NOFILE, &files));
	half = (int)files.rlim_cur / 2;
	while ((fd = eventfd(0, 0)) >= 0 && fd < half)
		;
	while ((fd = epoll_create1(0)) >= 0)
		for (int target = half / 2; target < half; target++)
			if (epoll_ctl(fd, EPOLL_CTL_ADD, target, &(struct epoll_event){.events = EPOLLIN}) < 0)
				return errno;
	return errno;
}

static int pipes(const char *arg)
{
	static char block[64 << 10];
	int ends[2];

	(void)arg;
	while (take(4096)) {
		if (pipe2(ends, O_NONBLOCK) < 0)
			return errno;
		fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
		while (write(ends[1], block, sizeof(block)) > 0)
			take(sizeof(block));
	}
	return 0;
}

/* Pages that only a pipe has any more. */
static int gifts(const char *arg)
{
	size_t size = 64 << 10;
	int ends[2];

	(void)arg;
	while (take(size)) {
		struct iovec one = {mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), size};
		if (one.iov_base == MAP_FAILED || pipe2(ends, O_NONBLOCK) < 0)
			return errno;
		memset(one.iov_base, 1, size);
		if (vmsplice(ends[1], &one, 1, SPLICE_F_GIFT) < 0)
			return errno;
		MUST(munmap(one.iov_base, size));
	}
	return 0;
}

/* A file's pages in pipes, after the file is gone. */
static int spliced(const char *arg)
{
	static char block[64 << 10];
	int ends[2];

	(void)arg;
	while (take(sizeof(block))) {
		off_t at = 0;
		int fd = memfd_create("", 0);
		if (fd < 0 || pipe2(ends, O_NONBLOCK) < 0 || write(fd, block, sizeof(block)) < 0 ||
		    sendfile(ends[1], fd, &at, sizeof(block)) < 0)
			return errno;
		MUST(close(fd));
	}
	return 0;
}

const struct route descriptor_routes[] = {
        {"null", open_many, "null", true},
        {"proc-files", open_many, "proc", true},
        {"eventfd", open_many, "eventfd", true},
        {"timerfd", open_many, "timerfd", true},
        {"signalfd", open_many, "signalfd", true},
        {"pidfd", open_many, "pidfd", true},
        {"epoll", open_many, "epoll", true},
        {"epoll-watches", watches, NULL, true},
        {"owners", open_owned, "eventfd", true},
        {"pipes", pipes, NULL, true},
        {"pipes-vmsplice", gifts, NULL, true},
        {"pipes-sendfile", spliced, NULL, true},
        {0},
};
