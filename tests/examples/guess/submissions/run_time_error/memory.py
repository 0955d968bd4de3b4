# A list of all that it can be.
numbers = [0] * int(input())
low, high = 1, len(numbers)
answer = ''
while answer != 'correct':
    guess = (low + high) // 2
    print(guess, flush=True)
    answer = input()
    if answer == 'lower':
        high = guess - 1
    else:
        low = guess + 1
