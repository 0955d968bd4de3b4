/*
 * C2 HOW N: N threads, or processes, of which each burns 100 ms of CPU time and then sleeps for ever; the leader never
 * burns. None of them alone is near a limit of 400 ms.
 */
#include "tests/threats/attack.h"

#include <pthread.h>
#include <time.h>

static void *burn(void *arg)
{
	struct timespec used;

	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	while (used.tv_sec == 0 && used.tv_nsec < 100000000);
	if (arg != NULL)
		return arg;
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	bool finite = argc > 3;
	pthread_t threads[64];
	int n = argc > 2 ? atoi(argv[2]) : 0;

	for (int i = 0; i < n; i++)
		if (argc > 1 && strcmp(argv[1], "threads") == 0) {
			if (pthread_create(&threads[i], NULL, burn, finite ? &finite : NULL) != 0)
				broke("not tried: no thread");
		} else if (MUST(fork()) == 0) {
			burn(NULL);
		}
	for (int i = 0; finite && i < n; i++)
		pthread_join(threads[i], NULL);
	if (finite)
		return 0;
	for (;;)
		pause();
}
