/*
 * Signals that other causes send, too, from whom the kernel would not expect them.
 *   self N     sends it itself           child N   has its child send it
 *   queue N    with the origin of a signal of the kernel's, and of the filter's
 *   full N     with most of its memory and time used up (64 MiB, 1 s)
 *   hidden     the kernel kills a child for its memory, then it sends itself SIGSEGV
 */
#include "tests/threats/attack.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static void fill(size_t mib)
{
	for (size_t i = 0; i < mib; i++) {
		char *piece = malloc(1 << 20);
		if (piece == NULL)
			broke("not tried: no memory");
		memset(piece, 1, 1 << 20);
	}
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int sig = argc > 2 ? atoi(argv[2]) : SIGSEGV;

	if (strcmp(mode, "child") == 0 && MUST(fork()) == 0) {
		kill(getppid(), sig);
		_exit(0);
	}
	if (strcmp(mode, "child") == 0)
		for (;;)
			pause();
	if (strcmp(mode, "queue") == 0) {
		/* 1: what the filter gives for the origin */
		siginfo_t info = {.si_signo = sig, .si_code = sig == SIGSYS ? 1 : SI_KERNEL};
		MUST(syscall(SYS_rt_sigqueueinfo, getpid(), sig, &info));
	}
	if (strcmp(mode, "full") == 0) {
		fill(55);
		while (clock() < CLOCKS_PER_SEC * 9 / 10)
			;
	}
	if (strcmp(mode, "hidden") == 0) {
		if (MUST(fork()) == 0)
			fill(1000);
		wait(NULL);
	}
	kill(getpid(), sig);
	broke("it lives");
}
