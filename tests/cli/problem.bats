#!/usr/bin/env bats
# sbx judge --problem: a submission on the tests of a problem package. But for the example, packages are made here, for
# submissions in Bash.

load common
load package

SUM=$HERE/../examples/sum

@test "the example: right submissions in C++, Python and Java" {
	for source in sum.cpp sum.py Sum.java; do
		judge -t 60s -w 600s --problem "$SUM" "$SUM/submissions/accepted/$source"
		verdicts 'AC: AC AC AC AC AC AC'
		equal "$status" 0
	done
	equal "$(field '" ".join(t["name"] for t in r["tests"])')" \
		'sample/1 secret/real/1 secret/real/2 secret/small/1 secret/small/2-large secret/small/3-many'
}

@test "the example: submissions that fail, each as its folder says" {
	judge -t 60s -w 600s --problem "$SUM" "$SUM/submissions/wrong_answer/whole.py"
	verdicts 'WA: AC WA SKIP SKIP SKIP SKIP'
	equal "$status" 1
	judge -t 60s -w 600s --problem "$SUM" "$SUM/submissions/run_time_error/array.py"
	verdicts 'RE: AC AC AC AC AC RE'
	judge -t 5s -w 100s --stop-on-first-failure --problem "$SUM" "$SUM/submissions/time_limit_exceeded/counts.py"
	verdicts 'TLE: AC AC AC AC TLE SKIP'
	equal "$(field 'r["decided_by"]')" secret/small/2-large
}

@test "limits: the package's, and options before them" {
	package
	put problem.yaml 'limits: {memory: 64, output: 1, compilation_time: 7, compilation_memory: 512}'
	put .timelimit '1.5\n'
	echo 'int main(void) { for (int c; (c = getchar()) != -1;) putchar(c); }' | sed '1i #include <stdio.h>' >cat.c
	judge_problem cat.c
	verdicts 'AC: AC'
	equal "$(field '[r["tests"][0]["run"]["limits"][l]["value"] for l in ("time", "wall", "memory", "output")]')" \
		'[1500000, 4000000, 67108864, 1048576]'
	equal "$(field '[r["compile"]["run"]["limits"][l]["value"] for l in ("time", "memory")]')" '[7000000, 536870912]'
	judge_problem -t 3s -m 32M cat.c
	equal "$(field '[r["tests"][0]["run"]["limits"][l]["value"] for l in ("time", "memory", "output")]')" \
		'[3000000, 33554432, 1048576]'
}

@test "each group compares in its own way, after the problem's" {
	package
	put problem.yaml 'validator_flags: case_sensitive'
	testcase sample/1 '1.0001 a' '1 a'
	testcase secret/1 '1.0001 a' '1 a'
	testcase secret/2/1 '1.0001 A' '1 a'
	testcase secret/2/2 '1.0001  a' '1 a'
	testcase secret/3/1 '1  a' '1 a'
	testcase secret/3/2 '1 a' '1 a'
	put data/testdata.yaml 'on_reject: continue\ngrader_flags: first_error'
	put data/secret/testdata.yaml 'output_validator_flags: float_tolerance 1e-3'
	put data/secret/3/testdata.yaml 'output_validator_flags: space_change_sensitive'
	judge_problem cat.sh
	verdicts 'WA: WA AC WA AC WA AC'
	equal "$(field 'r["decided_by"]')" sample/1
}

@test "a package of 2023-07, its languages, and what it adds to the sources" {
	package
	put problem.yaml 'problem_format_version: 2023-07-draft\nuuid: 1\nname: {en: a}\nlanguages: [bash]
limits: {time_limit: 10}\n'
	put data/test_group.yaml "output_validator_args: [float_absolute_tolerance, '0.5']"
	testcase secret/1 '1.5' '1'
	put include/default/lib.sh 'echo no'
	put include/bash/lib.sh 'give() { cat; }'
	put include/bash/data '1.25'
	put include/python3/data 'no'
	printf '. /box/lib.sh\ngive </box/data\n' >main.sh
	echo 'give() { echo mine; }' >lib.sh
	judge_problem main.sh lib.sh
	verdicts 'AC: AC'
	equal "$(field 'r["tests"][0]["stdout"]')" 1.25
	echo 'print(1)' >one.py
	judge_problem one.py
	refused 'p/problem.yaml: submissions in python3 are not allowed$'
	put problem.yaml 'problem_format_version: 2023-07\nuuid: 1\nname: a\nlanguages: [bash, klingon]\nlimits: {time_limit: 10}\n'
	judge_problem main.sh lib.sh
	refused '^sbx: p/problem.yaml:4:19: "languages": the format has no language "klingon"'
	put problem.yaml 'limits: {code: 1}'
	rm p/data/test_group.yaml
	head -c 1025 /dev/zero >long.sh
	judge_problem long.sh
	refused 'larger than the package.s limit, 1 KiB$'
}

