/* C32: processes and threads come and go as fast as can be, by every call, so that an end always meets some half made.
 */
#include "tests/threats/attack.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

static void *nothing(void *arg)
{
	return arg;
}

static void *churn(void *arg)
{
	pthread_t thread;

	for (unsigned i = 0;; i++) {
		pid_t pid = -1;
		switch (i % 4) {
		case 0:
			if (pthread_create(&thread, NULL, nothing, NULL) == 0)
				pthread_detach(thread);
			break;
		case 1:
			pid = vfork();
			break;
		case 2:
			pid = fork();
			break;
		default: /* no child of anybody here: init's */
			pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
		}
		if (pid == 0)
			_exit(0);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	for (int i = 0; i < 4; i++)
		if (fork() == 0)
			pthread_create(&thread, NULL, churn, NULL);
	if (argc > 1 && strcmp(argv[1], "exit") == 0) {
		usleep(30000);
		return 0;
	}
	churn(argv);
}
