/* C29 HOW: a child uses too much memory, and its parent says AC and ends with 0, whatever it has seen, or has not. */
#include "tests/threats/attack.h"

#include <signal.h>
#include <sys/wait.h>

static _Noreturn void eat(void)
{
	/* to be the one that is taken: OK when it cannot be said */
	int fd = open("/proc/self/oom_score_adj", O_WRONLY);

	if (fd >= 0 && write(fd, "1000", 4) == 4)
		close(fd);
	for (;;)
		memset(malloc(1 << 20), 1, 1 << 20);
}

static void *eat_all(void *arg)
{
	return arg == NULL ? NULL : (eat(), arg);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	pid_t pid;

	if (strcmp(how, "daemon") == 0 && MUST(fork()) != 0) {
		/* its end is nobody's to wait for here */
		sleep(3);
		puts("AC");
		return 0;
	}
	if (strcmp(how, "daemon") == 0)
		setsid();
	if (strcmp(how, "vfork") == 0)
		pid = vfork();
	else
		pid = MUST(fork());
	if (pid == 0)
		eat_all(&pid);
	/* many children, each of which is less than the limit */
	for (int i = 0; strcmp(how, "many") == 0 && i < 20; i++)
		if (MUST(fork()) == 0)
			eat();
	while (wait(NULL) > 0)
		;
	puts("AC");
	return 0;
}
