# Finds the middle by walking to it from both ends.
low, high = 1, int(input())
answer = ''
while answer != 'correct':
    guess, right = low, high
    while guess < right:
        guess += 1
        right -= 1
    print(guess, flush=True)
    answer = input()
    if answer == 'lower':
        high = guess - 1
    else:
        low = guess + 1
