#!/usr/bin/env python3
import re
import sys

text = sys.stdin.read()
ok = re.fullmatch(r'[1-9][0-9]*\n', text) and 4 <= int(text) <= 10**12 and int(text) % 2 == 0
sys.exit(42 if ok else 43)
