# Keeps what has been seen in order.
from bisect import bisect_right

input()
seen = []
pairs = 0
for number in map(int, input().split()):
    at = bisect_right(seen, number)
    pairs += len(seen) - at
    seen.insert(at, number)
print(pairs)
