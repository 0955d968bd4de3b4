#!/usr/bin/env bats
# sbx judge: a submission on all tests. Most submissions are in Bash, which needs no compiler, so that the VM is through in time.

load common
load tests

judge_tests() {
	judge --tests tests "$@"
}

# What a submission is to do is in its input: one submission, all verdicts.
all_verdicts() {
	cat >all.sh <<-'E'
		read -r what
		case $what in
		echo) cat ;;
		loop) while :; do :; done ;;
		sleep) sleep 100 ;;
		memory) exec perl -e '$x = "x" x (200 << 20)' ;;
		exit) exit 3 ;;
		signal) kill -SEGV $$ ;;
		flood) while echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; do :; done ;;
		esac
	E
}

@test "each verdict, and the exit status" {
	all_verdicts
	testcase 1 $'echo\n1 2\n' $'1 2\n'
	judge_tests all.sh
	verdicts 'AC: AC'
	equal "$status" 0
	testcase 2 $'echo\n1 2\n' $'1 3\n'
	testcase 3 $'loop\n' ''
	testcase 4 $'sleep\n' ''
	testcase 5 $'memory\n' ''
	testcase 6 $'exit\n' ''
	testcase 7 $'signal\n' ''
	testcase 8 $'flood\n' ''
	testcase 9 $'echo\nmore\n'
	testcase 10 $'echo\nDone \n' $'done\n'
	judge_tests -t 6s -w 15s -m 64M --output 100K all.sh
	verdicts 'WA: AC WA TLE TLE MLE RE RE OLE OK AC'
	equal "$status" 1
	equal "$(field 'r["decided_by"]')" 2
	equal "$(field '[t["reason"] for t in r["tests"]][2:8]')" "['cpu', 'wall', 'memory', 'exit', 'signal', 'output']"
	equal "$(field 'r["counts"]')" "{'AC': 2, 'OK': 1, 'WA': 1, 'TLE': 2, 'MLE': 1, 'RE': 2, 'OLE': 1}"
	equal "$(field 'r["tests"][8]["stdout"]')" 'more'
	equal "$(field 'r["tests"][5]["run"]["exit_code"]')" 3
	equal "$(field 'r["schema"], r["language"], r["compile"]["ok"], r["error"]')" "('sbx.judge/1', 'bash', True, None)"
}

@test "the table: a line for each test, and what went wrong" {
	not_in_vm
	all_verdicts
	testcase 1 $'echo\n1 2\n' $'1 2\n'
	testcase 2 $'echo\n1 2\n' $'1 3\n'
	testcase 3 $'exit\n' ''
	"$SBX" judge --tests tests all.sh >out 2>err || equal $? 1
	equal "$(cat err)" ''
	equal "$(wc -l <out)" 5
	grep -Eq '^1 +AC +[0-9.]+ m?s +[0-9.]+ m?s +[0-9.]+ [KM]iB$' out
	grep -Eq '^2 +WA .* line 1, column 3: wanted "3", got "2"$' out
	grep -Eq '^3 +RE .* exit status 3$' out
	equal "$(tail -1 out | cut -d ' ' -f 1-10)" 'sbx: WA    1 of 3 tests passed,'
}

