/* C31 HOW: forks without end, also each child in a session of its own, or as a daemon, or by vfork or threads of
 * children. */
#include "tests/threats/attack.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static void *thread(void *arg)
{
	for (;;)
		if (fork() == 0)
			thread(arg);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	pthread_t ignored;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_IGN);
	for (;;) {
		pid_t pid = strcmp(how, "vfork") == 0 ? vfork() : fork();
		if (pid == 0 && strcmp(how, "vfork") == 0)
			execl("/proc/self/exe", "C31", how, NULL);
		if (pid == 0 && strcmp(how, "setsid") == 0)
			setsid();
		if (pid > 0 && strcmp(how, "daemon") == 0) /* the first waits, so that the run goes on */
			getpid() == 2 ? (void)pause() : _exit(0);
		if (pid == 0 && strcmp(how, "threads") == 0)
			pthread_create(&ignored, NULL, thread, NULL);
	}
}
