// @EXPECTED_RESULTS@: COMPILER-ERROR
#include <cstdio>

int main()
{
	int n;

	if (std::scanf("%d", &n) != 1) {
		return 1;
	std::printf("%d\n", n * (n - 1) / 2);
}