@test "settings of single tests: arguments of the submission, and of the validator" {
	package
	put problem.yaml 'problem_format_version: 2023-07\nuuid: 1\nname: a\nlimits: {time_limit: 10}\n'
	put data/secret/test_group.yaml 'args: [of, group]\noutput_validator_args: [of, group]'
	# shellcheck disable=SC2016 # nobody expands it
	put data/secret/2.yaml 'args: [-n, "of  test", "$(x)"]\noutput_validator_args: []\nhint: none'
	testcase secret/2 '' ''
	put output_validator/run '#!/bin/sh\nshift 3; { echo "$#:$*"; cat; } >/feedback/judgemessage.txt; exit 42'
	chmod +x p/output_validator/run
	echo 'print(__import__("sys").argv[1:])' >args.py
	# shellcheck disable=SC2016 # for the submission
	echo 'echo "$#: $*"' >args.sh
	echo '#include <stdio.h>
int main(int argc, char **argv) { printf("%d %s", argc, argv[1]); }' >args.c
	echo 'public class Main { public static void main(String[] a) { System.out.println(a.length + a[0]); } }' >Main.java
	# shellcheck disable=SC2016
	for wanted in "args.py|2:of group\n['of', 'group']\n|0:\n['-n', 'of  test', '\$(x)']\n" \
		'args.sh|2:of group\n2: of group\n|0:\n3: -n of  test $(x)\n' \
		'args.c|2:of group\n3 of|0:\n4 -n' 'Main.java|2:of group\n2of\n|0:\n3-n\n'; do
		IFS='|' read -r file first second <<<"$wanted"
		judge_problem -w 600s "$file"
		verdicts 'AC: AC AC'
		equal "$(field '"|".join(t["checker"]["message"] for t in r["tests"]).replace("\n", "\\n")')" "$first|$second"
	done
	# an interactive one's, too
	put problem.yaml 'problem_format_version: 2023-07\nuuid: 1\nname: a\nlimits: {time_limit: 10}\ntype: interactive\n'
	judge_problem args.sh
	equal "$(field 'r["tests"][0]["checker"]["message"].split("\n")[:2]')" "['2:of group', '2: of group']"
}

@test "arguments that are too long are the package's fault, not the submission's" {
	package
	put problem.yaml 'problem_format_version: 2023-07\nuuid: 1\nname: a\nlimits: {time_limit: 10}\n'
	put data/secret/test_group.yaml "args: [$(head -c 140000 /dev/zero | tr '\0' x)]"
	echo 'int main(void) { return 0; }' >args.c
	judge_problem args.c
	verdicts 'IE: IE'
	equal "$status" 3
}

@test "what is not supported yet is refused, with the file" {
	while IFS='|' read -r pattern file text; do
		rm -r p
		mkdir p
		package
		put "$file" "$text"
		judge_problem cat.sh
		refused "^sbx: p/$pattern not supported yet$"
	done <<-'E'
		data: custom graders are|data/testdata.yaml|grading: custom
	E
}

@test "a validator of the package's own: its arguments, files and limits; what it refuses is WA" {
	package
	put problem.yaml 'validation: custom
validator_flags: of the problem
limits: {validation_time: 50, validation_memory: 200, validation_output: 3}'
	put output_validators/check/check.py 'import lib; lib.main()'
	put output_validators/check/lib.py 'import sys
def main():
    given, answer, feedback, *flags = sys.argv[1:]
    out = sys.stdin.read()
    open(feedback + "judgemessage.txt", "w").write(" ".join(flags) + ": " + out)
    sys.exit(42 if open(given).read() + open(answer).read() + " ".join(flags) == out else 43)
'
	testcase sample/1 'in ' 'ans '
	testcase secret/1 'in ' 'ans '
	testcase secret/a/1 'in ' 'ans '
	put data/testdata.yaml 'on_reject: continue'
	put data/secret/testdata.yaml 'output_validator_flags: secret'
	put data/secret/a/testdata.yaml 'output_validator_flags: a  -b'
	printf 'cat; echo -n "ans of the problem secret"' >right.sh
	judge_problem right.sh
	verdicts 'WA: WA AC WA'
	equal "$status" 1
	equal "$(field '[t["checker"]["message"].partition(":")[0] for t in r["tests"]]')" \
		"['of the problem', 'of the problem secret', 'of the problem a -b']"
	# 200 MiB, and what Python is granted on top
	equal "$(field '[r["tests"][0]["checker"]["run"]["limits"][l]["value"] for l in ("time", "memory", "output")]')" \
		'[50000000, 226492416, 3145728]'
}

