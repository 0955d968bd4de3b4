# @EXPECTED_RESULTS@: COMPILER-ERROR
task, word = input().split()
if task == 'encode':
    print('a')
else if task == 'decode':
    print(1)
