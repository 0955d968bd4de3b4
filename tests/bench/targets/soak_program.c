/*
 * soak_program MODE [N]: what make soak runs in its boxes. What a mode prints, and how it ends, stands in the table of
 * tests/bench/soak_kinds.c. It prints at the end, when it has done what it is for.
 *   answer N       prints the sum of the squares up to N
 *   burn MS        burns so much of its CPU time
 *   touch MIB      touches so much memory       touch-child MIB  a child does, and its parent does not mind its end
 *   segv, abort, exit N                         ways to end
 *   spin, children-spin                         burns for ever, by itself or by children that nobody waits for
 *   sleep, stop    for ever
 *   flood FD       writes without end           call N           the Nth of some system calls that are no program's
 *   bomb           forks without end            count            forks until refused, prints how many there were
 *   daemon         leaves a process in a session of its own
 *   fill, inodes   fills /tmp                   litter           leaves all kinds of files in the working directory
 *   kin            kills its relatives, then all it may          group  kills its process group, itself included
 *   storm          sends init all signals, over and over
 *   victim N       N children and itself ignore all signals; one burns
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int done(void)
{
	puts("done");
	fflush(stdout);
	return 0;
}

static void wait_for_ever(void)
{
	for (;;)
		pause();
}

static int spin(long n)
{
	for (volatile unsigned long turns = 0;; turns++)
		;
	return (int)n;
}

static int answer(long n)
{
	unsigned long long sum = 0;

	for (long i = 1; i <= n; i++)
		sum += (unsigned long long)i * (unsigned long long)i;
	printf("%llu\n", sum);
	return 0;
}

static long cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int burn(long ms)
{
	/* counted from here: the clock has been running since before exec */
	long end_us = cpu_us() + ms * 1000;

	while (cpu_us() < end_us)
		for (volatile unsigned n = 0; n < 10000; n++)
			;
	return done();
}

static int touch(long mib)
{
	size_t size = (size_t)mib << 20;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return 1;
	for (size_t at = 0; at < size; at += 4096)
		memory[at] = 1;
	return done();
}

static int touch_child(long mib)
{
	if (fork() == 0)
		_exit(touch(mib));
	wait(NULL);
	return 0;
}

static int segv(long n)
{
	volatile char *volatile nowhere = (volatile char *)8;

	*nowhere = (char)n;
	return 0;
}

static int end_abort(long n)
{
	(void)n;
	abort();
}

static int end_exit(long n)
{
	return (int)n;
}

static int children_spin(long n)
{
	signal(SIGCHLD, SIG_IGN);
	if (fork() == 0) {
		if (fork() == 0)
			setsid();
		spin(n);
	}
	wait_for_ever();
	return 0;
}

static int do_sleep(long n)
{
	wait_for_ever();
	return (int)n;
}

static int stop(long n)
{
	raise(SIGSTOP);
	return do_sleep(n);
}

static int flood(long fd)
{
	static char block[1 << 14];

	memset(block, 'x', sizeof(block));
	while (write((int)fd, block, sizeof(block)) > 0)
		;
	return 1;
}

static int call(long n)
{
	switch (n % 6) {
	case 0:
		return (int)ptrace(PTRACE_TRACEME, 0, 0, 0);
	case 1:
		return unshare(CLONE_NEWUSER);
	case 2:
		return (int)syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL);
	case 3:
		return (int)syscall(SYS_bpf, 0, NULL, 0);
	case 4:
		return (int)syscall(SYS_keyctl, 0, 0);
	default:
		return (int)syscall(0x40000000L + SYS_getpid);
	}
}

static int bomb(long n)
{
	for (;;)
		fork();
	return (int)n;
}

static int count(long n)
{
	pid_t pid;

	for (n = 1; (pid = fork()) > 0; n++)
		;
	if (pid == 0)
		wait_for_ever();
	printf("%ld %s\n", n, strerrorname_np(errno));
	fflush(stdout);
	_exit(0);
}

static int leave_daemon(long n)
{
	if (fork() != 0)
		return done();
	setsid();
	if (fork() != 0)
		return 0;
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	return do_sleep(n);
}

static int fill(long n)
{
	static char block[4096];
	int fd = open("/tmp/fill", O_WRONLY | O_CREAT | O_EXCL, 0600);

	for (n = 0; write(fd, block, sizeof(block)) == sizeof(block); n++)
		;
	printf("%s %s\n", n > 0 ? "some" : "none", strerrorname_np(errno));
	return 0;
}

static int inodes(long n)
{
	char path[32];
	int fd;

	for (n = 0; snprintf(path, sizeof(path), "/tmp/f%ld", n), (fd = open(path, O_CREAT | O_EXCL, 0600)) >= 0; n++)
		close(fd);
	printf("%s %s\n", n > 0 ? "some" : "none", strerrorname_np(errno));
	return 0;
}

static int litter(long n)
{
	const struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "socket"};
	int fd = open("file", O_WRONLY | O_CREAT | O_EXCL, 0600), sock = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || write(fd, &n, sizeof(n)) != sizeof(n) || mkfifo("fifo", 0666) < 0 ||
	    symlink("/etc/passwd", "link") < 0 || mkdir("folder", 0700) < 0 || mkdir("folder/deep", 0) < 0 ||
	    bind(sock, (const struct sockaddr *)&name, sizeof(name)) < 0)
		return 1;
	return done();
}

static int kin(long n)
{
	pid_t pids[5];

	for (n = 0; n < 5; n++) {
		pids[n] = fork();
		if (pids[n] == 0) {
			if (fork() == 0)
				setsid();
			wait_for_ever();
		}
	}
	for (n = 0; n < 5; n++)
		kill(pids[n], SIGKILL);
	kill(-1, SIGKILL);
	while (wait(NULL) > 0)
		;
	return done();
}

static int group(long n)
{
	kill(0, SIGKILL);
	return (int)n;
}

static int storm(long n)
{
	for (n = 0; n < 20 * 64; n++) {
		union sigval value = {.sival_int = (int)n};
		kill(1, (int)(n % 64) + 1);
		sigqueue(1, (int)(n % 64) + 1, value);
	}
	return done();
}

static int victim(long n)
{
	for (int sig = 1; sig < 65; sig++)
		signal(sig, SIG_IGN);
	for (; n > 0; n--)
		if (fork() == 0)
			wait_for_ever();
	return spin(n);
}

static const struct {
	const char *name;
	int (*run)(long n);
} modes[] = {
        {"answer", answer},
        {"burn", burn},
        {"touch", touch},
        {"touch-child", touch_child},
        {"segv", segv},
        {"abort", end_abort},
        {"exit", end_exit},
        {"spin", spin},
        {"children-spin", children_spin},
        {"sleep", do_sleep},
        {"stop", stop},
        {"flood", flood},
        {"call", call},
        {"bomb", bomb},
        {"count", count},
        {"daemon", leave_daemon},
        {"fill", fill},
        {"inodes", inodes},
        {"litter", litter},
        {"kin", kin},
        {"group", group},
        {"storm", storm},
        {"victim", victim},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(argv[1], modes[i].name) == 0)
			return modes[i].run(argc > 2 ? atol(argv[2]) : 0);
	return 99;
}
