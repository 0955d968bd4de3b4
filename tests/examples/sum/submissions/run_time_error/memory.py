# Adds numbers by laying out a row of ones as long as each, and measuring it.
input()
total = 0
for term in map(float, input().split()):
    row = [1] * abs(int(term))
    total += len(row) if term > 0 else -len(row)
    total += term - int(term)
print(int(total) if total == int(total) else total)