@test "comparing: tokens, exact, case, white space, tolerance, presentation" {
	not_in_vm
	echo 'cat' >cat.sh
	testcase 1 $'Hello  1.0001\n' $'hello 1.0000\n'
	for row in 'WA' 'AC --float-tolerance 1e-3' 'WA --float-tolerance 1e-5' 'AC --float-absolute 0.001' \
		'WA --float-relative 1e-3 --case-sensitive' 'WA --float-tolerance 1 --space-sensitive'; do
		# shellcheck disable=SC2086
		judge_tests ${row#* } cat.sh || true
		[ "$row" != WA ] || judge_tests cat.sh
		verdicts "${row%% *}: ${row%% *}"
	done
	testcase 1 $'a  b\n' $'A b'
	judge_tests cat.sh
	verdicts 'AC: AC'
	judge_tests --compare exact cat.sh
	verdicts 'WA: WA'
	judge_tests --compare exact --presentation cat.sh
	verdicts 'PE: PE'
	testcase 1 $'a  b\n' $'a  b\n'
	judge_tests --compare exact cat.sh
	verdicts 'AC: AC'
}

@test "C: compiled once, and a compile error is CE with the compiler's words" {
	printf '#include <stdio.h>\nint main(void) { int a, b; if (scanf("%%d %%d", &a, &b) == 2) printf("%%d\\n", a + b); }\n' >sum.c
	testcase 1 '1 2' 3
	testcase 2 '3 4' 7
	judge_tests sum.c
	verdicts 'AC: AC AC'
	equal "$(field 'r["compile"]["ok"], r["compile"]["run"]["verdict"]')" "(True, 'OK')"
	echo 'int main(void) { return x; }' >sum.c
	judge_tests sum.c
	verdicts 'CE: SKIP SKIP'
	equal "$status" 1
	field 'r["compile"]["output"]' | grep -q "^sum.c:1:.*undeclared"
	"$SBX" judge --tests tests sum.c >out 2>err || equal $? 1
	grep -q "^sum.c:1:.*undeclared" out
	equal "$(tail -1 out | cut -d ' ' -f 1-2)" 'sbx: CE'
}

@test "a program sees its own files, read-only, and nothing of the tests" {
	cat >look.sh <<-'E'
		ls /box
		(echo x >/box/new) 2>/dev/null || echo sealed
		(echo x >/box/look.sh) 2>/dev/null || echo sealed
		ls /run /var /home "$1" 2>/dev/null
		grep -c . /proc/self/mountinfo >/dev/null
		grep -E 'tests|jobs|/run/' /proc/self/mountinfo
		ls -l /proc/self/fd | grep -c tests
		cat
	E
	testcase 1 secret
	judge_tests look.sh
	verdicts 'OK: OK'
	equal "$(field 'r["tests"][0]["stdout"]')" $'look.sh\nsealed\nsealed\n0\nsecret'
}

@test "--stop-on-first-failure: by the order of the tests, whatever ends first" {
	all_verdicts
	testcase 1 $'echo\n1\n' 1
	testcase 2 $'loop\n' ''
	for i in 3 4 5 6; do testcase "$i" $'echo\n1\n' 2; done
	for _ in 1 2; do
		judge_tests -j 2 -t 2s -w 30s --stop-on-first-failure all.sh
		verdicts 'TLE: AC TLE SKIP SKIP SKIP SKIP'
	done
}

@test "a JSON job: inline and by path, its own limits, from a file or standard input" {
	all_verdicts
	mkdir job
	cp all.sh job/prog.sh
	printf 'echo\nfrom a file\n' >job/in
	cat >job/job.json <<-'E'
		{"files": [{"path": "prog.sh"}],
		 "limits": {"time": "10s", "memory": "64M"},
		 "checker": {"kind": "exact"},
		 "keep_output": 4,
		 "tests": [{"stdin": "echo\nhi\n", "answer": "hi\n"},
		           {"name": "path", "stdin_path": "in"},
		           {"stdin": "loop\n", "limits": {"time": "200ms", "wall": "20s"}}]}
	E
	judge --job job/job.json
	verdicts 'TLE: AC OK TLE'
	equal "$(field '[t["name"] for t in r["tests"]]')" "['1', 'path', '3']"
	equal "$(field 'r["tests"][1]["stdout"], r["tests"][1]["stdout_cut"]')" "('from', True)"
	cd job
	judge --job - <job.json
	verdicts 'TLE: AC OK TLE'
	status=0
	echo '{"files": [{"path": "prog.sh"}], "tests": [{"stdin_path": "none"}]}' | "$SBX" judge --job - 2>"$T/err" || status=$?
	equal "$status" 2
	one_line "$T/err" '^sbx: standard input: tests\[0\].stdin_path: cannot open none: No such file'
}

@test "merge_stderr: one stream, in the order written, which is compared and kept" {
	not_in_vm
	for i in 1 2 3; do printf 'out %s\nerr %s\n' "$i" "$i"; done >both
	cat >job.json <<-'E'
		{"files": [{"name": "a.sh", "text": "for i in 1 2 3; do echo out $i; echo err $i >&2; done"}],
		 "checker": {"kind": "exact"}, "merge_stderr": true,
		 "tests": [{"answer_path": "both"}, {"answer": "out 1\nout 2\nout 3\n"}]}
	E
	judge --job job.json --html page
	verdicts 'WA: AC WA'
	equal "$(field 'r["tests"][0]["stdout"]')" "$(cat both)"
	equal "$(field 'r["tests"][0]["stderr"], r["tests"][0]["stderr_cut"]')" '(None, False)'
	equal "$(field 'r["tests"][0]["run"]["stdout_bytes"], r["tests"][0]["run"]["stderr_bytes"]')" '(36, 0)'
	grep -q '<figcaption>Standard output and error</figcaption>' page
	# a checker of the problem's gets it as the output; without the key it gets standard output alone
	cat >job.json <<-'E'
		{"files": [{"name": "a.sh", "text": "echo out; echo err >&2"}], "merge_stderr": true,
		 "checker": {"kind": "kattis", "files": [{"name": "c.sh", "text": "[ \"$(cat)\" = \"$(cat $2)\" ] && exit 42; exit 43"}]},
		 "tests": [{"answer": "out\nerr\n"}]}
	E
	judge --job job.json
	verdicts 'AC: AC'
	sed -i 's/true/false/' job.json
	judge --job job.json
	verdicts 'WA: WA'
	equal "$(field 'r["tests"][0]["stderr"]')" err
}

@test "a checker by the conventions of Kattis: 42, 43, its message, and anything else is IE" {
	not_in_vm
	cat >check.py <<-'E'
		import sys
		given, answer, feedback, *flags = sys.argv[1:]
		assert flags == ["one", "--two"] and open(given).read() == "in\n" and open(answer).read() == "ans\n"
		word = sys.stdin.read().strip()
		open(feedback + "judgemessage.txt", "w").write("seen: " + word + "\nmore")
		if word == "crash": raise ValueError
		if word == "loop":
		    while True: pass
		sys.exit({"right": 42, "wrong": 43}.get(word, int(word) if word.isdigit() else 0))
	E
	for row in 'AC right 0' 'WA wrong 1' 'IE crash 3' 'IE 0 3' 'IE 1 3' 'IE 44 3'; do
		read -r verdict word exit <<<"$row"
		printf '{"files": [{"name": "a.sh", "text": "echo %s"}], "tests": [{"stdin": "in\\n", "answer": "ans\\n"}],
			"checker": {"kind": "kattis", "files": [{"path": "check.py"}], "flags": ["one", "--two"]}}' "$word" >job.json
		judge --job job.json
		verdicts "$verdict: $verdict"
		equal "$status" "$exit"
		equal "$(field 'r["tests"][0]["checker"]["message"]')" "seen: $word"$'\n'more
	done
	field 'r["tests"][0]["run"]["error"]["message"]' | grep -q 'the checker ended with status 44'
	printf 'in\n' >tests/1.in
	printf 'ans\n' >tests/1.ans
	printf '{"files": [{"name": "a.sh", "text": "exit 7"}], "tests": [{"stdin_path": "tests/1.in", "answer_path": "tests/1.ans"}],
		"checker": {"kind": "kattis", "files": [{"path": "check.py"}], "flags": ["one", "--two"]}}' >job.json
	judge --job job.json
	verdicts 'RE: RE'
	equal "$(field 'r["tests"][0]["checker"]')" None
}

