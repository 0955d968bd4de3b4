input()
total = sum(map(float, input().split()))
print(int(total) if total == int(total) else total)
