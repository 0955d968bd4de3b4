// @EXPECTED_RESULTS@: COMPILER-ERROR
#include <cstdio>

int main()
{
	while (std::scanf("%lf", &term) == 1)
		sum += term;
	std::printf("%.15g\n", sum);
}
