"""validate.py INPUT ANSWER FEEDBACK_DIR: talks to the submission, and ends with 42 if it guessed the number, else 43."""
import re
import sys

GUESSES = 50


def wrong(what):
    with open(sys.argv[3] + 'judgemessage.txt', 'w') as message:
        print(what, file=message)
    sys.exit(43)


def say(what):
    try:
        print(what, flush=True)
    except BrokenPipeError:
        sys.stdout = None  # or Python fails over it once more at its end
        wrong('it does not listen any more')


with open(sys.argv[1]) as given:
    n, number = map(int, given.read().split())
say(n)
for _ in range(GUESSES):
    line = sys.stdin.readline(100)
    if line == '':
        wrong('it ended without a right guess')
    if not re.fullmatch('[0-9]{1,13}\n', line):
        wrong(f'{line!r} is no guess')
    guess = int(line)
    if guess == number:
        break
    say('lower' if number < guess else 'higher')
else:
    wrong(f'{GUESSES} guesses were not enough')
say('correct')
if sys.stdin.readline(100) != '':
    wrong('it went on after the right guess')
sys.exit(42)
