/*
 * In the box: C9 hold MIB: touches so much memory, that has to be freed when it is killed, says so, and sleeps.
 * On the host, as root: C9 trace PID: makes that process stop for ever on its way out, where no signal reaches it, like
 * one that is stuck in the kernel; until standard input ends.
 */
#include "tests/threats/attack.h"

#include <sys/mman.h>
#include <sys/ptrace.h>

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	long n = argc > 2 ? atol(argv[2]) : 0;
	char c;

	if (strcmp(how, "trace") == 0) {
		MUST(ptrace(PTRACE_SEIZE, (pid_t)n, NULL, PTRACE_O_TRACEEXIT));
		MUST(write(1, "ready\n", 6));
		return read(0, &c, 1) == 0 ? 0 : 1;
	}
	for (long i = 0; i < n; i++) {
		char *piece = malloc(1 << 20);
		if (piece == NULL)
			broke("not tried: no memory");
		memset(piece, 1, 1 << 20);
	}
	MUST(write(1, "xx", 2));
	for (;;)
		pause();
}
