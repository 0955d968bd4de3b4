# @EXPECTED_RESULTS@: COMPILER-ERROR
input()
total = 0
for term in map(float, input().split())
    total += term
print(total)
