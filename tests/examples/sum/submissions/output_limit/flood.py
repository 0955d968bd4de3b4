# Prints the sum so far for as long as it has not read all terms; it never notices the end.
# @EXPECTED_RESULTS@: OUTPUT-LIMIT
n = int(input())
terms = iter(map(float, input().split()))
total = 0
while n > 0:
    total += next(terms, 0)
    print(total)