@test "a submission that fills its folder while it is compiled leaves the problem its own room" {
	not_in_vm
	cat >fill.pl <<-'E'
		BEGIN { chdir "/box"; for ($i = 0; open F, ">", "f$i"; $i++) { close F } unlink map { "f$_" } 0..6 }
		print "x";
	E
	# shellcheck disable=SC2016 # for the checker
	echo 'echo seen >"$3/judgemessage.txt"; [ "$(cat)" = x ] && exit 42 || exit 43' >check.sh
	echo '{"files": [{"path": "fill.pl"}], "tests": [{}, {}], "checker": {"kind": "kattis", "files": [{"path": "check.sh"}]}}' >job.json
	judge --job job.json
	verdicts 'AC: AC AC'
}

@test "what a checker leaves in its folder does not stay for the next: together it is more than the job's folder holds" {
	not_in_vm
	# shellcheck disable=SC2016 # for the checker
	printf 'for i in 1 2 3; do head -c 60M /dev/zero >"$3/$i" || exit; done; mkdir -p "$3/a/b" && ln -s / "$3/a/b/link" && exit 42' >check.sh
	printf '{"files": [{"name": "a.sh", "text": ":"}], "tests": [{}, {}, {}, {}, {}, {}, {}, {}],
		"checker": {"kind": "kattis", "files": [{"path": "check.sh"}]}}' >job.json
	judge --job job.json
	verdicts 'AC: AC AC AC AC AC AC AC AC'
}

