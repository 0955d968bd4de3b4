// Adds numbers by laying out a row of ones as long as each, and measuring it.
#include <cmath>
#include <cstdio>
#include <vector>

int main()
{
	int n;
	double sum = 0, term;

	if (std::scanf("%d", &n) != 1)
		return 1;
	while (std::scanf("%lf", &term) == 1) {
		std::vector<double> row(static_cast<size_t>(std::fabs(term)), 1);
		sum += term > 0 ? row.size() : -static_cast<double>(row.size());
		sum += std::fmod(term, 1);
	}
	std::printf("%.15g\n", sum);
}
