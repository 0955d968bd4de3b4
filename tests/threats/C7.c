/* C7 HOW: eight children whose main threads have ended while another of each sleeps or burns; then it ends or waits. */
#include "tests/threats/attack.h"

#include <pthread.h>
#include <sys/wait.h>

static bool burns;

static void *stay(void *arg)
{
	while (burns)
		;
	for (;;)
		pause();
	return arg;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	int ready[2];
	char c;

	burns = strstr(how, "burn") != NULL;
	MUST(pipe(ready));
	for (int i = 0; i < 8; i++) {
		pthread_t thread;
		if (MUST(fork()) != 0)
			continue;
		pthread_create(&thread, NULL, stay, NULL);
		MUST(write(ready[1], "", 1));
		pthread_exit(NULL);
	}
	for (int i = 0; i < 8; i++)
		MUST(read(ready[0], &c, 1));
	if (strncmp(how, "leave", 5) == 0)
		return 0;
	wait(NULL);
	broke("a child ended");
}
