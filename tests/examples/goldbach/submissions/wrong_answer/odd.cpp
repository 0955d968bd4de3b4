// Takes all odd numbers for primes.
#include <cstdio>

int main()
{
	long long n;

	if (std::scanf("%lld", &n) != 1)
		return 1;
	if (n == 4)
		std::printf("2 2\n");
	else
		std::printf("3 %lld\n", n - 3);
}
