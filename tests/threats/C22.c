/*
 * C22 HOW LIMIT: eventfds; epoll instances that all watch each of as many files; timers' and signals' descriptors;
 * until they are refused with EMFILE or ENOSPC, or OOM. LIMIT is that of open files.
 */
// run: -- eventfd 256
// run: -- others 256
// run: -- epoll 256 => exit_code=0 memory_peak_bytes<=134217728
// run: --mem 4M --open-files 19000 -- eventfd 19000 => verdict=MLE memory_peak_bytes<=4194304
// run: --mem 24M --open-files 4000 -- epoll 4000 => verdict=MLE memory_peak_bytes<=25165824
// run: -- userfaultfd 256 => verdict=SV denied_syscall=userfaultfd
// run: --seccomp none -- userfaultfd 256
#include "tests/threats/attack.h"

#include <linux/userfaultfd.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

static struct rlimit files;

static int other(int i)
{
	sigset_t none;

	sigemptyset(&none);
	switch (i % 4) {
	case 0:
		return timerfd_create(CLOCK_MONOTONIC, 0);
	case 1:
		return signalfd(-1, &none, 0);
	case 2:
		return epoll_create1(0);
	default:
		return (int)syscall(SYS_pidfd_open, getpid(), 0);
	}
}

static void watch_all(void)
{
	int half = (int)files.rlim_cur / 2, fd, watched = 0;

	while ((fd = eventfd(0, 0)) >= 0 && fd < half)
		watched++;
	while ((fd = epoll_create1(0)) >= 0)
		for (int target = half - watched; target < half; target++)
			if (epoll_ctl(fd, EPOLL_CTL_ADD, target, &(struct epoll_event){.events = EPOLLIN}) < 0 &&
			    errno == ENOSPC)
				return;
	if (errno != EMFILE)
		broke("epoll_create: %s", strerrorname_np(errno));
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	MUST(getrlimit(RLIMIT_NOFILE, &files));
	if (argc < 3 || files.rlim_cur != (rlim_t)atoi(argv[2]))
		broke("a limit of %ld descriptors", (long)files.rlim_cur);
	if (strcmp(how, "epoll") == 0) {
		watch_all();
		return 0;
	}
	for (int i = 0; i < 1 << 20; i++) {
		int fd = strcmp(how, "eventfd") == 0 ? eventfd(0, 0)
		         : strcmp(how, "userfaultfd") == 0
		                 ? (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY)
		                 : other(i);
		if (fd >= 0 && fd >= (int)files.rlim_cur)
			broke("descriptor %d", fd);
		if (fd < 0 && errno != EMFILE && errno != EPERM)
			broke("%s: %s", how, strerrorname_np(errno));
		if (fd < 0)
			return 0;
	}
	broke("a million of %s", how);
}
