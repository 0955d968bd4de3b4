/* C1 HOW: loops for ever: in its own code, in system calls, in page faults, in a handler of signals that it sends
 * itself. */
#include "tests/threats/attack.h"

#include <signal.h>
#include <sys/mman.h>

static void again(int sig)
{
	raise(sig);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	if (strcmp(how, "calls") == 0)
		for (;;)
			syscall(SYS_getppid);
	if (strcmp(how, "faults") == 0)
		for (;;) {
			char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			*page = 1;
			munmap(page, 4096);
		}
	if (strcmp(how, "signals") == 0) {
		signal(SIGUSR1, again);
		for (;;)
			raise(SIGUSR1);
	}
	for (volatile unsigned long n = 0;; n++)
		;
}
