/*
 * A job's program: reads a number and how many milliseconds to sleep, and answers the number after. When it began and
 * when it ended, in nanoseconds of the clock that all programs have in common, it tells on standard error.
 */
#include <stdio.h>
#include <time.h>

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(void)
{
	long long begin_ns = now_ns();
	int n = 0, ms = 0;

	if (scanf("%d %d", &n, &ms) != 2)
		return 1;
	nanosleep(&(struct timespec){.tv_nsec = ms * 1000000L}, NULL);
	printf("%d\n", n + 1);
	fprintf(stderr, "%lld %lld\n", begin_ns, now_ns());
	return 0;
}
