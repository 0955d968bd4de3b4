/* More memory than the limit, touched. */
// run: --mem 64M => verdict=MLE oom_kills>=1
#include "tests/threats/attack.h"

int main(void)
{
	for (size_t size = 0; size < (size_t)1 << 30; size += 1 << 20) {
		char *piece = malloc(1 << 20);
		if (piece == NULL)
			broke("malloc failed at %zu bytes", size);
		memset(piece, 1, 1 << 20);
	}
	broke("a gibibyte under 64 MiB");
}
