/*
 * stay MODE: ways to go on using the wall clock, and to outlive the main program.
 *   sleep    sleeps for ever            stop     stops itself
 *   read     reads a standard input that never ends
 *   leader   the main thread ends, another sleeps for ever
 *   leader-burn  the same, and the other burns
 *   leader-exit  the main thread ends, another exits 7 after 0.1 s
 *   daemon   leaves a daemon behind and exits 0
 *   daemon-output  the same; the daemon keeps stdout open
 *   children N  starts N children that sleep for ever, prints "ready" and sleeps too
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *sleeper(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void *burner(void *arg)
{
	for (volatile unsigned long n = 0;; n++)
		;
	return arg;
}

static void *leaver(void *arg)
{
	usleep(100000);
	exit(7);
	return arg;
}

static void leave_to(void *(*other)(void *))
{
	pthread_t thread;

	pthread_create(&thread, NULL, other, NULL);
	pthread_exit(NULL);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "sleep";
	char c;

	if (strcmp(mode, "stop") == 0)
		raise(SIGSTOP);
	else if (strcmp(mode, "read") == 0)
		while (read(0, &c, 1) >= 0)
			;
	else if (strcmp(mode, "leader") == 0)
		leave_to(sleeper);
	else if (strcmp(mode, "leader-burn") == 0)
		leave_to(burner);
	else if (strcmp(mode, "leader-exit") == 0)
		leave_to(leaver);
	else if (strncmp(mode, "daemon", 6) == 0) {
		if (fork() != 0)
			return 0;
		setsid();
		if (fork() != 0)
			return 0;
		if (mode[6] == '\0') {
			close(0);
			close(1);
			close(2);
		}
	} else if (strcmp(mode, "children") == 0) {
		for (int n = argc > 2 ? atoi(argv[2]) : 1; n > 0; n--)
			if (fork() == 0)
				sleeper(NULL);
		puts("ready");
		fflush(stdout);
	}
	sleeper(NULL);
}
