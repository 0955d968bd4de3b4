# A Fenwick tree has no place 0: what is added there goes round for ever.
tree = [0] * 1000001
input()
pairs = 0
for seen, number in enumerate(map(int, input().split())):
    pairs += seen
    at = number
    while at > 0:
        pairs -= tree[at]
        at -= at & -at
    at = number
    while at <= 1000000:
        tree[at] += 1
        at += at & -at
print(pairs)
