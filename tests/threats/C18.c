/* One byte read in each 2 MiB of much address space: the pages read are all one, but each wants a page table. */
// run: --mem 32M => verdict=MLE oom_kills>=1 memory_peak_bytes<=33554432
// run: --mem 32M -- children => verdict=MLE oom_kills>=1 memory_peak_bytes<=33554432
#include "tests/threats/attack.h"

#include <sys/mman.h>
#include <sys/wait.h>

static void read_sparsely(size_t tables)
{
	size_t size = tables << 21;
	volatile char *space = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (space == MAP_FAILED)
		broke("not tried: no address space");
	madvise((void *)space, size, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < size; i += 1 << 21)
		(void)space[i];
}

int main(int argc, char **argv)
{
	if (argc < 2)
		read_sparsely(20000);
	for (int i = 0; argc > 1 && i < 20; i++)
		if (MUST(fork()) == 0) {
			read_sparsely(1000);
			for (;;)
				pause();
		}
	while (argc > 1 && wait(NULL) > 0)
		;
	broke("80 MB of page tables");
}
