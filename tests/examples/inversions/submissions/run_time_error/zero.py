# Keeps what has been seen in falling order by way of one over it, and there is no one over zero.
from bisect import bisect_left

input()
seen = []
pairs = 0
for number in map(int, input().split()):
    at = bisect_left(seen, 1 / number)
    pairs += at
    seen.insert(at, 1 / number)
print(pairs)
