# Takes 1 for a prime.
def is_prime(number):
    return all(number % i != 0 for i in range(2, int(number**0.5) + 1))


n = int(input())
p = 1
while not is_prime(p) or not is_prime(n - p):
    p += 1
print(p, n - p)
