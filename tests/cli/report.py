#!/usr/bin/python3
"""report.py FILE [CHECK...]: looks into a report of `sbx run --format json`.

A CHECK is PATH=VALUE, PATH!=VALUE, PATH>=NUMBER, PATH<=NUMBER, or a bare PATH, which prints the value.
PATH is keys with dots between them; true, false and null are written so. Fails if a check does not hold.
"""
import json
import re
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()
report = json.loads(text)
if text.count("\n") != 1 or not text.endswith("\n"):
    sys.exit("the report is not one line")
failed = []
for check in sys.argv[2:]:
    path, how, wanted = re.fullmatch(r"([\w.-]+)(?:(!=|>=|<=|=)(.*))?", check, re.S).groups()
    value = report
    for key in path.split("."):
        value = value[key]
    shown = value if isinstance(value, str) else json.dumps(value)
    if how is None:
        print(shown)
    elif how in ("=", "!="):
        if (shown == wanted) != (how == "="):
            failed.append(f"{check}, but it is {shown}")
    elif not isinstance(value, int) or (value < int(wanted) if how == ">=" else value > int(wanted)):
        failed.append(f"{check}, but it is {shown}")
if failed:
    sys.exit("\n".join(failed) + "\n" + text)
