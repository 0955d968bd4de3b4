// Its Fenwick tree is too small for the greatest numbers, and has no place 0.
#include <cstdio>
#include <vector>

int main()
{
	std::vector<int> tree(900000);
	int n, number;
	long long pairs = 0;

	if (std::scanf("%d", &n) != 1)
		return 1;
	for (int seen = 0; seen < n && std::scanf("%d", &number) == 1; seen++) {
		pairs += seen;
		for (int at = number; at > 0; at -= at & -at)
			pairs -= tree.at(at);
		for (int at = number; at < 900000; at += at & -at)
			tree.at(at > 0 ? at : -1)++;
	}
	std::printf("%lld\n", pairs);
}
