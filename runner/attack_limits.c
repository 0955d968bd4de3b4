/*
 * Attacks on the limits that attack_run.c gives their boxes. They run inside, and end by themselves soon where nobody
 * ends them: at a few times of what they were given.
 */
#include "runner/attack.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TOO_LONG_S 2
#define TOO_MUCH_MIB 128
#define TOO_MANY_PROCESSES 64
#define TOO_MANY_FILES 4096

/* Of its own processor time: on a busy machine that is late. */
static void burn(void)
{
	struct timespec used = {0};

	while (used.tv_sec < TOO_LONG_S)
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
}

void attack_burn(const struct attack_place *at)
{
	(void)at;
	burn();
	attack_through("it computed for %d seconds", TOO_LONG_S);
}

void attack_burn_orphan(const struct attack_place *at)
{
	int ends[2];
	char byte;

	(void)at;
	NEED(pipe2(ends, O_CLOEXEC));
	if (NEED(fork()) == 0) {
		setsid();
		if (fork() == 0)
			burn();
		_exit(0);
	}
	close(ends[1]);
	NEED(read(ends[0], &byte, 1)); /* the orphan's end */
	attack_through("its orphan computed for %d seconds", TOO_LONG_S);
}

void attack_burn_deaf(const struct attack_place *at)
{
	sigset_t all;

	(void)at;
	for (int signum = 1; signum < NSIG; signum++)
		signal(signum, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	burn();
	attack_through("it computed for %d seconds", TOO_LONG_S);
}

void attack_sleep(const struct attack_place *at)
{
	(void)at;
	poll(NULL, 0, TOO_LONG_S * 1000);
	attack_through("it slept for %d seconds", TOO_LONG_S);
}

static void take_heap(void)
{
	for (int mib = 0; mib < TOO_MUCH_MIB; mib++) {
		void *piece = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (piece == MAP_FAILED)
			attack_through("after %d MiB came an error, not the limit", mib);
		memset(piece, 1, 1 << 20);
	}
}

void attack_heap(const struct attack_place *at)
{
	(void)at;
	take_heap();
	attack_through("it got %d MiB", TOO_MUCH_MIB);
}

/* Many, since each is limited as a file. */
void attack_memfd(const struct attack_place *at)
{
	static char mib[1 << 20];

	(void)at;
	for (int n = 0; n < TOO_MUCH_MIB; n++) {
		int fd = (int)NEED(memfd_create("", 0));
		if (fd_write_all(fd, mib, sizeof(mib)) < 0)
			attack_through("after %d MiB came an error, not the limit", n);
	}
	attack_through("it got %d MiB", TOO_MUCH_MIB);
}

void attack_oom_child(const struct attack_place *at)
{
	pid_t pid = (pid_t)NEED(fork());

	(void)at;
	if (pid == 0) {
		take_heap();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

void attack_forks(const struct attack_place *at)
{
	(void)at;
	for (int n = 0; n < TOO_MANY_PROCESSES; n++) {
		pid_t pid = fork();
		if (pid == 0)
			for (;;)
				pause();
		if (pid < 0) {
			REFUSED(pid, EAGAIN);
			return;
		}
	}
	attack_through("%d processes live", TOO_MANY_PROCESSES);
}

void attack_large_file(const struct attack_place *at)
{
	int fd = (int)NEED(open("/tmp/large", O_RDWR | O_CREAT, 0600));

	(void)at;
	REFUSED(ftruncate(fd, 1L << 40), EFBIG);
	REFUSED(pwrite(fd, "x", 1, 2L << 30), EFBIG);
	REFUSED(fallocate(fd, 0, 0, 64L << 20), EFBIG, ENOSPC);
}

void attack_many_files(const struct attack_place *at)
{
	char path[32];

	(void)at;
	for (int n = 0; n < TOO_MANY_FILES; n++) {
		int fd;
		snprintf(path, sizeof(path), "/tmp/%d", n);
		fd = open(path, O_WRONLY | O_CREAT, 0600);
		if (fd < 0) {
			REFUSED(fd, ENOSPC);
			return;
		}
		close(fd);
	}
	attack_through("it made %d files", TOO_MANY_FILES);
}

void attack_flood(const struct attack_place *at)
{
	static const char zeros[1 << 16];

	(void)at;
	for (int n = 0; n < 256; n++)
		if (fd_write_all(STDOUT_FILENO, zeros, sizeof(zeros)) < 0)
			return;
	attack_through("16 MiB came out");
}

/* What limits end programs with, and what shells make of that. */
void attack_look_limited(const struct attack_place *at)
{
	static const int signals[] = {SIGKILL, SIGXCPU, SIGSYS};

	if (at->way < 3) {
		signal(signals[at->way], SIG_DFL);
		raise(signals[at->way]);
	}
	_exit(128 + SIGKILL);
}
