#!/usr/bin/env bats
# sbx judge: multi-pass problems, in which the validator makes the input of the next run; and packages of both kinds.
# shellcheck disable=SC2016 # programs

load common
load package

setup() {
	T=$BATS_TEST_TMPDIR
	cd "$T" || return
	# a number and how many passes there are; each pass has to print the number doubled, which is the next one's input
	cat >validator.py <<-'E'
		import os, sys
		given, answer, feedback = sys.argv[1:4]
		number, left = map(int, open(given).read().split())
		log = open(feedback + "judgemessage.txt", "a+")
		if os.path.exists(feedback + "nextpass.in"): sys.exit(1)
		got = sys.stdin.read().split()
		log.write("%d->%s " % (number, " ".join(got)))
		log.close()
		if got != [str(2 * number)]: sys.exit(43)
		if left > 1: open(feedback + "nextpass.in", "w").write("%d %d\n" % (2 * number, left - 1))
		sys.exit(42)
	E
	echo 'read -r n left; echo $((2 * n))' >good.sh
}

# passes TESTS [OPTION...]: good.sh or $SUB on these tests, by validator.py or $VALIDATOR
passes() {
	cat >job.json <<-E
		{"files": [{"path": "${SUB:-good.sh}"}], "limits": {"time": "5s", "wall": "20s"}, "tests": $1,
		 "checker": {"kind": "kattis", "passes": 3, "files": [{"path": "${VALIDATOR:-validator.py}"}]}}
	E
	judge "${@:2}" --job job.json
}

one() {
	field "r['tests'][0]$1"
}

@test "multi-pass: each run has the input that the validator made, whose folder is kept" {
	passes '[{"stdin": "5 3"}, {"stdin": "1 1"}, {"stdin": "7 2"}]' -j 2
	verdicts 'AC: AC AC AC'
	equal "$(field '[t["passes"] for t in r["tests"]]')" '[3, 1, 2]'
	equal "$(field '[t["checker"]["message"] for t in r["tests"]]')" "['5->10 10->20 20->40 ', '1->2 ', '7->14 14->28 ']"
	equal "$(field '[t["stdout"] for t in r["tests"]]')" "['40\\n', '2\\n', '28\\n']"
}

@test "multi-pass: a run that fails is the last one" {
	export SUB=sub.sh
	echo 'read -r n left; [ $n != 10 ] || exit 3; echo $((n == 14 ? 0 : 2 * n))' >sub.sh
	passes '[{"stdin": "5 3"}, {"stdin": "7 3"}, {"stdin": "1 3"}]'
	verdicts 'RE: RE WA AC'
	equal "$(field '[t["passes"] for t in r["tests"]]')" '[2, 2, 3]'
	equal "$(one '["checker"]')" None
	# it keeps nothing for itself
	echo 'read -r n left; [ ! -e /tmp/kept ] || exit 1; echo x >/tmp/kept; { echo x >/box/kept; } 2>/dev/null && exit 1; echo $((2 * n))' >sub.sh
	passes '[{"stdin": "5 3"}]'
	verdicts 'AC: AC'
}

@test "multi-pass: a validator that breaks the rules is IE" {
	passes '[{"stdin": "5 4"}]'
	verdicts 'IE: IE'
	one '["run"]["error"]["message"]' | grep -q 'the checker wants more than 3 passes'
	export VALIDATOR=val.py
	local row make
	for row in '43 open(next, "w")|made a nextpass.in, but did not accept' \
		'42 os.symlink("/etc/passwd", next)|nextpass.in cannot be used' \
		'42 os.symlink("/proc/self/environ", next)|nextpass.in cannot be used' \
		'42 os.mkdir(next)|nextpass.in cannot be used' \
		'1 open(next, "w")|the checker ended with status 1'; do
		make=${row%%|*}
		printf 'import os, sys\nnext = sys.argv[3] + "nextpass.in"\n%s\nsys.exit(%s)\n' "${make#* }" "${make%% *}" >val.py
		passes '[{"stdin": "5 3"}]'
		verdicts 'IE: IE'
		equal "$(one '["reason"], r["tests"][0]["passes"]')" "('checker', 1)"
		one '["run"]["error"]["message"]' | grep -q "${row##*|}"
	done
	printf '{"files": [{"path": "good.sh"}], "tests": [{}], "checker": {"kind": "kattis", "passes": 0, "files": [{"path": "validator.py"}]}}' >bad.json
	"$SBX" judge --job bad.json 2>err || equal $? 2
	grep -q 'checker.passes: not a whole number above 0' err
}

