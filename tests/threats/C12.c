/* A static array of 512 MiB: to have it is nothing, to touch it is more than the limit. */
// run: -- => verdict=OK memory_peak_bytes<=67108864
// run: -- touch => verdict=MLE oom_kills>=1 memory_peak_bytes<=268435456
// run: --mem 64M -- touch => verdict=MLE oom_kills>=1 memory_peak_bytes<=67108864
// run: --mem 600M --time 60s --wall 120s -- touch => verdict=OK memory_peak_bytes>=536870912
#include "tests/threats/attack.h"

static char array[512 << 20];

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(array); i += 4096)
		*(volatile char *)&array[i] = argv[1][0];
	return 0;
}
