/*
 * C4 HOW: `relay`: daemons, each in a session of its own and a child of init's, burn 50 ms one after the other while
 * this process sleeps. `leave`: one burns without end, and this process exits 0.
 */
#include "tests/threats/attack.h"

#include <time.h>

static void burn_us(long us)
{
	struct timespec used;

	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	while (us == 0 || used.tv_sec * 1000000 + used.tv_nsec / 1000 < us);
}

static void relay(void)
{
	for (;;) {
		if (MUST(fork()) != 0)
			_exit(0);
		setsid();
		burn_us(50000);
	}
}

int main(int argc, char **argv)
{
	bool leave = argc > 1 && strcmp(argv[1], "leave") == 0;
	int ready[2];
	char c;

	MUST(pipe(ready));
	if (MUST(fork()) == 0) {
		setsid();
		if (!leave)
			relay();
		if (MUST(fork()) != 0)
			_exit(0);
		MUST(write(ready[1], "", 1));
		burn_us(0);
	}
	if (leave)
		return MUST(read(ready[0], &c, 1)) == 1 ? 0 : 1;
	for (;;)
		pause();
}
