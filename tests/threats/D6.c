/*
 * Ends well before a limit, but leaves what takes time to clear away.
 *   after MS  sleeps so long first, then has: N processes that sleep, N KiB and N files in /tmp, output that nobody
 *             reads yet, and one process that burns CPU time
 */
#include "tests/threats/attack.h"

#include <signal.h>

static void leave_processes(int n)
{
	while (n-- > 0)
		if (fork() == 0)
			for (;;)
				pause();
}

static void leave_files(int n)
{
	static char block[8192];
	char path[32];

	while (n-- > 0) {
		int fd;
		snprintf(path, sizeof(path), "/tmp/%d", n);
		fd = MUST(open(path, O_WRONLY | O_CREAT, 0600));
		MUST(write(fd, block, sizeof(block)));
		close(fd);
	}
}

int main(int argc, char **argv)
{
	static char block[4096];

	leave_processes(100);
	leave_files(2000);
	usleep(argc > 1 ? (useconds_t)atoi(argv[1]) * 1000 : 0);
	if (fork() == 0) {
		for (int sig = 1; sig < 65; sig++)
			signal(sig, SIG_IGN);
		for (;;)
			;
	}
	for (int i = 0; i < 15; i++)
		MUST(write(1, block, sizeof(block)));
	_exit(0);
}
