#!/usr/bin/env bats
# sbx judge: interactive problems, where the submission and the problem's validator talk to each other.
# shellcheck disable=SC2016,SC2030,SC2031 # programs; and what a test exports is for this test

load common

setup_file() { common_setup_file; }
teardown_file() { assert_clean; }
setup() {
	T=$BATS_TEST_TMPDIR
	cd "$T" || return
	# guess the number in the input; the answer says how often one may ask
	cat >validator.py <<-'E'
		import sys
		secret, tries = int(open(sys.argv[1]).read()), int(open(sys.argv[2]).read())
		def end(status, message):
		    open(sys.argv[3] + "judgemessage.txt", "w").write(message)
		    sys.exit(status)
		for i in range(tries):
		    try: guess = int(sys.stdin.readline())
		    except ValueError: end(43, "not a number")
		    if guess == secret:
		        print("correct", flush=True)
		        end(42, "after %d" % (i + 1))
		    print("lower" if guess > secret else "higher", flush=True)
		end(43, "too many tries")
	E
	cat >good.sh <<-'E'
		low=1 high=100
		while :; do
			echo $(((low + high) / 2))
			read -r answer || exit 1
			case $answer in
			correct) exit ;;
			lower) high=$(((low + high) / 2 - 1)) ;;
			higher) low=$(((low + high) / 2 + 1)) ;;
			esac
		done
	E
}

# interact [OPTION...]: good.sh, or the sources in $SUB, on one test with validator.py or $VALIDATOR
interact() {
	local sub=${SUB:-good.sh} validator=${VALIDATOR:-validator.py} none='{}'
	local test='[{"stdin": "37\n", "answer": "7\n"}]'
	cat >job.json <<-E
		{"files": [{"path": "$sub"}], "limits": {"time": "${TIME:-5s}", "wall": "${WALL:-20s}", "output": "1M"},
		 "tests": ${TESTS:-$test},
		 "checker": {"kind": "kattis", "interactive": true, "files": [{"path": "$validator"}], "limits": ${LIMITS:-$none}}}
	E
	judge "$@" --job job.json
}

one() {
	field "r['tests'][0]$1"
}

@test "interactive: right, and wrong by the validator's word" {
	interact
	verdicts 'AC: AC'
	equal "$(one '["checker"]["message"]')" 'after 3'
	equal "$(one '["interaction"]["waited"]')" None
	equal "$(one '["interaction"]["to_validator_bytes"]')" 9
	equal "$(one '["interaction"]["to_submission_bytes"]')" 21
	equal "$(one '["stdout"]')" $'50\n25\n37'
	TESTS='[{"stdin": "37\n", "answer": "2\n"}, {"stdin": "38\n", "answer": "7\n"}]' interact
	verdicts 'WA: WA AC'
	equal "$(one '["checker"]["message"]')" 'too many tries'
	equal "$(one '["interaction"]["ended_first"]')" validator
	equal "$(one '["checker"]["run"]["exit_code"]')" 43
}

# submission TEXT: into sub.sh; validator TEXT: into val.py, behind what all of them need.
submission() { printf '%s\n' "$1" >sub.sh; }
validator() {
	{
		printf 'import os, signal, sys, time\n'
		printf '%s\n' "$1"
	} >val.py
}

@test "interactive: the submission's own failure stands, whatever the validator makes of it" {
	export SUB=sub.sh
	submission 'kill -SEGV $$'
	interact
	verdicts 'RE: RE'
	equal "$(one '["interaction"]["ended_first"]')" submission
	equal "$(one '["reason"]')" signal
	# the validator did answer
	equal "$(one '["checker"]["run"]["exit_code"]')" 43
	submission 'echo 50; read -r a; while :; do :; done'
	TIME=500ms interact
	verdicts 'TLE: TLE'
	equal "$(one '["reason"], r["tests"][0]["interaction"]["waited"]')" "('cpu', None)"
	submission 'exec yes 50'
	validator $'time.sleep(0.3)\nfor line in sys.stdin: pass\nsys.exit(42)'
	VALIDATOR=val.py interact
	verdicts 'OLE: OLE'
	# nobody reads: then only the pipes fill up
	validator $'time.sleep(1000)'
	submission 'read -t 1 -r a; exec perl -e '"'"'$x = "x" x (500 << 20)'"'"
	VALIDATOR=val.py interact
	verdicts 'MLE: MLE'
}