@test "a validator of 2023-07, in C++, and one that fails" {
	package
	put problem.yaml 'problem_format_version: 2023-07-draft\nuuid: 1\nname: a\nlimits: {time_limit: 10}\n'
	put data/secret/test_group.yaml 'output_validator_args: ["42", "with space"]'
	put output_validator/check.cpp '#include "sub/check.h"\nint main(int, char **argv) { return check(argv); }'
	put output_validator/sub/check.h '#include <cstdlib>\n#include <cstring>
inline int check(char **argv) { return strcmp(argv[5], "with space") ? 1 : atoi(argv[4]); }'
	judge_problem cat.sh
	verdicts 'AC: AC'
	put data/secret/test_group.yaml 'output_validator_args: ["0", "with space"]'
	judge_problem cat.sh
	verdicts 'IE: IE'
	equal "$status" 3
	put output_validator/sub/check.h 'nonsense'
	judge_problem cat.sh
	verdicts 'IE: SKIP'
	equal "$status" 3
	field 'r["checker_compile"]["output"]' | grep -q nonsense
	run -3 "$SBX" judge --problem p cat.sh
	grep -q nonsense <<<"$output"
	[[ ${lines[-1]} =~ ^'sbx: IE '.*'the checker does not compile' ]]
}

# script FILE TEXT: in the package, with its first line, and executable.
script() {
	put "$1" "#!/bin/sh\n$2\n"
	chmod +x "p/$1"
}

@test "a validator with scripts of its own: build makes run, in a box, from a copy that it may change" {
	package
	put problem.yaml 'validation: custom\nvalidator_flags: of the problem'
	put output_validators/check/src/check.c '#include <stdio.h>
int main(int argc, char **argv) {
	FILE *message = fopen("/feedback/judgemessage.txt", "w");
	fprintf(message, "%s %s %d", VALUE, argv[4], argc);
	return getchar() == 97 ? 42 : 43;
}'
	put output_validators/check/value old
	put output_validators/check/run '#!/bin/sh\nexec ./check "$@"\n'
	script output_validators/check/sub/tool 'echo new'
	# shellcheck disable=SC2016 # for the script
	script output_validators/check/build 'set -e
[ "$PWD" = /box ] && [ "$(id -u)" = 1000 ] && ! [ -e "'"$T"'" ]
sub/tool >value
cc "-DVALUE=\\"$(cat value)\\"" -o check src/check.c
echo >src/made
chmod +x run'
	judge_problem cat.sh
	verdicts 'AC: AC'
	equal "$(field 'r["tests"][0]["checker"]["message"]')" 'new of 7'
	equal "$(cat p/output_validators/check/value)" old
	[ ! -e p/output_validators/check/check ]
	echo 'echo b' >wrong.sh
	mkdir cache
	judge_problem --compile-cache cache wrong.sh
	verdicts 'WA: WA'
	# nothing is built again
	judge_problem --compile-cache cache cat.sh
	verdicts 'AC: AC'
	equal "$(find cache -name '*.entry' | wc -l)" 3
	# what the tool prints with another mode is another validator
	chmod -x p/output_validators/check/sub/tool
	judge_problem --compile-cache cache cat.sh
	equal "$(field 'r["checker_compile"]["output"].startswith("./build: ")')" True
}

@test "a validator with scripts of its own: run alone, and an interactive one" {
	package
	put problem.yaml 'problem_format_version: 2023-07\nuuid: 1\nname: a\nlimits: {time_limit: 10}\n'
	# shellcheck disable=SC2016 # for the script
	script output_validator/run 'read -r got; [ "$got" = "$(cat lib/wanted)" ] && exit 42; exit 43'
	put output_validator/lib/wanted a
	judge_problem cat.sh
	verdicts 'AC: AC'
	put output_validator/lib/wanted b
	judge_problem cat.sh
	verdicts 'WA: WA'
	put problem.yaml 'problem_format_version: 2023-07\nuuid: 1\nname: a\nlimits: {time_limit: 10}\ntype: interactive\n'
	# shellcheck disable=SC2016 # for the script
	script output_validator/run 'echo 5; read -r got; [ "$got" = 6 ] && exit 42; exit 43'
	# shellcheck disable=SC2016 # for the script
	echo 'read -r n; echo $((n + 1))' >talk.sh
	judge_problem talk.sh
	verdicts 'AC: AC'
}

