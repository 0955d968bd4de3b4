# Its binary digits as letters.
task, word = input().split()
if task == 'encode':
    print(f'{int(word):b}'.translate({ord('0'): 'a', ord('1'): 'b'}))
else:
    print(int(word.translate({ord('a'): '0', ord('b'): '1'}), 2))
