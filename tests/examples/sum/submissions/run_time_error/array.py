# Has no room for more than a hundred terms.
n = int(input())
terms = [0] * 100
for i, term in enumerate(input().split()):
    terms[i] = float(term)
total = sum(terms)
print(int(total) if total == int(total) else total)
