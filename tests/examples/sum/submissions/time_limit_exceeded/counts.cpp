// Adds numbers by counting up, in steps that a double holds exactly.
#include <cmath>
#include <cstdio>

int main()
{
	const double step = 1.0 / 128;
	int n;
	double sum = 0, term;

	if (std::scanf("%d", &n) != 1)
		return 1;
	while (std::scanf("%lf", &term) == 1) {
		volatile double at = 0;
		while (at + step <= std::fabs(term))
			at = at + step;
		sum += term > 0 ? at : -at;
		sum += term > 0 ? term - at : term + at;
	}
	std::printf("%.15g\n", sum);
}