@test "a checker by the conventions of testlib" {
	not_in_vm
	cat >check.sh <<-'E'
		read -r word <"$2"
		cmp "$1" "$3" || exit 3
		echo "status $word" >&2
		exit "$word"
	E
	for row in 'AC 0 false' 'WA 1 false' 'WA 2 false' 'PE 2 true' 'IE 3 false' 'IE 7 false'; do
		read -r verdict word presentation <<<"$row"
		printf '{"files": [{"name": "a.sh", "text": "echo %s; cat"}], "tests": [{"stdin": "x", "answer": "x"}],
			"checker": {"kind": "testlib", "files": [{"path": "check.sh"}], "presentation": %s}}' "$word" "$presentation" >job.json
		judge --job job.json
		verdicts "$verdict: $verdict"
		equal "$(field 'r["tests"][0]["checker"]["message"]')" "status $word"
	done
}

@test "a checker that does not compile is the judge's failure, and nobody sees a checker" {
	not_in_vm
	printf '{"files": [{"name": "a.sh", "text": "ls -d /judge /feedback /box/*check* 2>/dev/null | wc -l"}], "tests": [{}],
		"checker": {"kind": "testlib", "files": [{"name": "check.c", "text": "int main(void) { return %%s; }"}]}}' >job.json
	sed 's/%s/0/' job.json >good.json
	judge --job good.json
	verdicts 'AC: AC'
	equal "$(field 'r["tests"][0]["stdout"]')" 0
	judge --job job.json
	verdicts 'IE: SKIP'
	equal "$(field 'r["error"]["message"]')" 'the checker does not compile'
	field 'r["checker_compile"]["output"]' | grep -q '^check.c: '
}

@test "a language that is not installed, of whichever program, is told before anything runs" {
	testcase 1 1 1
	echo 'print 1' >a.pl
	for more in '' ', "language": "perl"'; do
		printf '{"files": [{"name": "a.pl", "text": ""}], "tests": [{}]%s}' "$more" >"job${more:+.named}"
		printf '{"files": [{"name": "a.sh", "text": ""}], "tests": [{}],
			"checker": {"kind": "testlib", "files": [{"name": "c.pl", "text": ""}]%s}}' "$more" >"checker${more:+.named}"
	done
	while IFS='|' read -r where args; do
		status=0
		# shellcheck disable=SC2016,SC2086 # for the inner shell; words
		unshare -m sh -c 'mount --bind /dev/null "$(readlink -f /usr/bin/perl)"; exec "$@"' sh \
			"$SBX" judge --report report $args 2>err || status=$?
		equal "$status" 2
		one_line err "^sbx: ${where}Perl is not installed: apt-get install perl\$"
		[ ! -e report ]
	done <<-'E'
		|--tests tests a.pl
		job: files: |--job job
		job.named: language: |--job job.named
		checker: checker.files: |--job checker
		checker.named: checker.language: |--job checker.named
	E
}