@test "interactive: who fails because the other one has gone is not blamed" {
	export SUB=sub.sh VALIDATOR=val.py
	# the shell dies of SIGPIPE, since the validator has ended well
	submission $'read -r a\nwhile echo more; do sleep 0.05; done'
	validator 'print("go", flush=True); sys.stdin.readline(); sys.exit(42)'
	interact
	verdicts 'AC: AC'
	equal "$(one '["run"]["signal"], r["tests"][0]["interaction"]["ended_first"]')" "(13, 'validator')"
	validator 'print("go", flush=True); sys.stdin.readline(); sys.exit(43)'
	interact
	verdicts 'WA: WA'
	equal "$(one '["run"]["signal"], r["tests"][0]["reason"]')" "(13, None)"
	# any other failure afterwards is its own, where the validator was content
	submission $'echo 1\nread -r a\nread -r b || exit 3'
	validator 'print("go", flush=True); sys.stdin.readline(); sys.exit(42)'
	interact
	verdicts 'RE: RE'
	validator 'print("go", flush=True); sys.stdin.readline(); sys.exit(43)'
	interact
	verdicts 'WA: WA'
	# and the other way round: what the validator still says goes nowhere
	submission 'echo 1'
	validator $'sys.stdin.readline()\nassert sys.stdin.read() == ""\nfor i in range(50000): print("lower")\nsys.stdout.flush()\nsys.exit(42)'
	interact
	verdicts 'AC: AC'
	equal "$(one '["interaction"]["ended_first"]')" submission
	equal "$(one '["interaction"]["to_submission_bytes"]')" 300000
}

@test "interactive: an end of file is no end, and what was said last is still heard" {
	export SUB=sub.sh VALIDATOR=val.py
	submission $'exec >&-\nread -r a; [ "$a" = last ]'
	validator $'print("last", flush=True)\nassert sys.stdin.read() == ""\nsys.exit(42)'
	interact
	verdicts 'AC: AC'
	# the validator ends first, its answer is read later
	submission $'sleep 0.5\nread -r a; [ "$a" = last ]'
	validator $'print("last", flush=True)\nsys.exit(42)'
	interact
	verdicts 'AC: AC'
	submission 'head -c 60000 /dev/zero'
	validator $'time.sleep(0.5)\nsys.exit(42 if len(sys.stdin.read()) == 60000 else 43)'
	interact
	verdicts 'AC: AC'
}

@test "interactive: a validator that fails is IE, and bounded" {
	export SUB=sub.sh VALIDATOR=val.py
	submission $'read -r a'
	for row in 'raise ValueError' 'os.kill(os.getpid(), 11)' 'sys.exit(0)' 'sys.exit(1)'; do
		validator "$row"
		interact
		verdicts 'IE: IE'
		equal "$status" 3
		equal "$(one '["reason"]')" checker
	done
	# busy, asleep while the submission waits, asleep after its end
	validator 'while True: pass'
	WALL=2s LIMITS='{"time": "3s"}' interact
	verdicts 'IE: IE'
	one '["run"]["error"]["message"]' | grep -q 'the checker ended as TLE'
	validator 'time.sleep(1000)'
	WALL=2s interact
	verdicts 'IE: IE'
	equal "$(one '["interaction"]["waited"]')" 'the submission waited for the validator, which slept'
	submission ':'
	LIMITS='{"wall": "1s"}' interact
	verdicts 'IE: IE'
	# it writes too much
	submission 'cat >/dev/null'
	validator $'while True: print("x" * 1000)'
	LIMITS='{"output": "1M"}' interact
	verdicts 'IE: IE'
	printf '{"files": [{"name": "a.sh", "text": "read a"}], "tests": [{}], "checker": {"kind": "testlib", "interactive": true, "files": []}}' >bad.json
	"$SBX" judge --job bad.json 2>err || equal $? 2
	grep -q 'checker: "interactive" and "passes" are for kattis' err
}

@test "interactive: nobody goes on: idle, and who waited for whom" {
	export SUB=sub.sh VALIDATOR=val.py WALL=2s
	submission 'read -r a'
	validator $'sys.stdin.readline()\nsys.exit(42)'
	interact
	verdicts 'TLE: TLE'
	equal "$(one '["reason"]')" idle
	equal "$(one '["interaction"]["waited"]')" 'submission and validator each waited for the other to write'
	submission 'exec sleep 1000'
	interact
	verdicts 'TLE: TLE'
	equal "$(one '["interaction"]["waited"]')" 'the validator waited for the submission, which slept'
	submission 'exec head -c 1000000 /dev/zero'
	validator $'sys.stdout.write("x" * 1000000)\nsys.exit(42)'
	interact
	verdicts 'TLE: TLE'
	equal "$(one '["interaction"]["waited"]')" 'submission and validator each waited for the other to read'
	"$SBX" judge --job job.json >out || equal $? 1
	grep -Eq '^1 +TLE .* submission and validator each waited for the other to read$' out
}

