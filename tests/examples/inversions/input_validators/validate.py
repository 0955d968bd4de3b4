#!/usr/bin/env python3
"""Called with the longest row that the group allows."""
import re
import sys

most = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
lines = sys.stdin.read().split('\n')
number = '0|[1-9][0-9]*'
ok = len(lines) == 3 and lines[2] == '' and re.fullmatch('[1-9][0-9]*', lines[0]) and int(lines[0]) <= most
row = lines[1].split(' ') if ok else []
ok = ok and len(row) == int(lines[0]) and all(re.fullmatch(number, n) and int(n) <= 10**6 for n in row)
sys.exit(42 if ok else 43)
