/*
 * Zombies.
 *   orphans N        makes N orphans that end, more than there may be processes: init has to reap them
 *   caller COMMAND   outside of a box: inherits what the command leaves, and fails where that is anything
 *   killed COMMAND   kills the command after 0.3 s; what it leaves has to end by itself
 */
#include "tests/threats/attack.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static int caller(char **command, bool killed)
{
	int status;
	pid_t child;

	MUST(prctl(PR_SET_CHILD_SUBREAPER, 1));
	child = MUST(fork());
	if (child == 0) {
		execv(command[0], command);
		_exit(127);
	}
	if (killed) {
		usleep(300000);
		kill(child, SIGKILL);
	}
	MUST(waitpid(child, &status, 0));
	if (killed) {
		/* the box's init, which dies with its launcher; a failure is that this takes for ever */
		while (waitpid(-1, NULL, 0) > 0)
			;
		return 0;
	}
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		broke("a process was left to the caller");
	return WEXITSTATUS(status);
}

static void orphans(int n)
{
	int status, tries = 0;

	while (n > 0) {
		pid_t child = fork();
		if (child == 0) {
			pid_t orphan = fork();
			if (orphan == 0)
				setsid();
			_exit(orphan < 0);
		}
		if (child > 0)
			MUST(waitpid(child, &status, 0));
		if (child > 0 && WEXITSTATUS(status) == 0) {
			n--;
			continue;
		}
		if (++tries > 20000)
			broke("there is room for no more processes, %d to go", n);
		usleep(1000);
	}
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "orphans") == 0)
		orphans(atoi(argv[2]));
	else if (argc > 2)
		return caller(argv + 2, strcmp(argv[1], "killed") == 0);
	return 0;
}
