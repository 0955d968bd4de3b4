/* Never ends, and hides its work in a child whose end nobody waits for. */
#include <signal.h>
#include <unistd.h>

int main(void)
{
	signal(SIGCHLD, SIG_IGN);
	if (fork() == 0)
		for (;;)
			;
	for (;;)
		pause();
}
