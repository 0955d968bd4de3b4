/*
 * C23 HOW MODE: timers, or signals queued to itself, by itself and by children, until refused; then says how many, and
 * waits for the end of standard input.
 */
#include "tests/threats/attack.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define ENOUGH 100000

static int timers(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_NONE};
	timer_t timer;
	int n = 0;

	while (n < ENOUGH && timer_create(CLOCK_MONOTONIC, &event, &timer) == 0)
		n++;
	return n;
}

static int signals(void)
{
	int n = 0;

	while (n < ENOUGH && sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = n}) == 0)
		n++;
	return n;
}

int main(int argc, char **argv)
{
	bool of_signals = argc > 1 && strcmp(argv[1], "signals") == 0;
	struct rlimit limit;
	sigset_t rt;
	int n, counts[2];
	char c;

	sigemptyset(&rt);
	sigaddset(&rt, SIGRTMIN);
	MUST(sigprocmask(SIG_BLOCK, &rt, NULL));
	MUST(getrlimit(RLIMIT_SIGPENDING, &limit));
	limit.rlim_max++;
	REFUSED(setrlimit(RLIMIT_SIGPENDING, &limit), EPERM);
	n = of_signals ? signals() : timers();
	if (n == ENOUGH || errno != EAGAIN)
		broke("%d, then %s", n, strerrorname_np(errno));
	/* the children's count to the same sum */
	MUST(pipe(counts));
	for (int i = 0; i < 10; i++)
		if (MUST(fork()) == 0) {
			int more = of_signals ? signals() : timers();
			MUST(write(counts[1], &more, sizeof(more)));
			pause();
		}
	for (int i = 0, more; i < 10; i++) {
		MUST(read(counts[0], &more, sizeof(more)));
		n += more;
	}
	printf("%d\n", n);
	fflush(stdout);
	return read(0, &c, 1) == 0 ? 0 : 1;
}
