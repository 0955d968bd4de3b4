/* Routes by processes and threads: that they are there, and what the kernel keeps for the call in which one waits. */
#include "tests/memory/routes.h"

#include <asm/prctl.h>
#include <linux/futex.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

/* Until all threads have come to where they wait, or children to their end. */
static void settle(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
}

static int only_be(const char *arg)
{
	(void)arg;
	return 0;
}

static int lead(const char *arg)
{
	(void)arg;
	return setsid() < 0 ? errno : 0;
}

static int zombies(const char *arg)
{
	(void)arg;
	for (int i = 0; i < MANY; i++) {
		pid_t pid = fork();
		if (pid < 0)
			return errno;
		if (pid == 0)
			_exit(0);
	}
	settle();
	return 0;
}

static void *wait_here(void *arg)
{
	(void)arg;
	pause();
	return NULL;
}

static int threads(const char *arg)
{
	(void)arg;
	return in_threads(MANY, wait_here, NULL);
}

struct polled {
	struct pollfd *fds;
	nfds_t n;
};

static void *poll_all(void *arg)
{
	struct polled *polled = arg;

	poll(polled->fds, polled->n, -1);
	return NULL;
}

/* One descriptor as often as there may be descriptors: an entry in a table for each, for each thread. */
static int polls(const char *arg)
{
	struct polled polled;
	struct rlimit files;
	int fd = eventfd(0, 0), rc;

	(void)arg;
	MUST(getrlimit(RLIMIT_NOFILE, &files));
	polled = (struct polled){calloc(files.rlim_cur, sizeof(struct pollfd)), files.rlim_cur};
	for (nfds_t i = 0; i < polled.n; i++)
		polled.fds[i] = (struct pollfd){fd, POLLIN, 0};
	rc = in_threads((int)(ENOUGH / 64 / polled.n < MANY ? ENOUGH / 64 / polled.n : MANY), poll_all, &polled);
	settle();
	return rc;
}

static void *read_pieces(void *arg)
{
	struct iovec pieces[1024];
	char byte;

	for (size_t i = 0; i < 1024; i++)
		pieces[i] = (struct iovec){&byte, 1};
	(void)!readv(*(int *)arg, pieces, 1024);
	return NULL;
}

static int vectors(const char *arg)
{
	static int ends[2];
	int rc;

	(void)arg;
	MUST(pipe(ends));
	rc = in_threads(MANY, read_pieces, &ends[0]);
	settle();
	return rc;
}

static void *wait_for_many(void *arg)
{
	static uint32_t word;
	struct futex_waitv words[FUTEX_WAITV_MAX];

	(void)arg;
	for (size_t i = 0; i < FUTEX_WAITV_MAX; i++)
		words[i] = (struct futex_waitv){.uaddr = (uintptr_t)&word, .flags = FUTEX_32 | FUTEX_PRIVATE_FLAG};
	syscall(SYS_futex_waitv, words, FUTEX_WAITV_MAX, 0, NULL, 0);
	return NULL;
}

static int futexes(const char *arg)
{
	int rc = in_threads(MANY, wait_for_many, NULL);

	(void)arg;
	settle();
	return rc;
}

#ifndef PR_FUTEX_HASH
#define PR_FUTEX_HASH 78
#define PR_FUTEX_HASH_SET_SLOTS 1
#endif

static int hash(const char *arg)
{
	(void)arg;
	return prctl(PR_FUTEX_HASH, PR_FUTEX_HASH_SET_SLOTS, 1 << 14, 0, 0) < 0 ? errno : 0;
}

/* Room for the registers of AMX, which the kernel makes when a thread first uses them. */
static void *use_tiles(void *arg)
{
	/* LDTILECFG of a palette with one tile, and TILEZERO of it */
	struct {
		uint8_t palette, start, reserved[14];
		uint16_t columns[16];
		uint8_t rows[16];
	} config = {.palette = 1, .columns = {64}, .rows = {16}};

	(void)arg;
	__asm__ volatile(".byte 0xc4, 0xe2, 0x78, 0x49, 0x00\n\t"
	                 ".byte 0xc4, 0xe2, 0x7b, 0x49, 0xc0"
	                 :
	                 : "a"(&config), "m"(config));
	return wait_here(NULL);
}

static int tiles(const char *arg)
{
	(void)arg;
	if (syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, 18 /* the tiles' data */) < 0)
		return errno;
	return in_threads(MANY, use_tiles, NULL);
}

/* A shell that stops itself, with arguments as long as may be. */
static int arguments(const char *arg)
{
	enum { PIECES = 45, SIZE = 120 << 10 };
	char *argv[PIECES + 4] = {"sh", "-c", "kill -STOP $$"}, *piece = calloc(1, SIZE);
	int status;

	(void)arg;
	memset(piece, 'x', SIZE - 1);
	for (int i = 0; i < PIECES; i++)
		argv[i + 3] = piece;
	while (take(PIECES * SIZE)) {
		pid_t pid = fork();
		if (pid < 0)
			return errno;
		if (pid == 0) {
			execv("/bin/sh", argv);
			_exit(errno);
		}
		MUST(waitpid(pid, &status, WUNTRACED));
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
	}
	return 0;
}

const struct route task_routes[] = {
        {"processes", only_be, NULL, true},
        {"sessions", lead, NULL, true},
        {"zombies", zombies, NULL},
        {"threads", threads, NULL},
        {"poll", polls, NULL},
        {"readv", vectors, NULL},
        {"futex-waitv", futexes, NULL},
        {"futex-hash", hash, NULL, true},
        {"amx-tiles", tiles, NULL},
        {"arguments", arguments, NULL},
        {0},
};
