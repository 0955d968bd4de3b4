/*
 * C33 HOW: `zombies`: children that nobody waits for, until refused; `stopped`: the same, stopped, and asleep for ever;
 * `orphans`: a thousand that end without a parent, which only init can take away; `adopted`: zombies whose parent ends.
 */
#include "tests/threats/attack.h"

#include <signal.h>
#include <sys/wait.h>

static int hoard(bool stopped)
{
	int n = 0;
	pid_t pid;

	while ((pid = fork()) > 0)
		n++;
	if (pid == 0) {
		if (stopped)
			raise(SIGSTOP);
		_exit(0);
	}
	if (errno != EAGAIN)
		broke("fork: %s", strerrorname_np(errno));
	return n;
}

/* Fails only if there is never room again. */
static pid_t fork_in_time(void)
{
	for (int i = 0; i < 10000; i++) {
		pid_t pid = fork();
		if (pid >= 0)
			return pid;
		usleep(1000);
	}
	broke("no room any more: nobody takes the dead away");
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	if (strcmp(how, "orphans") == 0) {
		for (int i = 0; i < 1000; i++) {
			pid_t pid = fork_in_time();
			if (pid == 0) {
				fork_in_time();
				_exit(0);
			}
			waitpid(pid, NULL, 0);
		}
		return 0;
	}
	if (strcmp(how, "adopted") == 0) {
		for (int i = 0; i < 20; i++) {
			pid_t pid = fork_in_time();
			if (pid == 0) {
				hoard(false);
				_exit(0);
			}
			waitpid(pid, NULL, 0);
		}
		return 0;
	}
	printf("%d\n", hoard(strcmp(how, "stopped") == 0) + 1);
	fflush(stdout);
	if (strcmp(how, "stopped") == 0)
		pause();
	return 0;
}
