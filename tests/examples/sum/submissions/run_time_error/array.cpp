// Has no room for more than a hundred terms.
#include <cstdio>
#include <vector>

int main()
{
	int n;
	double sum = 0;
	std::vector<double> terms(100);

	if (std::scanf("%d", &n) != 1)
		return 1;
	for (int i = 0; i < n; i++)
		if (std::scanf("%lf", &terms.at(i)) != 1)
			return 1;
	for (double term : terms)
		sum += term;
	std::printf("%.15g\n", sum);
}
