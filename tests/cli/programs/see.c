/*
 * see WHAT: one fact about the process and its surroundings, printed plainly.
 *   fds       open descriptors, one line "N type access"    session  sid == pid, and whether /dev/tty opens
 *   address   of a variable on the stack                    signals  blocked and ignored ones, as bit masks
 *   cpus     how many cores it may run on
 *   flags     O_NONBLOCK of 0, 1, 2 set by it               nofile   how many descriptors it can open in all
 *   stack     soft limit of the stack in bytes              umask    umask in octal
 *   inodes    how many files it can make in /tmp            space    how many KiB it can write to /tmp
 *   loopback  talks to itself by TCP on 127.0.0.1           outside  errno of a TCP connect to 192.0.2.1
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void see_fds(void)
{
	static const char *const access[] = {"r", "w", "rw", "?"};

	for (int fd = 0; fd < 4096; fd++) {
		struct stat st;
		int flags = fcntl(fd, F_GETFL);
		if (flags < 0 || fstat(fd, &st) < 0)
			continue;
		printf("%d %s %s\n", fd,
		       S_ISFIFO(st.st_mode)   ? "pipe"
		       : S_ISREG(st.st_mode)  ? "file"
		       : S_ISCHR(st.st_mode)  ? "char"
		       : S_ISSOCK(st.st_mode) ? "socket"
		                              : "other",
		       access[flags & O_ACCMODE]);
	}
}

static void see_session(void)
{
	int fd = open("/dev/tty", O_RDWR);

	printf("leader %d tty %d isatty %d%d%d\n", getsid(0) == getpid(), fd >= 0, isatty(0), isatty(1), isatty(2));
}

static void see_signals(void)
{
	unsigned long long blocked = 0, ignored = 0;
	sigset_t set;

	sigprocmask(SIG_SETMASK, NULL, &set);
	for (int sig = 1; sig < 65; sig++) {
		struct sigaction action;
		if (sigismember(&set, sig) == 1)
			blocked |= 1ULL << (sig - 1);
		if (sigaction(sig, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
			ignored |= 1ULL << (sig - 1);
	}
	printf("blocked %llx ignored %llx\n", blocked, ignored);
}

static int fill_tmp(int whole_kib)
{
	static char block[1024];
	int n = 0, fd = -1;

	for (;; n++) {
		char path[32];
		if (!whole_kib || n == 0) {
			snprintf(path, sizeof(path), "/tmp/f%d", n);
			fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
		}
		if (fd < 0 || (whole_kib && write(fd, block, sizeof(block)) != sizeof(block)))
			return n;
		if (!whole_kib)
			close(fd);
	}
}

static const char *see_loopback(void)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(addr);
	int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);

	if (server < 0 || bind(server, (struct sockaddr *)&addr, len) < 0 || listen(server, 1) < 0 ||
	    getsockname(server, (struct sockaddr *)&addr, &len) < 0 ||
	    connect(client, (struct sockaddr *)&addr, len) < 0)
		return strerrorname_np(errno);
	return "ok";
}

static const char *see_outside(void)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(80)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, "192.0.2.1", &addr.sin_addr);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return strerrorname_np(errno);
	return "ok";
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	struct rlimit limit;
	cpu_set_t cpus;
	int n = 3;

	if (strcmp(what, "fds") == 0)
		see_fds();
	else if (strcmp(what, "session") == 0)
		see_session();
	else if (strcmp(what, "address") == 0)
		printf("%p\n", (void *)&n);
	else if (strcmp(what, "signals") == 0)
		see_signals();
	else if (strcmp(what, "cpus") == 0 && sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		printf("%d\n", CPU_COUNT(&cpus));
	else if (strcmp(what, "flags") == 0)
		for (int fd = 0; fd < 3; fd++)
			fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	else if (strcmp(what, "nofile") == 0) {
		while (dup(0) >= 0)
			n++;
		printf("%d\n", n);
	} else if (strcmp(what, "stack") == 0 && getrlimit(RLIMIT_STACK, &limit) == 0)
		printf("%llu\n", (unsigned long long)limit.rlim_cur);
	else if (strcmp(what, "umask") == 0)
		printf("%03o\n", umask(0));
	else if (strcmp(what, "inodes") == 0)
		printf("%d\n", fill_tmp(0));
	else if (strcmp(what, "space") == 0)
		printf("%d\n", fill_tmp(1));
	else if (strcmp(what, "loopback") == 0)
		puts(see_loopback());
	else if (strcmp(what, "outside") == 0)
		puts(see_outside());
	else
		return 2;
	return 0;
}
