# Goes one call deeper for each divisor that it tries.
def is_prime(number, i=2):
    return number >= 2 and (i * i > number or (number % i != 0 and is_prime(number, i + 1)))


n = int(input())
p = 2
while not is_prime(p) or not is_prime(n - p):
    p += 1
print(p, n - p)
