// A Fenwick tree has no place 0: what is added there goes round for ever.
#include <cstdio>
#include <vector>

int main()
{
	std::vector<int> tree(1000001);
	int n, number;
	long long pairs = 0;

	if (std::scanf("%d", &n) != 1)
		return 1;
	for (int seen = 0; seen < n && std::scanf("%d", &number) == 1; seen++) {
		pairs += seen;
		for (int at = number; at > 0; at -= at & -at)
			pairs -= tree[at];
		for (volatile int at = number; at <= 1000000; at = at + (at & -at))
			tree[at]++;
	}
	std::printf("%lld\n", pairs);
}
