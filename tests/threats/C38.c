/* C38 HOW: writes without end: NULs, one byte a call, to both streams in turn, by several processes, by splice. */
#include "tests/threats/attack.h"

#include <signal.h>
#include <sys/uio.h>

int main(int argc, char **argv)
{
	static char block[1 << 16];
	const char *how = argc > 1 ? argv[1] : "";
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	if (strcmp(how, "many") == 0)
		for (int i = 0; i < 8; i++)
			if (MUST(fork()) == 0)
				break;
	if (strcmp(how, "splice") == 0)
		MUST(pipe(ends));
	for (unsigned long i = 0;; i++) {
		ssize_t n;
		if (strcmp(how, "drip") == 0)
			n = write(1, "x", 1);
		else if (strcmp(how, "both") == 0)
			n = write(i % 2 == 0 ? 1 : 2, block, 777);
		else if (strcmp(how, "stderr") == 0)
			n = write(2, block, sizeof(block));
		else if (strcmp(how, "reopen") == 0)
			n = write(MUST(open("/dev/stdout", O_WRONLY | O_CLOEXEC)), block, sizeof(block)) +
			    close_range(3, ~0U, 0);
		else if (strcmp(how, "splice") == 0)
			n = MUST(write(ends[1], block, 4096)) > 0 ? splice(ends[0], NULL, 1, NULL, 4096, 0) : 0;
		else
			n = write(1, block, sizeof(block));
		if (n < 0)
			exit(7);
	}
}