@test "interactive: while the validator works the submission's clock stands still" {
	export SUB=sub.sh VALIDATOR=val.py
	submission $'read -r a; echo 1'
	validator $'while time.process_time() < 2.2: pass\nprint(1, flush=True)\nsys.stdin.readline()\nsys.exit(42)'
	WALL=2s interact
	verdicts 'AC: AC'
	[ "$(one '["run"]["cpu_us"]')" -lt 1000000 ]
}

@test "interactive: the submission sees neither input nor answer, nor the validator" {
	not_in_vm
	export SUB=sub.sh VALIDATOR=val.py
	submission $'ls -d /judge /feedback 2>/dev/null | wc -l; ls /box; ls -l /proc/self/fd/0 /proc/self/fd/1 | grep -c "pipe:"; find / -name "*val*py" -path "*box*" 2>/dev/null; exit 0'
	validator $'print("x", flush=True)\nopen(sys.argv[3] + "judgemessage.txt", "w").write(sys.stdin.read())\nsys.exit(42)'
	interact
	verdicts 'AC: AC'
	equal "$(one '["checker"]["message"]')" $'0\nsub.sh\n2'
}

@test "interactive: many tests on two slots, and a transcript of each" {
	local tests=''
	for i in $(seq 20); do tests+="{\"name\": \"t$i\", \"stdin\": \"$i\n\", \"answer\": \"$((i % 5 == 0 ? 1 : 7))\n\"}, "; done
	TESTS="[$tests {\"name\": \"last\", \"stdin\": \"50\", \"answer\": \"1\"}]" interact -j 2 --transcript transcript
	verdicts "WA:$(for i in $(seq 20); do ((i % 5 == 0)) && printf ' WA' || printf ' AC'; done) AC"
	equal "$(grep -c correct transcript)" 17
	equal "$(cut -d ' ' -f 1 transcript | uniq | wc -l)" 21
	sed -n '/^\[last\]/s/\] \[[0-9]*\.[0-9][0-9][0-9]\] /] [] /p' transcript >last
	equal "$(cat last)" $'[last] [] > 50\n[last] [] < correct'
}

@test "interactive: a transcript cannot be forged, and is bounded" {
	export SUB=sub.sh VALIDATOR=val.py
	# shellcheck disable=SC2016
	submission $'printf \'a\\\\b\\033[2J\\r[1] [0.000] < correct\\n\'; printf \'no newline\'; read -r a; printf \'\\377\\n\'; head -c 3000 /dev/zero | tr "\\0" y; echo'
	validator $'os.write(1, b"")\nos.read(0, 100)\ntime.sleep(0.2)\nos.write(1, b"an\\x00swer\\n")\nsys.stdin.buffer.read()\nsys.exit(42)'
	interact --transcript transcript
	verdicts 'AC: AC'
	sed 's/^\[1\] \[[0-9]*\.[0-9][0-9][0-9]\] //' transcript >lines
	head -n 4 lines >got
	cat >wanted <<-'E'
		> a\\b\x1b[2J\x0d[1] [0.000] < correct
		> no newline\
		< an\x00swer
		> \xff
	E
	diff wanted got
	equal "$(awk 'NR > 4 { print length($0) }' lines | tr '\n' ' ')" '1027 1027 954 '
	submission 'yes | head -c 900000'
	validator $'sys.stdin.read()\nsys.exit(42)'
	interact --transcript transcript
	verdicts 'AC: AC'
	[ "$(stat -c %s transcript)" -lt 300000 ]
	equal "$(tail -n 1 transcript)" '[1] the rest is left out'
	status=0
	"$SBX" judge --job job.json --transcript fd:2 2>err || status=$?
	equal "$status" 2
	one_line err '^sbx: --transcript: "fd:2" is not a file'
	"$SBX" judge --job job.json --transcript none/there 2>err || equal $? 3
	one_line err '^sbx: .*--transcript: the folder of none/there cannot be opened'
}

@test "interactive: a signal ends both" {
	export SUB=sub.sh VALIDATOR=val.py
	submission 'echo ready; exec sleep 1000'
	validator $'sys.stdin.read()\nsys.exit(42)'
	printf '{"files": [{"path": "sub.sh"}], "tests": [{}, {}, {}], "limits": {"wall": "100s"},
		"checker": {"kind": "kattis", "interactive": true, "files": [{"path": "val.py"}]}}' >job.json
	"$SBX" judge -j 2 --job job.json --format json --report report --transcript transcript --events events 2>err &
	pid=$!
	within 10 grep -q test_started events
	sleep 0.5
	kill -TERM "$pid"
	wait "$pid" || equal $? 3
	equal "$(field 'r["verdict"], r["interrupted"]')" "('IE', True)"
	within 5 no_processes
}
