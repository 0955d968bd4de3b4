# Looks for divisors up to the number itself.
def is_prime(number):
    return number >= 2 and all(number % i != 0 for i in range(2, number))


n = int(input())
p = 2
while not is_prime(p) or not is_prime(n - p):
    p += 1
print(p, n - p)
