/* C5 HOW: waits for ever, without using the CPU. */
#include "tests/threats/attack.h"

#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>

static void wait_for(const char *how)
{
	struct timespec long_time = {.tv_sec = 1L << 40};
	sigset_t none;
	fd_set fds;
	char buf[8];
	int ends[2], word = 0;

	MUST(pipe(ends));
	sigemptyset(&none);
	FD_ZERO(&fds);
	FD_SET(ends[0], &fds);
	if (strcmp(how, "sleep") == 0)
		nanosleep(&long_time, NULL);
	else if (strcmp(how, "until") == 0)
		clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &long_time, NULL);
	else if (strcmp(how, "pause") == 0)
		pause();
	else if (strcmp(how, "select") == 0)
		select(ends[0] + 1, &fds, NULL, NULL, NULL);
	else if (strcmp(how, "poll") == 0)
		poll(NULL, 0, -1);
	else if (strcmp(how, "epoll") == 0)
		epoll_wait(epoll_create1(0), &(struct epoll_event){0}, 1, -1);
	else if (strcmp(how, "pipe") == 0)
		read(ends[0], buf, sizeof(buf));
	else if (strcmp(how, "stdin") == 0)
		read(0, buf, sizeof(buf));
	else if (strcmp(how, "futex") == 0)
		syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
	else if (strcmp(how, "sigsuspend") == 0)
		sigsuspend(&none);
	else if (strcmp(how, "msgrcv") == 0)
		msgrcv(msgget(IPC_PRIVATE, 0600), buf, 1, 0, 0);
	else if (strcmp(how, "vfork") == 0 && vfork() == 0)
		for (;;)
			pause();
	else if (strcmp(how, "wait") == 0 && MUST(fork()) == 0)
		for (;;)
			pause();
	wait(NULL);
}

int main(int argc, char **argv)
{
	wait_for(argc > 1 ? argv[1] : "");
	broke("woken up");
}
