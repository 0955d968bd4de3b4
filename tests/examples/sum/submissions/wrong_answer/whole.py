# Does not see that numbers need not be whole.
input()
print(sum(int(float(term)) for term in input().split()))
