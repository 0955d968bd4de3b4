/*
 * A busy loop of known length: burns until its own CPU clock shows the milliseconds of its argument, then prints what
 * that clock and getrusage(2) say, in nanoseconds and microseconds, to be compared with what the sandbox reports.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static long long cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv)
{
	long long until_ns = (argc == 2 ? atoll(argv[1]) : 500) * 1000000LL;
	struct rusage usage;

	/* many turns between looks, so that it is user time that is burnt, as in a real loop */
	while (cpu_ns() < until_ns)
		for (volatile unsigned n = 0; n < 10000; n++)
			;
	getrusage(RUSAGE_SELF, &usage);
	printf("%lld %lld\n", cpu_ns(),
	       (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec +
	               usage.ru_stime.tv_usec);
	return 0;
}