@test "several validators: all have to accept, one after the other, each with a box and a folder of its own" {
	package
	put problem.yaml 'validation: custom\nvalidator_flags: flag'
	put data/testdata.yaml 'on_reject: continue'
	testcase secret/2 2 a
	testcase secret/3 3 a
	testcase secret/4 1 a
	# each says what is in its folders, and refuses what it is called after
	for name in 1.py 2; do
		[ $name = 2 ] && file=2/check.py || file=$name
		put "output_validators/$file" 'import os, sys
given, answer, feedback, flag = sys.argv[1:]
print(sorted(os.listdir("/box")), os.listdir(feedback), flag, file=open(feedback + "judgemessage.txt", "w"))
sys.exit(43 if sys.stdin.read().strip() == "'${name%.py}'" else 42)
'
	done
	# shellcheck disable=SC2016 # for the script
	script output_validators/10/run 'cp /judge/input /feedback/judgemessage.txt; ls /box >>/feedback/judgemessage.txt
[ "$(cat)" != 3 ] && exit 42; exit 43'
	judge_problem cat.sh
	verdicts 'WA: AC WA WA WA'
	equal "$(field '[(t["checker"]["name"], [c["name"] for c in t["checkers"]]) for t in r["tests"]]')" \
		"[('10', ['1.py', '2', '10']), ('2', ['1.py', '2']), ('10', ['1.py', '2', '10']), ('1.py', ['1.py'])]"
	equal "$(field '"".join(c["message"] for c in r["tests"][0]["checkers"])')" \
		"['1.py', '__pycache__'] [] flag
['__pycache__', 'check.py'] [] flag
a
run"
	equal "$(field 'r["tests"][0]["checker"] == r["tests"][0]["checkers"][2], r["tests"][0]["checkers"][1]["run"]["verdict"]')" \
		"(True, 'RE')"
	# of one that fails it is told which
	script output_validators/2/run 'exit 1'
	judge_problem cat.sh
	equal "$(field '[t["verdict"] for t in r["tests"]], r["tests"][0]["run"]["error"]["message"]')" \
		"(['IE', 'IE', 'IE', 'WA'], 'the checker 2 ended with status 1')"
	script output_validators/2/build 'exit 1'
	judge_problem cat.sh
	verdicts 'IE: SKIP SKIP SKIP SKIP'
	equal "$(field 'r["error"]["message"]')" 'the checker 2 does not compile'
}

@test "a validator with scripts that fail, or leave nothing to run, is the package's fault" {
	package
	put problem.yaml 'validation: custom'
	while IFS='|' read -r message build; do
		script output_validators/check/build "$build"
		judge_problem cat.sh
		verdicts 'IE: SKIP'
		equal "$status" 3
		equal "$(field '(r["checker_compile"] or {"output": r["error"]["message"].split(": ")[1]})["output"].strip()')" "$message"
	done <<-'E'
		no luck|echo no luck; exit 1
		its build left no file run that can be executed|exit 0
		its build left no file run that can be executed|echo >run
		its build left no file run that can be executed|mkdir run
	E
	script output_validators/check/build 'echo exit 42 >run; chmod +x run'
	judge_problem cat.sh
	verdicts 'IE: IE'
	# a way out of the box leads nowhere
	script output_validators/check/build "ln -s $T/escape run"
	script ../escape 'exit 42'
	judge_problem cat.sh
	verdicts 'IE: IE'
	chmod -x p/output_validators/check/build
	judge_problem cat.sh
	refused '^sbx: p/output_validators/check/build: not executable$'
}

@test "broken packages and wrong usage: one line with the place, exit status 2, nothing run" {
	package
	judge_problem
	refused 'no SOURCE given'
	judge_problem --tests p cat.sh
	refused 'exclude each other'
	judge_problem --float-tolerance 1 cat.sh
	refused 'no option for that may be given beside it'
	judge_problem --transcript t cat.sh
	refused '^sbx: --transcript is for interactive problems, and this is none'
	[ ! -e t ]
	judge_problem none.sh
	refused 'source: cannot open none.sh'
	rm p/.timelimit
	judge_problem cat.sh
	refused '^sbx: p: no time limit, and none is worked out from its submissions: put seconds into a file .timelimit there, or give one with -t$'
	judge_problem -t 1s cat.sh
	verdicts 'AC: AC'
	put problem.yaml 'name: a\nlimits:\n  memroy: 3\n'
	judge_problem cat.sh
	refused '^sbx: p/problem.yaml:3:3: no such key: "memroy"$'
	put problem.yaml '{}'
	put data/secret/testdata.yaml '\noutput_validator_flags: fuzzy'
	judge_problem cat.sh
	refused '^sbx: p/data/secret/testdata.yaml:2:1: the default validator has no argument "fuzzy"$'
	rm p/data/secret/testdata.yaml p/data/secret/1.ans
	judge_problem cat.sh
	refused '^sbx: p/data/secret/1.in has no 1.ans$'
	ln -s /etc/hostname p/data/secret/1.ans
	judge_problem cat.sh
	refused '^sbx: p/data/secret/1.ans: '
	rm -r p/data
	judge_problem cat.sh
	refused '^sbx: p: no test in data/secret$'
	judge --problem none cat.sh
	refused '^sbx: --problem: cannot open none: No such file'
}
