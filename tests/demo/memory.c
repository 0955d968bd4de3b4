/* Takes memory until there is none; the child that is killed for it is hidden behind an exit of 0. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	if (fork() == 0)
		for (;;)
			memset(malloc(1 << 20), 1, 1 << 20);
	wait(NULL);
	return 0;
}
