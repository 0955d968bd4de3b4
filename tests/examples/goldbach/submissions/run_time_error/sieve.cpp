// A sieve as long as the sum, which takes too much memory.
#include <cstdio>
#include <vector>

int main()
{
	long long n, p = 2;

	if (std::scanf("%lld", &n) != 1)
		return 1;
	std::vector<char> is_composite(n + 1, 0);
	for (long long i = 2; i <= n / i; i++)
		for (long long k = i * i; k <= n; k += i)
			is_composite[k] = 1;
	while (is_composite[p] || is_composite[n - p])
		p++;
	std::printf("%lld %lld\n", p, n - p);
}
