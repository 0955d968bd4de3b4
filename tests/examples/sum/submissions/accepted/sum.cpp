#include <cstdio>

int main()
{
	int n;
	double sum = 0, term;

	if (std::scanf("%d", &n) != 1)
		return 1;
	while (std::scanf("%lf", &term) == 1)
		sum += term;
	std::printf("%.15g\n", sum);
}
