# 30 points: looks at each pair, which takes too long once the rows are long.
input()
row = list(map(int, input().split()))
print(sum(row[k] > row[i] for i in range(len(row)) for k in range(i)))
