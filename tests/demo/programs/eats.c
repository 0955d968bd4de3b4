/* Takes a gigabyte, page by page. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
	for (int i = 0; i < 1024; i++) {
		char *megabyte = malloc(1 << 20);
		if (megabyte == NULL)
			return 1;
		memset(megabyte, i, 1 << 20);
	}
	return 0;
}
