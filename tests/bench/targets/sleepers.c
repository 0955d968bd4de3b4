/*
 * Becomes as many processes as its first argument says, itself included, all of which sleep under the name of its
 * second, by which the benchmark looks for survivors: how fast many processes are gone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int n = argc == 3 ? atoi(argv[1]) : 2;

	if (argc == 3)
		prctl(PR_SET_NAME, argv[2], 0, 0, 0);
	for (int i = 1; i < n; i++) {
		pid_t pid = fork();
		if (pid < 0)
			return 1;
		if (pid == 0)
			break;
		if (i == n - 1) {
			puts("all there");
			fflush(stdout);
		}
	}
	for (;;)
		pause();
}