@test "many tests with a checker, on two slots" {
	cat >check.sh <<-'E'
		cmp -s "$2" "$3"
	E
	printf '{"files": [{"name": "a.sh", "text": "cat"}], "checker": {"kind": "testlib", "files": [{"path": "check.sh"}]}, "tests": [' >job.json
	for i in $(seq 30); do printf '{"stdin": "%s", "answer": "%s"}, ' "$i" $((i % 7 == 0 ? 0 : i)) >>job.json; done
	echo '{"stdin": "x", "answer": "x"}]}' >>job.json
	judge -j 2 --job job.json
	verdicts "WA:$(for i in $(seq 30); do ((i % 7 == 0)) && printf ' WA' || printf ' AC'; done) AC"
}

@test "what only looks like a program is CE, and what the compiler left does not matter" {
	not_in_vm
	testcase 1 '' ''
	echo 'int f(void) { return 0; }' >lib.c
	judge_tests lib.c
	verdicts 'CE: SKIP'
	# it links only as a program; a library that links is Rust's and Go's own word
	if [ -x /usr/bin/go ] && [ -z "${SBX_VM:-}" ]; then
		echo 'package foo' >lib.go
		judge_tests lib.go
		verdicts 'CE: SKIP'
		equal "$(field 'r["refused"]')" 'the compiler made no program'
		"$SBX" judge --tests tests lib.go >out || equal $? 1
		equal "$(tail -1 out)" 'sbx: CE    the compiler made no program  Go'
	fi
	cat >fill.pl <<-'E'
		BEGIN { for $i (1..5) { open F, ">/box/f$i"; print F "x" x (250 << 20); close F } symlink "/etc", "/box/link"; mkdir "/box/deep"; }
		print "";
	E
	judge_tests fill.pl
	verdicts 'AC: AC'
	cat >deep.pl <<-'E'
		BEGIN { chdir "/box"; for (1..70) { mkdir "d"; chdir "d"; } }
	E
	judge_tests deep.pl
	verdicts 'CE: SKIP'
	equal "$(field 'r["refused"]')" 'the compiler left folders that are too deep'
	printf 'int main(void) { return 0; }\n#include </dev/zero>\n' >zero.c
	judge_tests zero.c
	verdicts 'CE: SKIP'
	equal "$(field 'r["compile"]["reason"] in ("memory", "cpu", "wall")')" True
}

@test "test data that is not a file, sources that exclude each other: said before anything runs" {
	not_in_vm
	echo 'cat' >a.sh
	mkdir tests/1.in
	mkfifo tests/2.in tests/3.ans
	: >tests/3.in
	for bad in 1.in 2.in 3.ans; do
		mkdir only
		cp -r tests/3.in only/ 2>/dev/null
		mv "tests/$bad" "only/$bad"
		status=0
		"$SBX" judge --tests only a.sh >out 2>err || status=$?
		equal "$status" 2
		one_line err "^sbx: --tests: cannot open only/$bad: "
		rm -r only
	done
	for names in '"a.sh" "a.sh"' '"a.sh" "a.sh/b.sh"' "\"$(printf 'x%.0s' $(seq 300)).sh\" \"a.sh\""; do
		read -r first second <<<"$names"
		status=0
		echo "{\"files\": [{\"name\": $first, \"text\": \"\"}, {\"name\": $second, \"text\": \"\"}], \"tests\": [{}]}" |
			"$SBX" judge --job - >out 2>err || status=$?
		equal "$status" 2
		one_line err '^sbx: the source .* cannot be stored: '
		equal "$(cat out)" ''
	done
}

@test "no name and no output reaches the terminal as more than text" {
	not_in_vm
	printf '{"files": [{"name": "a.sh", "text": "printf %%b \\\\033[2J"}], "tests": [
		{"name": "x\\u001b[2J\\nAC fake\\u009b", "answer": "y"}]}' >job.json
	"$SBX" judge --job job.json >out || equal $? 1
	equal "$(tr -d '\n[:print:]' <out)" ''
	equal "$(wc -l <out)" 3
	grep -q '^x.x1b\[2J.x0aAC fake.xc2.x9b  *WA' out
}

