/* Touches every page of as many MiB as its argument says: what the sandbox counts as memory. */
#include <stdlib.h>
#include <sys/mman.h>

int main(int argc, char **argv)
{
	size_t size = (argc == 2 ? strtoul(argv[1], NULL, 10) : 100) << 20;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return 1;
	for (size_t at = 0; at < size; at += 4096)
		memory[at] = 1;
	return 0;
}
