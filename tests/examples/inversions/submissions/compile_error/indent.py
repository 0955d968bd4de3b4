# @EXPECTED_RESULTS@: COMPILER-ERROR
input()
row = list(map(int, input().split()))
pairs = 0
for i in range(len(row)):
for k in range(i):
    pairs += row[k] > row[i]
print(pairs)