@test "multi-pass: many tests, and the first failure ends the job" {
	local tests=''
	for i in $(seq 12); do tests+="{\"stdin\": \"$i $((i % 3 + 1))\"}, "; done
	passes "[$tests {\"stdin\": \"0 1\"}]" -j 2
	verdicts "AC:$(printf ' AC%.0s' $(seq 13))"
	equal "$(field '[t["passes"] for t in r["tests"]]')" '[2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 1]'
	echo 'read -r n left; echo $((n == 8 ? 0 : 2 * n))' >sub.sh
	SUB=sub.sh passes "[$tests {\"stdin\": \"0 1\"}]" -j 2 --stop-on-first-failure
	verdicts "WA: AC WA$(printf ' SKIP%.0s' $(seq 11))"
	equal "$(field 'r["tests"][1]["passes"]')" 3
}

@test "packages: multi-pass, interactive, and both" {
	put problem.yaml 'problem_format_version: 2023-07\nuuid: 1\nname: a\ntype: multi-pass\nlimits: {time_limit: 10, validation_passes: 4}'
	mkdir -p p/output_validator
	cp validator.py p/output_validator
	put data/secret/1.in '5 4'
	put data/secret/1.ans
	judge --problem p good.sh
	verdicts 'AC: AC'
	equal "$(one '["passes"]')" 4
	put data/secret/1.in '5 5'
	judge --problem p good.sh
	verdicts 'IE: IE'

	cat >p/output_validator/validator.py <<-'E'
		import os, sys
		n = int(open(sys.argv[1]).read())
		print(n, flush=True)
		if sys.stdin.readline() != "%d\n" % (n + 1): sys.exit(43)
		if len(sys.argv) > 4 and n < 3: open(sys.argv[3] + "nextpass.in", "w").write(str(n + 1))
		sys.exit(42)
	E
	echo 'read -r n; echo $((n + 1))' >talk.sh
	put data/secret/1.in 1
	put problem.yaml 'problem_format_version: 2023-07\nuuid: 1\nname: a\ntype: [interactive, multi-pass]\nlimits: {time_limit: 10, validation_passes: 3}'
	put data/secret/test_group.yaml 'output_validator_args: [go]'
	judge --problem p --transcript transcript talk.sh
	verdicts 'AC: AC'
	equal "$(one '["passes"]')" 3
	equal "$(cut -d ' ' -f 1,3- transcript)" $'[secret/1] < 1\n[secret/1] > 2\n[secret/1] < 2\n[secret/1] > 3\n[secret/1] < 3\n[secret/1] > 4'
	echo 'read -r n; [ "$n" != 2 ] || exit 3; echo $((n + 1))' >crash.sh
	judge --problem p crash.sh
	verdicts 'RE: RE'
	equal "$(one '["passes"]')" 2

	rm -r p
	mkdir p
	put problem.yaml 'validation: custom interactive'
	put .timelimit 10
	put output_validators/check.py 'import sys\nn = int(open(sys.argv[1]).read())\nprint(n, flush=True)\nsys.exit(42 if sys.stdin.readline() == "%d\\n" % (n + 1) else 43)\n'
	put data/secret/1.in 41
	put data/secret/1.ans
	judge --problem p talk.sh
	verdicts 'AC: AC'
	echo 'read -r n; echo $n' >wrong.sh
	judge --problem p wrong.sh
	verdicts 'WA: WA'

	put problem.yaml 'problem_format_version: 2023-07\nuuid: 1\nname: a\ntype: interactive\nlimits: {time_limit: 10}'
	rm -r p/.timelimit p/output_validators
	judge --problem p talk.sh
	equal "$status" 2
	one_line err '^sbx: p/problem.yaml: an interactive or multi-pass problem needs an output validator$'
}

@test "multi-pass and scoring: a score is the last pass's own" {
	put problem.yaml 'problem_format_version: 2023-07\nuuid: 1\nname: a\ntype: [multi-pass, scoring]\nlimits: {time_limit: 10, validation_passes: 2}'
	cat >check.py <<-'E'
		import os, sys
		n, feedback = int(open(sys.argv[1]).read()), sys.argv[3]
		if sys.stdin.read().strip() != str(n): sys.exit(43)
		open(feedback + "score.txt", "w").write(str(n))
		if n == 1: open(feedback + "nextpass.in", "w").write("2")
		sys.exit(42)
	E
	mkdir -p p/output_validator
	cp check.py p/output_validator
	put data/secret/test_group.yaml 'scoring: {score: 5}'
	put data/secret/1.in 1
	put data/secret/1.ans
	echo cat >copy.sh
	judge --problem p copy.sh
	verdicts 'AC: AC'
	equal "$(one '["score"]')" 2.0
	echo 'echo 1' >first.sh
	judge --problem p first.sh
	verdicts 'WA: WA'
}
