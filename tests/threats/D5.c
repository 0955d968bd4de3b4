/*
 * Ends right at a limit.
 *   cpu US   has burnt so many microseconds since main()    wall US   so many have passed on the monotonic clock
 *   split US  as cpu, one half each by a child and by itself
 */
#include "tests/threats/attack.h"

#include <sys/wait.h>
#include <time.h>

static long now_us(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void until(clockid_t clock, long us)
{
	long end_us = now_us(clock) + us;

	while (now_us(clock) < end_us)
		if (clock == CLOCK_MONOTONIC)
			usleep(50);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	long us = argc > 2 ? atol(argv[2]) : 0;

	if (strcmp(mode, "wall") == 0)
		until(CLOCK_MONOTONIC, us);
	else if (strcmp(mode, "cpu") == 0)
		until(CLOCK_PROCESS_CPUTIME_ID, us);
	else if (strcmp(mode, "split") == 0) {
		bool child = MUST(fork()) == 0;
		until(CLOCK_PROCESS_CPUTIME_ID, us / 2);
		if (!child)
			wait(NULL);
	} else
		return 2;
	return 0;
}
