/*
 * forks MODE [N]: how many processes there may be.
 *   bomb     forks without end
 *   threads  starts threads until refused, prints how many it had, its own included, and exits 0
 *   count    starts processes until refused, prints how many it had, its own included, and exits 0
 *   exactly N  has N processes at once, itself included; exits 0 when all could be started
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void *sleeper(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static int have(int max)
{
	int n = 1;

	while (n < max) {
		pid_t pid = fork();
		if (pid == 0)
			sleeper(NULL);
		if (pid < 0)
			break;
		n++;
	}
	return n;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	pthread_t thread;
	int n = 1;

	if (strcmp(mode, "bomb") == 0)
		for (;;)
			fork();
	if (strcmp(mode, "threads") == 0) {
		while (pthread_create(&thread, NULL, sleeper, NULL) == 0)
			n++;
		printf("%d\n", n);
	} else if (strcmp(mode, "count") == 0) {
		n = have(1 << 20);
		printf("%d %d\n", n, errno == EAGAIN);
	} else if (argc > 2 && strcmp(mode, "exactly") == 0)
		return have(atoi(argv[2])) != atoi(argv[2]);
	fflush(stdout);
	_exit(0);
}
