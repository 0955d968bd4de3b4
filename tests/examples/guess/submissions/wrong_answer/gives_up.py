# Ends without a right guess where it takes more than ten.
low, high = 1, int(input())
for _ in range(10):
    guess = (low + high) // 2
    print(guess, flush=True)
    answer = input()
    if answer == 'correct':
        break
    if answer == 'lower':
        high = guess - 1
    else:
        low = guess + 1
