# The pair with the least prime, which comes last here, on a line of its own.
def is_prime(number):
    i = 2
    while i * i <= number:
        if number % i == 0:
            return False
        i += 1 if i == 2 else 2
    return number >= 2


n = int(input())
p = 2
while not is_prime(p) or not is_prime(n - p):
    p += 1
print(n - p)
print(p)
