/*
 * C15 HOW: fills pipes, which it holds, or sends to itself through a socket and closes, so that no table of open files
 * has them. Ends by OOM, or with 0 where the kernel refuses.
 */
#include "tests/threats/attack.h"

int main(int argc, char **argv)
{
	static char block[1 << 16];
	bool flight = argc > 1 && strcmp(argv[1], "flight") == 0;
	int socks[2] = {-1, -1}, ends[2];

	for (long total = 0; total < 1L << 30;) {
		ssize_t n;
		if (pipe2(ends, O_NONBLOCK) < 0)
			return 0;
		fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
		while ((n = write(ends[1], block, sizeof(block))) > 0)
			total += n;
		if (!flight)
			continue;
		if (socks[0] < 0 || !send_away(socks[0], ends)) {
			MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, socks));
			if (!send_away(socks[0], ends))
				return 0;
		}
		MUST(close(ends[0]));
		MUST(close(ends[1]));
	}
	broke("a gibibyte in pipes");
}
