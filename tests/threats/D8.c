/*
 * Leaves daemons for whoever comes next: in sessions of their own, deaf to all signals, some of which change their
 * process id all the time, so that a list of processes is always out of date.
 *   beat FILE   each adds to the file, for ever       hold   they keep the standard streams open
 *   look        nobody else is here
 */
#include "tests/threats/attack.h"

#include <signal.h>
#include <sys/prctl.h>

static void flee(int fd)
{
	for (;;) {
		pid_t pid = fork();
		if (pid > 0)
			_exit(0);
		setsid();
		if (fd >= 0 && write(fd, ".", 1) != 1)
			_exit(1);
		usleep(200);
	}
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int fd = -1;

	if (strcmp(mode, "look") == 0) {
		must_be_alone();
		return 0;
	}
	if (argc > 2)
		fd = MUST(open(argv[2], O_WRONLY | O_CREAT | O_APPEND, 0666));
	for (int i = 0; i < 20; i++) {
		if (fork() != 0) /* as many as there may be */
			continue;
		setsid();
		if (fork() != 0)
			_exit(0);
		for (int sig = 1; sig < 65; sig++)
			signal(sig, SIG_IGN);
		prctl(PR_SET_NAME, "kworker/0:1");
		if (strcmp(mode, "hold") != 0)
			for (int std = 0; std < 3; std++)
				close(std);
		if (i % 2 == 0)
			flee(fd);
		for (;;) {
			if (fd >= 0 && write(fd, ".", 1) != 1)
				_exit(1);
			usleep(200);
		}
	}
	usleep(20000);
	return 0;
}
