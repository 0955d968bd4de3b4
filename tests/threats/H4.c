/* swap A B: changes the names of two files of the host for each other, for ever. Not for a box. */
#include "tests/threats/attack.h"

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	for (;;) {
		MUST(renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE));
		usleep(300);
	}
}
