/* C6 WHOM HOW: stops itself, its group, its threads, or a child whose parent waits in vfork. */
#include "tests/threats/attack.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static void *sleeper(void *arg)
{
	for (;;)
		pause();
	return arg;
}

int main(int argc, char **argv)
{
	const char *whom = argc > 1 ? argv[1] : "";
	int sig = argc > 2 ? atoi(argv[2]) : SIGSTOP;
	pthread_t thread;

	if (strcmp(whom, "self") == 0)
		raise(sig);
	if (strcmp(whom, "group") == 0) {
		for (int i = 0; i < 10; i++)
			if (MUST(fork()) == 0)
				sleeper(NULL);
		kill(0, sig);
	}
	if (strcmp(whom, "threads") == 0) {
		pthread_create(&thread, NULL, sleeper, NULL);
		kill(getpid(), sig);
	}
	if (strcmp(whom, "vfork") == 0 && vfork() == 0)
		raise(sig);
	/* sessions of their own, each stopped by itself, and their parent by the last */
	if (strcmp(whom, "sessions") == 0) {
		for (int i = 0; i < 10; i++)
			if (MUST(fork()) == 0) {
				setsid();
				raise(sig);
			}
		raise(sig);
	}
	broke("continued");
}
