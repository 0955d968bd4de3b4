// Counts while it merges.
#include <algorithm>
#include <cstdio>
#include <vector>

static long long count(std::vector<int> &row, std::vector<int> &room, int begin, int end)
{
	if (end - begin < 2)
		return 0;
	int middle = (begin + end) / 2, right = middle, at = begin;
	long long n = count(row, room, begin, middle) + count(row, room, middle, end);

	for (int left = begin; left < middle; left++) {
		while (right < end && row[right] < row[left])
			room[at++] = row[right++];
		n += right - middle;
		room[at++] = row[left];
	}
	std::copy(room.begin() + begin, room.begin() + at, row.begin() + begin);
	return n;
}

int main()
{
	int n;

	if (std::scanf("%d", &n) != 1)
		return 1;
	std::vector<int> row(n), room(n);
	for (int &number : row)
		if (std::scanf("%d", &number) != 1)
			return 1;
	std::printf("%lld\n", count(row, room, 0, n));
}
