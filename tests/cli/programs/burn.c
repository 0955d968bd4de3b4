/*
 * burn MODE [N]: ways to use CPU time that a careless judge does not see. All but `self` burn for ever.
 *   self MS     burns MS milliseconds of its own CPU time and exits 0
 *   loop        one busy loop
 *   ignored     a child burns, its parent ignores SIGCHLD: rusage never learns of it
 *   orphan      a grandchild in a session of its own burns, everybody else waits
 *   threads N   N threads burn, the main thread sleeps
 *   catch       a busy loop that ignores all signals it can
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void *burn(void *arg)
{
	for (volatile unsigned long n = 0;; n++)
		;
	return arg;
}

static long cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Counted from here: the clock has been running since before exec. */
static void burn_ms(long ms)
{
	long end_us = cpu_us() + ms * 1000;

	while (cpu_us() < end_us)
		;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "loop";
	long n = argc > 2 ? atol(argv[2]) : 1;

	if (strcmp(mode, "self") == 0) {
		burn_ms(n);
		return 0;
	}
	if (strcmp(mode, "ignored") == 0) {
		signal(SIGCHLD, SIG_IGN);
		if (fork() == 0)
			burn(NULL);
		for (;;)
			pause();
	}
	if (strcmp(mode, "orphan") == 0) {
		if (fork() == 0) {
			if (fork() == 0) {
				setsid();
				burn(NULL);
			}
			return 0;
		}
		for (;;)
			pause();
	}
	if (strcmp(mode, "threads") == 0) {
		pthread_t thread;
		while (n-- > 0)
			pthread_create(&thread, NULL, burn, NULL);
		for (;;)
			pause();
	}
	if (strcmp(mode, "catch") == 0)
		for (int sig = 1; sig < 65; sig++)
			signal(sig, SIG_IGN);
	burn(NULL);
}
