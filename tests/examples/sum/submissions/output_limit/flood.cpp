// Prints the sum so far for as long as it has not read all terms; it never notices the end.
// @EXPECTED_RESULTS@: OUTPUT-LIMIT
#include <cstdio>

int main()
{
	int n;
	double sum = 0, term;

	if (std::scanf("%d", &n) != 1)
		return 1;
	for (int i = 0; i < n;) {
		if (std::scanf("%lf", &term) == 1)
			sum += term;
		std::printf("%.15g\n", sum);
	}
}
