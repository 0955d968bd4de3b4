// The pair with the least prime.
#include <cstdio>

static bool is_prime(long long number)
{
	for (long long i = 2; i * i <= number; i++)
		if (number % i == 0)
			return false;
	return number >= 2;
}

int main()
{
	long long n, p = 2;

	if (std::scanf("%lld", &n) != 1)
		return 1;
	while (!is_prime(p) || !is_prime(n - p))
		p++;
	std::printf("%lld %lld\n", p, n - p);
}
