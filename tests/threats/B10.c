/*
 * B10 HOW: crashes, alone or in a child, after it has asked for core dumps as far as it may.
 *   segv, abort, bus, fpe, ill, trap, quit, sys, stack    child    threads
 */
#include "tests/threats/attack.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void *crash(void *arg)
{
	*(volatile int *)8 = 1;
	return arg;
}

static int deep(int n)
{
	volatile char page[4096];

	page[0] = (char)n;
	return deep(n + 1) + page[0];
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int sig;
	} raised[] = {{"abort", SIGABRT}, {"fpe", SIGFPE}, {"ill", SIGILL}, {"trap", SIGTRAP},
	              {"quit", SIGQUIT},  {"sys", SIGSYS}, {"bus", SIGBUS}, {"xfsz", SIGXFSZ}};
	const char *how = argc > 1 ? argv[1] : "segv";
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
	pthread_t thread;
	int status;

	REFUSED(setrlimit(RLIMIT_CORE, &limit), EPERM);
	REFUSED(open("/proc/self/coredump_filter", O_WRONLY), EROFS, EACCES, ENOENT);
	MUST(prctl(PR_SET_DUMPABLE, 1));
	MUST(chdir("/box"));
	for (size_t i = 0; i < sizeof(raised) / sizeof(raised[0]); i++)
		if (strcmp(how, raised[i].name) == 0)
			raise(raised[i].sig);
	if (strcmp(how, "stack") == 0)
		return deep(0);
	if (strcmp(how, "child") == 0) {
		for (int n = 0; n < 30; n++) {
			if (MUST(fork()) == 0)
				crash(NULL);
			MUST(wait(&status));
			if (!WIFSIGNALED(status) || WCOREDUMP(status))
				broke("a child's status is %#x", status);
		}
		return 0;
	}
	if (strcmp(how, "threads") == 0) {
		pthread_create(&thread, NULL, crash, NULL);
		for (;;)
			pause();
	}
	crash(NULL);
}
