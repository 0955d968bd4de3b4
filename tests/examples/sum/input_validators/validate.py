#!/usr/bin/env python3
import re
import sys

lines = sys.stdin.read().split('\n')
ok = len(lines) == 3 and lines[2] == '' and re.fullmatch('[1-9][0-9]*', lines[0]) and 1 <= int(lines[0]) <= 500
terms = lines[1].split(' ') if ok else []
ok = ok and len(terms) == int(lines[0])
ok = ok and all(re.fullmatch(r'-?(0|[1-9][0-9]*)(\.[0-9]+)?', t) and abs(float(t)) < 1e9 for t in terms)
sys.exit(42 if ok else 43)
