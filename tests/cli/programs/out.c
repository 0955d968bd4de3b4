/*
 * out BYTES [STDERR_BYTES [HOW]]: writes that many bytes to stdout, then to stderr. HOW: `drip` one byte a call,
 * `late` sleeps for ever afterwards. BYTES `flood` writes without end.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char block[1 << 16];

static int put(int fd, long long bytes, int drip)
{
	while (bytes > 0) {
		size_t piece = drip ? 1 : bytes < (long long)sizeof(block) ? (size_t)bytes : sizeof(block);
		ssize_t n = write(fd, block, piece);
		if (n <= 0)
			return 3;
		bytes -= n;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *how = argc > 3 ? argv[3] : "";
	int rc;

	memset(block, 'x', sizeof(block));
	if (argc > 1 && strcmp(argv[1], "flood") == 0)
		return put(1, 1LL << 60, 0);
	rc = put(1, argc > 1 ? atoll(argv[1]) : 0, strcmp(how, "drip") == 0);
	if (rc == 0)
		rc = put(2, argc > 2 ? atoll(argv[2]) : 0, strcmp(how, "drip") == 0);
	if (strcmp(how, "late") == 0)
		for (;;)
			pause();
	return rc;
}