@test "--events: a descriptor that cannot be written to is found before anything runs" {
	not_in_vm
	echo 'cat' >a.sh
	testcase 1 ''
	for place in fd:0 fd:9 fd:99; do
		status=0
		"$SBX" judge --tests tests --events "$place" a.sh </dev/null >out 2>err 9</dev/null || status=$?
		equal "$status" 3
		one_line err "^sbx: report: --events: $place is not open"
		equal "$(cat out)" ''
	done
	status=0
	"$SBX" judge --tests tests --events fd:1 a.sh >out 2>err || status=$?
	equal "$status" 2
}

@test "nothing that others wait for is kept while a report is written" {
	all_verdicts
	testcase 1 $'exit\n' ''
	testcase 2 $'sleep\n' ''
	testcase 3 $'sleep\n' ''
	mkfifo pipe
	exec 8<>pipe
	head -c 65536 /dev/zero >&8
	"$SBX" judge --tests tests -j 2 -w 1s --report fd:8 all.sh 2>/dev/null 3>&- &
	local stuck=$!
	mkdir other
	: >other/1.in
	sleep 3
	within 30 timeout 20 "$SBX" judge --tests other -j 1 --report "$T/report" --format json all.sh
	verdicts 'OK: OK'
	kill -0 "$stuck"
	kill "$stuck"
	wait "$stuck" || true
	exec 8>&-
}

@test "wrong usage: one line, exit status 2, nothing run" {
	not_in_vm
	all_verdicts
	testcase 1 x
	mkdir empty
	while IFS='|' read -r pattern args; do
		status=0
		# shellcheck disable=SC2086
		"$SBX" judge $args >out 2>err || status=$?
		equal "$status" 2
		one_line err "$pattern"
		equal "$(cat out)" ''
	done <<-'E'
		one of --tests DIR, --problem DIR, --job FILE and --run FILE is needed|all.sh
		exclude each other|--tests tests --job x all.sh
		no SOURCE given|--tests tests
		cannot open none|--tests none all.sh
		no file in empty is called NAME.in|--tests empty all.sh
		source: cannot open none.sh|--tests tests none.sh
		no language is called "cobol"|--tests tests -l cobol all.sh
		--slots: "0"|--tests tests -j 0 all.sh
		--slots: "241"|--tests tests -j 241 all.sh
		--float-tolerance: "x"|--tests tests --float-tolerance x all.sh
		--compare exact and a --float-... tolerance do not go together|--tests tests --compare exact --float-absolute 0 all.sh
		--compare exact and --case-sensitive do not go together|--tests tests --case-sensitive --compare exact all.sh
		--compare exact and --space-sensitive do not go together|--tests tests --compare exact --space-sensitive all.sh
		--transcript is for interactive problems, and this is none|--tests tests --transcript x all.sh
		--reruns: "11"|--tests tests --reruns 11 all.sh
		--reruns: "-1"|--tests tests --reruns -1 all.sh
		--keep-output: "1025K"|--tests tests --keep-output 1025K all.sh
		--events and --report|--tests tests --events - all.sh
		unknown option "--frob" .*sbx judge --help|--frob
	E
}

@test "events tell what happens while it happens, a line each" {
	all_verdicts
	testcase 1 $'echo\n1\n' 1
	testcase 2 $'echo\n2\n' 1
	judge_tests -j 1 --events "$T/events" all.sh
	verdicts 'WA: AC WA'
	equal "$(python3 -c 'import json, sys
for line in open(sys.argv[1]):
	e = json.loads(line)
	print(e["event"], e.get("test"), e.get("verdict"), e.get("result", {}).get("verdict"), sep=",")' events)" \
		"queued,None,None,None
compiling,None,None,None
compiled,None,None,None
test_started,1,None,None
test_finished,1,None,AC
test_started,2,None,None
test_finished,2,None,WA
finished,None,WA,None"
	"$SBX" judge --tests tests --events - --report /dev/null/x all.sh >out 2>err || equal $? 3
	"$SBX" judge --tests tests --events fd:7 all.sh 7>events >out || equal $? 1
	equal "$(wc -l <events)" 8
}

