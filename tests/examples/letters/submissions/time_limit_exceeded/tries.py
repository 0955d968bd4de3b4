# Tries which number the word was made of, in its second run.
def encode(number):
    return f'{number:b}'.translate({ord('0'): 'a', ord('1'): 'b'})


task, word = input().split()
if task == 'encode':
    print(encode(int(word)))
else:
    number = 1
    while encode(number) != word:
        number += 1
    print(number)
