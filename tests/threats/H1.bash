# Hundreds of command lines that are wrong in one place, made up by rules: each ends with 2 and one line, and nothing is
# run, no report touched.
echo old >"$T/report"
cat >"$T/fuzz.py" <<-'END'
	import os, random, re, subprocess, sys
	sbx, box, report, count = sys.argv[1:5]
	random.seed(4711)
	duration = re.compile(r"(\d+(\.\d+)?(ms|s|m)?|\d+us|unlimited)")
	size = re.compile(r"(\d+(\.\d+)?[KMGTkmgt]|\d+[Bb]?|unlimited)")
	number = re.compile(r"(\d+|unlimited)")
	rules = {"time": duration, "wall": duration, "mem": size, "stack": size, "fsize": size, "output": size, "tmp": size,
	         "pids": number, "open-files": number, "cpus": re.compile(r"\d+(\.\d+)?|unlimited")}
	fixed = ["", " ", "0", "00", "0.0", "0s", "-1", "+1", "-0", "nan", "NaN", "-nan", "inf", "-inf", "Infinity", "1e3", "0x10", "0b1", "1_000",
	         "18446744073709551616", "18446744073709551615", "9223372036854775808", "-9223372036854775809", "340282366920938463463374607431768211456",
	         "9" * 400, "1" + "0" * 4000, "Unlimited", "UNLIMITED", "unlimited ", " unlimited", "unlimite", "none", "null", "true", "1 2", "1,5", "1.",
	         ".5", "1..5", "1.5.5", "\u0661", "\uff11", "1\u00a0", "\t1", "1\n", "1\r", "1\v", "--", "-", "%s", "$(id)", "`id`", "1;id", "1'", "\x7f"]
	letters = "0123456789+-.,eExXnaifNKMGTPBkmsu \t\n_%"
	def line(args, what):
	    global tried
	    tried += 1
	    done = subprocess.run([os.fsencode(a) for a in [sbx, *args]], capture_output=True, cwd=box)
	    lines = done.stderr.count(b"\n")
	    if done.returncode != 2 or lines != 1 or not done.stderr.startswith(b"sbx: ") or done.stdout or len(done.stderr) > 1000 \
	            or re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", done.stderr):
	        sys.exit(f"{what!a:.300}: exit {done.returncode}, {done.stderr!r:.300}, {done.stdout!r:.100}")
	    if open(report).read() != "old\n":
	        sys.exit(f"{what!a:.300}: the report was touched")
	def run(*options):
	    line(["run", "--report", report, "--box", box, *options, "--", "/bin/echo", "ran"], options)
	tried = 0
	values = [(o, v) for o in rules for v in fixed if not (o == "tmp" and v == "1,5")]
	while len(values) < 1500:
	    option = random.choice(list(rules))
	    value = "".join(random.choice(letters) for _ in range(random.randint(1, 8)))
	    if rules[option].fullmatch(value) or option == "tmp" and "," in value:
	        continue
	    values.append((option, value))
	random.shuffle(values)
	for option, value in values[:int(count)]:
	    run("--" + option, value)
	    run(f"--{option}={value}")
	for option in ("time", "wall", "mem", "stack", "fsize", "output", "tmp", "pids", "open-files", "cpus", "pin", "box-mode", "chdir", "net",
	               "seccomp", "stdin", "stdout", "format"):
	    good = {"pin": "0", "box-mode": "ro", "chdir": "/box", "net": "none", "seccomp": "default", "stdin": "/dev/null", "stdout": "/dev/null",
	            "format": "json"}.get(option, "1")
	    run("--" + option, good, "--" + option, good)
	    run(f"--{option}={good}", "--" + option, good)
	    run("--" + option[:-1], good)
	    run("--" + option.upper(), good)
	    run(f"--{option}=")
	    run("--" + option, "")
	    # a mebibyte in pieces as long as the kernel takes
	    run("--" + option, "9" * 131000, *["--" + "x" * 131000] * 7)
	    line(["run", "--report", report, "--" + option], option)
	for flag in ("no-aslr", "clear-env", "dry-run", "debug", "passthrough", "stderr-to-stdout"):
	    run("--" + flag, "--" + flag)
	    run(f"--{flag}=1")
	for bad in ("---", "--=", "--=1", "-x", "-tx", "-t", "--no-time", "--no-seccomp", "--root", "--privileged", "--\n", "--\x1b[31m", "-\u00e9"):
	    run(bad, "0")
	for command in (["judge"], ["check"], ["setup"], ["policy"], ["languages"], []):
	    for bad in ("--frobnicate", "--report=", "--time", "-\x1b", "--" + "x" * 100000):
	        line([*command, bad], (command, bad))
	line(["judge", "--tests", box, "--time", "0", "x.c"], "judge")
	line(["judge", "--tests", box, "--mem", "-1", "x.c"], "judge")
	line(["judge", "--tests", box, "--slots", "18446744073709551617", "x.c"], "judge")
	line(["judge", "--tests", box, "--tests", box, "x.c"], "judge")
	line(["frobnicate"], "command")
	line([""], "command")
	print(tried, "command lines")
END
python3 -IS "$T/fuzz.py" "$SBX" "$BOX" "$T/report" "$(rounds 600 | wc -l)"
rm "$T/report"
# what is right is still taken
box --time 1.5s --mem 64m --pids 7 --output unlimited -- ./die exit 7
verdict RE exit exit_code=7 limits.time.value=1500000 limits.memory.value=67108864 limits.pids.value=7 limits.output.value=null
