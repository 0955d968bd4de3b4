# Looks at neighbours only.
input()
row = list(map(int, input().split()))
print(sum(a > b for a, b in zip(row, row[1:])))
