// The header is the validator's: no submission sees it.
// @EXPECTED_RESULTS@: COMPILER-ERROR
#include "prime.h"

#include <cstdio>

int main()
{
	long long n, p = 2;

	if (std::scanf("%lld", &n) != 1)
		return 1;
	while (!is_prime(p) || !is_prime(n - p))
		p++;
	std::printf("%lld %lld\n", p, n - p);
}
