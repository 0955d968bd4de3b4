/* Sleeps for the seconds of its argument: where a wall limit cuts, and what an idle program costs its supervisor. */
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned left = argc == 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 1;

	while (left > 0)
		left = sleep(left);
	return 0;
}
