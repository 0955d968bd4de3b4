// Takes equal numbers for a wrong order.
#include <cstdio>
#include <vector>

int main()
{
	int n;
	long long pairs = 0;

	if (std::scanf("%d", &n) != 1)
		return 1;
	std::vector<int> row(n);
	for (int i = 0; i < n; i++) {
		if (std::scanf("%d", &row[i]) != 1)
			return 1;
		for (int k = 0; k < i; k++)
			pairs += row[k] >= row[i];
	}
	std::printf("%lld\n", pairs);
}
