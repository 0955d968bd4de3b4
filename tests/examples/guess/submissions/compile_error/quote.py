# @EXPECTED_RESULTS@: COMPILER-ERROR
n = int(input())
print(n // 2, flush=True)
if input() == 'correct:
    print('done')