@test "a reader of events that is slow holds up no clock" {
	not_in_vm
	all_verdicts
	for i in $(seq 40); do testcase "$i" $'echo\n1\n' 1; done
	mkfifo slow
	# it reads nothing until the job is nearly over; a pipe of 4 KiB is full after a few tests
	{ sleep 5 && cat >got; } <slow &
	local reader=$!
	judge_tests --events fd:7 -w 2s all.sh 7>slow
	wait "$reader"
	equal "$(field 'r["verdict"]')" AC
	equal "$(wc -l <got)" 84
}

@test "names of sources that could be taken for something else" {
	not_in_vm
	testcase 1 '' hi
	for name in '-o x.sh' 'a b#c.sh' $'new\nline.sh' '@file.sh' "it's.sh"; do
		echo 'echo hi' >"./$name"
		judge_tests -- "$name"
		verdicts 'AC: AC'
	done
	for name in ../x.sh /x.sh a//b.sh ''; do
		status=0
		echo "{\"language\": \"bash\", \"files\": [{\"name\": \"$name\", \"text\": \"\"}], \"tests\": [{}]}" |
			"$SBX" judge --job - >out 2>err || status=$?
		equal "$status" 2
	done
}

@test "TERM ends the running boxes: interrupted, exit status 3, nothing left" {
	all_verdicts
	testcase 1 $'sleep\n'
	testcase 2 $'sleep\n'
	testcase 3 $'sleep\n'
	"$SBX" judge --tests tests -j 2 --report "$T/report" --format json --events "$T/events" all.sh &
	local judge=$!
	within 20 grep -q test_started events
	kill "$judge"
	status=0
	wait "$judge" || status=$?
	equal "$status" 3
	equal "$(field 'r["verdict"], r["interrupted"]')" "('IE', True)"
	no_boxes
}

@test "a killed judge leaves no process, no mount and no folder" {
	all_verdicts
	testcase 1 $'sleep\n'
	testcase 2 $'sleep\n'
	mountinfo >before
	"$SBX" judge --tests tests -j 2 --events "$T/events" all.sh >out 2>&1 &
	local judge=$!
	within 20 grep -q '"2"' events
	kill -9 "$judge"
	wait "$judge" || true
	within 10 no_boxes
	mountinfo | diff before -
	equal "$(ls -A /run/sbx/jobs)" ''
	testcase 1 $'echo\nx\n'
	rm tests/2.in
	judge_tests all.sh
	verdicts 'OK: OK'
}

# no_boxes: none of our programs runs any more.
no_boxes() {
	! pgrep -f '^bash all\.sh' >/dev/null
}

@test "jobs share the slots: never more programs than slots, and the short job is not starved" {
	cat >busy.sh <<-'E'
		sleep 0.1
	E
	for i in $(seq 30); do testcase "$i" ''; done
	mkdir short
	: >short/1.in
	"$SBX" judge --tests tests -j 2 --report first --format json busy.sh &
	local first=$!
	"$SBX" judge --tests tests -j 2 --report second --format json busy.sh &
	local second=$! most=0 n
	sleep 0.5
	"$SBX" judge --tests short -j 2 --report third --format json busy.sh &
	local third=$! slice=/sys/fs/cgroup/sbx leaves
	[ "$(cgroup_version)" = 2 ] || slice=/sys/fs/cgroup/memory/sbx
	while kill -0 "$third" 2>/dev/null; do
		leaves=("$slice"/run-*)
		[ -e "${leaves[0]}" ] || leaves=()
		n=${#leaves[@]}
		[ "$n" -le "$most" ] || most=$n
	done
	kill -0 "$first"
	wait "$third"
	wait "$first" "$second"
	[ "$most" -le 2 ]
	[ "$most" -ge 1 ]
}

@test "as root without CAP_SYS_ADMIN, as in a container" {
	as_root() { setpriv --bounding-set "-sys_admin$1" "$SBX" judge --tests tests --report report --format json echo.sh; }
	echo cat >echo.sh
	testcase 1 1 1
	as_root ''
	verdicts 'AC: AC'
	as_root ,-setfcap && false
	verdicts 'IE: SKIP'
	equal "$(field 'r["error"]["stage"]')" workspace
	[[ $(field 'r["error"]["message"]') = *CAP_SETFCAP* ]]
}
