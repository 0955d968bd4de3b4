# Adds whole numbers by counting up, one by one.
input()
total = 0
for term in map(float, input().split()):
    for _ in range(abs(int(term))):
        total += 1 if term > 0 else -1
    total += term - int(term)
print(int(total) if total == int(total) else total)
