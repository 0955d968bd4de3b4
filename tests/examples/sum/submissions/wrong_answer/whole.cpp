// Does not see that numbers need not be whole.
#include <cstdio>

int main()
{
	int n;
	long long sum = 0;
	double term;

	if (std::scanf("%d", &n) != 1)
		return 1;
	while (std::scanf("%lf", &term) == 1)
		sum += static_cast<long long>(term);
	std::printf("%lld\n", sum);
}
