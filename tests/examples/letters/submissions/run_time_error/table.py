# A table of all words up to that of the second run, which takes too much memory.
task, word = input().split()
if task == 'encode':
    print(f'{int(word):b}'.translate({ord('0'): 'a', ord('1'): 'b'}))
else:
    numbers = [0] * 2 ** len(word)
    for i in range(len(numbers)):
        numbers[i] = i
    print(numbers[int(word.translate({ord('a'): '0', ord('b'): '1'}), 2)])
