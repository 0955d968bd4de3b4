/*
 * Children burn 50 ms each, one after the other, and SIGCHLD is ignored: what they used is nowhere in this process's
 * rusage, and none of them is there for long.
 */
#include "tests/threats/attack.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

int main(void)
{
	struct rusage mine;
	struct timespec used;

	signal(SIGCHLD, SIG_IGN);
	for (int i = 0; i < 20; i++) {
		if (MUST(fork()) == 0) {
			do
				clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
			while (used.tv_sec == 0 && used.tv_nsec < 50000000);
			_exit(0);
		}
		while (wait(NULL) != -1)
			;
		getrusage(RUSAGE_CHILDREN, &mine);
		if (mine.ru_utime.tv_sec * 1000000 + mine.ru_utime.tv_usec > 30000)
			broke("not tried: rusage tells of the children");
	}
	broke("a second of CPU time under a limit of 0.3 s");
}
