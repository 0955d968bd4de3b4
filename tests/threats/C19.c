/* As many mappings as there can be, each of other rights than its neighbours; in one process, or in as many as may be.
 */
// run: --mem 128M => verdict=OK memory_peak_bytes<=67108864
// run: --mem 64M --time 60s --wall 120s -- children => verdict=MLE oom_kills>=1 memory_peak_bytes<=67108864
#include "tests/threats/attack.h"

#include <sys/mman.h>
#include <sys/wait.h>

static long map(void)
{
	size_t size = 200000UL << 12;
	char *space = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long n = 0;

	if (space == MAP_FAILED)
		broke("not tried: no address space");
	for (size_t i = 0; i < size; i += 8192, n += 2)
		if (mprotect(space + i, 4096, PROT_READ) < 0) {
			if (errno != ENOMEM)
				broke("mprotect: %s", strerrorname_np(errno));
			return n;
		}
	broke("200000 mappings");
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return map() > 60000 ? 0 : 2;
	for (int i = 0; i < 40; i++)
		if (MUST(fork()) == 0) {
			map();
			for (;;)
				pause();
		}
	while (wait(NULL) > 0)
		;
	broke("forty times 65000 mappings");
}
