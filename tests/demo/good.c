/* Counts the primes below a million, and says how many there are. */
#include <stdio.h>

static char composite[1000000];

int main(void)
{
	int n = 0;

	for (int i = 2; i < 1000000; i++) {
		n += !composite[i];
		for (long j = (long)i * i; j < 1000000; j += i)
			composite[j] = 1;
	}
	printf("%d primes\n", n);
	return 0;
}
