#!/usr/bin/env python3
import re
import sys

match = re.fullmatch(r'encode ([1-9][0-9]*)\n', sys.stdin.read())
sys.exit(42 if match and int(match[1]) <= 10**12 else 43)
