/*
 * die MODE [N]: ways to end.
 *   raise N  sends itself signal N     exit N  exits with N
 *   segv, abort, div, trap             group   kills its process group
 *   all      kill(-1, SIGKILL)         init    tries to kill pid 1, exits 0
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int n = argc > 2 ? atoi(argv[2]) : 0;

	if (strcmp(mode, "raise") == 0)
		kill(getpid(), n);
	else if (strcmp(mode, "segv") == 0)
		*(volatile int *)8 = 1;
	else if (strcmp(mode, "abort") == 0)
		abort();
	else if (strcmp(mode, "div") == 0)
		n = 1 / (volatile int){0};
	else if (strcmp(mode, "trap") == 0)
		__builtin_trap();
	else if (strcmp(mode, "group") == 0)
		kill(0, SIGKILL);
	else if (strcmp(mode, "all") == 0)
		kill(-1, SIGKILL);
	else if (strcmp(mode, "init") == 0)
		for (int sig = 1; sig < 65; sig++)
			kill(1, sig);
	return n;
}
