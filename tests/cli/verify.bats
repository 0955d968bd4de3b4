#!/usr/bin/env bats
# sbx judge --verify: a package's own submissions, and what is expected of them. But for the examples, packages are made
# here, with submissions in Bash.

load common
load package

setup() {
	T=$BATS_TEST_TMPDIR
	EXAMPLES=$HERE/../examples
	cd "$T" || return
}

# The packages' time limits are far above what right submissions take, unless the machine is busy, or as slow as the VM.
LIMITS=(-w 20s)
[ -z "${SBX_VM:-}" ] || LIMITS=(-t 20s -w 120s)

# A package with two tests, that a submission which copies its input passes.
package() {
	rm -rf p
	put problem.yaml '{}'
	put .timelimit 10
	for i in 1 2; do
		put data/secret/$i.in "$i\n"
		put data/secret/$i.ans "$i\n"
	done
}

# submission NAME SOURCE
submission() {
	put "submissions/$1" "$2\n"
}

# results EXPECTED: name, verdict and whether it agrees, of each submission.
results() {
	equal "$(field '"; ".join("%s %s %s" % (s["name"], s["verdict"], "ok" if s["agrees"] else "no") for s in r["submissions"])')" "$1"
}

# example NAME [OPTION]: each submission is as expected. --stop-on-first-failure: where that decides the verdict, so much is
# enough.
example() {
	judge "${LIMITS[@]}" --problem "$EXAMPLES/$1" --verify "${@:2}"
	[ "$status" = 0 ] || field '[s for s in r["submissions"] if not s["agrees"]]' >&2
	equal "$status" 0
	equal "$(field 'r["agrees"], r["error"], r["counts"]["not_as_expected"], r["counts"]["not_judged"]')" \
		'(True, None, 0, 0)'
	# what there is, there is in each of these languages
	equal "$(field '[(f, l) for l in ("cpp", "python3", "java") for f in sorted({s["folder"] for s in r["submissions"]})
		if not any(s["folder"] == f and s["language"] == l for s in r["submissions"])]')" '[]'
}

# verdicts_are LIST: those of all submissions, each once.
verdicts_are() {
	equal "$(field '" ".join(sorted({s["verdict"] for s in r["submissions"]}))')" "$1"
}

@test "examples: sum, compared by the judge itself" {
	example sum --stop-on-first-failure
	verdicts_are 'AC CE MLE OLE RE TLE WA'
}

@test "examples: goldbach, where a validator in C++ decides" {
	example goldbach --stop-on-first-failure
	verdicts_are 'AC CE MLE RE TLE WA'
}

@test "examples: guess, interactive" {
	example guess --stop-on-first-failure
	verdicts_are 'AC CE RE TLE WA'
}

@test "examples: letters, in two passes" {
	example letters --stop-on-first-failure
	equal "$(field 'sorted({s["verdict"] for s in r["submissions"]} - {"MLE"})')" "['AC', 'CE', 'RE', 'TLE', 'WA']"
}

@test "examples: inversions, with a score" {
	example inversions
	verdicts_are 'AC CE MLE RE TLE WA'
	equal "$(field 'sorted({(s["folder"], s["score"]) for s in r["submissions"] if s["verdict"] == "AC"})')" \
		"[('accepted', 100.0), ('partially_accepted', 30.0)]"
}

@test "what agrees, and what does not" {
	package
	submission accepted/right.sh cat
	submission accepted/wrong.sh 'echo 1'
	submission wrong_answer/wrong.sh 'echo 1'
	submission run_time_error/big.sh 'head -c 70000000 /dev/zero'
	submission run_time_error/fails.sh 'cat; exit 1'
	judge --problem p --verify
	equal "$status" 1
	results 'accepted/right.sh AC ok; accepted/wrong.sh WA no; run_time_error/big.sh OLE ok; run_time_error/fails.sh RE ok; wrong_answer/wrong.sh WA ok'
	equal "$(field 'r["schema"], r["problem"], r["agrees"], r["error"], r["interrupted"]')" \
		"('sbx.verify/1', 'p', False, None, False)"
	equal "$(field 'r["counts"]')" "{'as_expected': 4, 'not_as_expected': 1, 'not_judged': 0}"
	equal "$(field '[(s["folder"], s["language"], s["expected"], s["decided_by"], s["note"]) for s in r["submissions"]][1]')" \
		"('accepted', 'bash', ['AC'], 'secret/2', 'line 1, column 1: wanted \"2\", got \"1\"')"
	equal "$(field 'all(s["cpu_us"] > 0 and s["wall_us"] > 0 and s["memory_peak_bytes"] > 0 for s in r["submissions"])')" True
}

@test "as a table" {
	package
	submission accepted/right.sh cat
	"$SBX" judge --problem p --verify >out
	grep -Eqx 'submission +language +expected +verdict +most cpu' out
	grep -Eqx 'accepted/right.sh  bash +AC +AC +[0-9.]+ m?s  ok' out
	equal "$(tail -n 1 out)" 'sbx: verified  1 of 1 submissions as expected, 0 not, 0 skipped'
	submission wrong_answer/right.sh cat
	submission accepted/wrong.sh 'echo 2'
	run -1 "$SBX" judge --problem p --verify
	grep -Eq '^wrong_answer/right.sh  bash +PE/WA +AC +[0-9.]+ m?s  NOT AS EXPECTED$' <<<"$output"
	grep -Eq '^accepted/wrong.sh .* WA .*  NOT AS EXPECTED  secret/1: line 1, column 1: wanted "1", got "2"$' <<<"$output"
	equal "${lines[-1]}" 'sbx: NOT verified  1 of 3 submissions as expected, 2 not, 0 skipped'
}

@test "a line @EXPECTED_RESULTS@ wins over the folder" {
	package
	submission accepted/wrong.sh '# @EXPECTED_RESULTS@: WRONG-ANSWER, RUN-ERROR\necho 1'
	submission mixed/wrong.sh '# @EXPECTED_RESULTS@: WRONG-ANSWER\necho 1'
	judge --problem p --verify
	results 'accepted/wrong.sh WA ok; mixed/wrong.sh WA ok'
	equal "$(field '[s["expected"] for s in r["submissions"]][1]')" "['PE', 'WA']"
	equal "$status" 0
}

@test "nothing of a submission is left to the next one" {
	package
	put include/c/check.h '#define NUMBER 1\n'
	submission accepted/a.c '#include <stdio.h>\n#include "check.h"\nint main(void) { for (int c; (c = getchar()) != -1;) putchar(c); }'
	# has the first one's program, and its source, if they are still there
	submission run_time_error/b.sh 'ls /box; ./a.c && exit 0\n[ -e /box/check.h ] && exit 0\nexit 1'
	submission wrong_answer/c/one.c '#include <stdio.h>\nint two(void);\nint main(void) { printf("%d", two()); }'
	submission wrong_answer/c/in/two.c 'int two(void) { return 2; }'
	judge --problem p --verify
	results 'accepted/a.c AC ok; run_time_error/b.sh RE ok; wrong_answer/c WA ok'
	judge --problem p --verify --stop-on-first-failure -t 9s --events events
	results 'accepted/a.c AC ok; run_time_error/b.sh RE ok; wrong_answer/c WA ok'
	# each event says whose it is
	equal "$(python3 -c 'import json
events = [json.loads(line) for line in open("events")]
assert all("submission" in e for e in events)
b = [e for e in events if e["submission"].endswith("b.sh")]
print([e["submission"] for e in events if e["event"] == "queued"], b[-1]["verdict"])
print([e["result"]["stdout"] for e in b if e["event"] == "test_finished"][0].split())')" \
		"['accepted/a.c', 'run_time_error/b.sh', 'wrong_answer/c'] RE
['b.sh']"
}

@test "the score of a folder: accepted the best, partially_accepted another" {
	package
	put problem.yaml 'type: scoring'
	put data/testdata.yaml 'range: 0 10'
	put data/secret/testdata.yaml 'accept_score: 4\non_reject: continue\ngrader_flags: accept_if_any_accepted'
	put data/secret/2.in 'b\n'
	put data/secret/2.ans 'b\n'
	submission accepted/one.sh 'grep 1 || :'
	submission partially_accepted/one.sh 'grep 1 || :'
	judge --problem p --verify
	equal "$status" 1
	equal "$(field '[(s["verdict"], s["agrees"], s["note"]) for s in r["submissions"]]')" \
		"[('AC', False, 'not the best score'), ('AC', True, None)]"
	put data/testdata.yaml 'range: 0 4'
	judge --problem p --verify
	equal "$(field '[(s["agrees"], s["note"]) for s in r["submissions"]]')" "[(True, None), (False, 'the best score')]"
	# the least is best
	put problem.yaml 'type: scoring\ngrading: {objective: min}'
	judge --problem p --verify
	equal "$(field '[(s["agrees"], s["note"]) for s in r["submissions"]]')" "[(False, 'not the best score'), (True, None)]"
	put data/testdata.yaml 'range: 4 8'
	judge --problem p --verify
	equal "$(field '[(s["agrees"], s["note"]) for s in r["submissions"]]')" "[(True, None), (False, 'the best score')]"
}

# package7 [YAML]: the same of 2023-07.
package7() {
	package
	put problem.yaml "problem_format_version: 2023-07\nuuid: 1\nname: a\nlimits: {time_limit: 10}\n${1-}\n"
}

# rules YAML [OPTION]: it is submissions.yaml; judges.
rules() {
	put submissions/submissions.yaml "$1"
	judge --problem p --verify "${@:2}"
}

@test "submissions.yaml: what tests may come to, and what one of them has to, by patterns" {
	package7
	for i in 1 2; do
		put data/secret/$i-hard.in "x\n"
		put data/secret/$i-hard.ans "x\n"
	done
	submission accepted/right.sh cat
	# shellcheck disable=SC2016 # for the submission
	submission half/easy.sh 'read -r n; [ "$n" = x ] && exit 1; echo "$n"'
	submission half/one.sh 'echo 1 # @EXPECTED_RESULTS@: CORRECT'
	rules 'half/easy.sh: {secret/*-hard: {permitted: [RTE]}, "secret/{1,2}": {permitted: [AC]}}
half/*: {required: [WA, RTE]}'
	results 'accepted/right.sh AC ok; half/easy.sh RE ok; half/one.sh WA ok'
	equal "$status" 0
	equal "$(field '[s["expected"] for s in r["submissions"]]')" \
		"[['AC'], ['PE', 'WA', 'TLE', 'MLE', 'RE', 'OLE', 'SV'], ['PE', 'WA', 'TLE', 'MLE', 'RE', 'OLE', 'SV']]"
	rules 'half/easy.sh: {secret/*-hard: {permitted: [AC, TLE]}}
half/one.sh: {secret/2: {required: [AC]}}
accepted: {permitted: [AC, WA], required: [WA]}'
	results 'accepted/right.sh AC no; half/easy.sh RE no; half/one.sh WA no'
	equal "$status" 1
	equal "$(field '"; ".join(s["note"] for s in r["submissions"])')" \
		'rule of accepted: no test got WA; rule of half/easy.sh on secret/*-hard: secret/1-hard got RE, permitted is AC, TLE; rule of half/one.sh on secret/2: no test got AC'
	run -1 "$SBX" judge --problem p --verify
	grep -Eq 'NOT AS EXPECTED  rule of accepted: no test got WA$' <<<"$output"
	# one that does not compile comes to none of these
	submission half/broken.sh 'if'
	rules 'half: {required: [WA, RTE]}'
	results 'accepted/right.sh AC ok; half/broken.sh CE no; half/easy.sh RE ok; half/one.sh WA ok'
}

@test "submissions.yaml: scores, messages, and languages" {
	package7 'type: scoring'
	put data/secret/test_group.yaml 'scoring: {score: 40}'
	# shellcheck disable=SC2016 # for the validator
	put output_validator/run '#!/bin/sh\nread -r n; echo "got $n" >/feedback/judgemessage.txt; [ "$n" = "$(cat "$2")" ] && exit 42; exit 43\n'
	chmod +x p/output_validator/run
	submission accepted/right.sh cat
	submission mine/one.sh 'echo 1'
	# in one of two languages
	submission mine/one.old/main.py 'print(1)'
	submission mine/one.old/lib.sh 'nonsense'
	rules 'mine: {score: 20, message: got 1}
mine/one.old: {language: python3, secret: {score: [0, 20]}, secret/2: {message: got}}
accepted: {score: [39, 41], message: got 2}'
	results 'accepted/right.sh AC ok; mine/one.old WA ok; mine/one.sh WA ok'
	equal "$(field '[(s["language"], s["score"]) for s in r["submissions"]]')" \
		"[('bash', 40.0), ('python3', 20.0), ('bash', 20.0)]"
	rules 'mine/one.sh: {message: got 2}\nmine/one.old: {score: 19, language: python3}'
	equal "$(field '"; ".join(s["note"] for s in r["submissions"] if not s["agrees"])')" \
		'rule of mine/one.old: the score is 20, not 19; rule of mine/one.sh: no message has "got 2" in it'
	# each one anew
	rules 'mine/one.old: {language: python3}\n"{accepted,mine/*.sh}": {message: got 2}'
	results 'accepted/right.sh AC ok; mine/one.old WA ok; mine/one.sh WA no'
	rules 'mine/one.old: {language: python3}\nmine: {}' -l python3
	results 'mine/one.old WA ok'
}

@test "submissions.yaml: what says something of nobody, or of too much, is refused" {
	package7
	submission accepted/right.sh cat
	submission mine/one.sh 'echo 1'
	while IFS='|' read -r message yaml; do
		rules "$yaml"
		refused "^sbx: p/submissions/submissions.yaml: *$message$"
	done <<-'E'
		nothing in it says what to expect of mine/one.sh|accepted: {}
		"one.sh" is no submission|one.sh: {}\nmine: {}
		"secret/3" is no test, nor a group of them|mine: {secret/3: {permitted: [AC]}}
		its rules leave no verdict that mine/one.sh could get|mine: {permitted: [AC], required: [WA]}
		no language is called "klingon"; sbx languages lists them|mine: {language: klingon}
	E
	rules 'mine: {entrypoint: one}'
	refused '^sbx: p/submissions/submissions.yaml:1:8: an entry point is not supported yet$'
	rules 'mine: {}' --stop-on-first-failure
	refused '^sbx: p/submissions/submissions.yaml is about all tests: --stop-on-first-failure leaves some out$'
	# nobody has to be in a folder that the format knows
	rules 'mine: {}\nbrute_force: {permitted: [AC]}'
	results 'accepted/right.sh AC ok; mine/one.sh WA ok'
}

# shellcheck disable=SC2016 # for the scripts
@test "constants: in validators, added files, groups and the package's submissions, and in nothing else" {
	package7 'constants: {wanted: 7, file: added.sh}'
	put output_validator/run '#!/bin/sh\n[ "$(cat)" = "{{wanted}} $4 $(cat "$1")" ] && exit 42; exit 43\n'
	chmod +x p/output_validator/run
	put data/test_group.yaml 'output_validator_args: ["a{{wanted}}"]'
	put data/secret/1.in '{{wanted}}\n'
	put include/bash/added.sh 'end="a{{wanted}} $(cat)"'
	submission accepted/right.sh '. ./{{file}}; echo "{{wanted}} $end"'
	submission wrong_answer/wrong.sh '. ./added.sh; echo "6 $end {{unknown}}"'
	judge --problem p --verify
	results 'accepted/right.sh AC ok; wrong_answer/wrong.sh WA ok'
	# whoever submits is no part of the package
	judge --problem p p/submissions/accepted/right.sh
	verdicts 'WA: WA WA'
	echo '. ./added.sh; echo "7 $end"' >own.sh
	judge --problem p own.sh
	verdicts 'AC: AC AC'
}

@test "only those in one language" {
	package
	submission accepted/right.sh cat
	submission accepted/right.pl 'print <>'
	submission wrong_answer/wrong.pl 'print 1'
	judge --problem p --verify -l perl
	equal "$status" 0
	equal "$(field '[s["name"] for s in r["submissions"]]')" "['accepted/right.pl', 'wrong_answer/wrong.pl']"
}

@test "what cannot be judged is skipped, and the package not verified" {
	package
	submission accepted/right.sh cat
	submission accepted/right.rb 'puts gets'
	submission accepted/notes.xyz 'nothing'
	# a toolchain that is not there
	# shellcheck disable=SC2016 # for the inner shell
	unshare -m sh -c 'mount --bind /dev/null "$(readlink -f /usr/bin/ruby)"; exec "$@"' sh \
		"$SBX" judge --problem p --verify >out && return 1
	grep -Eq '^accepted/right.sh .*  ok$' out
	grep -Eq '^accepted/right.rb +ruby .*  -  .*  skipped: needs ruby \(apt-get install ruby\)$' out
	grep -Eq '^accepted/notes.xyz .* skipped: notes.xyz: no language has the extension .xyz$' out
	equal "$(tail -n 1 out)" 'sbx: NOT verified  1 of 3 submissions as expected, 0 not, 2 skipped'
	put problem.yaml 'limits: {code: 1}'
	rm p/submissions/accepted/right.rb p/submissions/accepted/notes.xyz
	head -c 1100 /dev/zero | tr '\0' '\n' >>p/submissions/accepted/right.sh
	judge --problem p --verify
	equal "$status" 1
	equal "$(field '[(s["verdict"], s["note"]) for s in r["submissions"]]')" \
		"[(None, \"the sources are larger than the package's limit, 1 KiB\")]"
}

@test "documentation is told, and is no submission" {
	package
	submission README.md 'nothing'
	submission accepted/README.md '@EXPECTED_RESULTS@: PERFECT'
	submission accepted/readme.TXT 'nothing'
	submission accepted/.gitignore 'nothing'
	submission notes/about.md 'nothing'
	submission accepted/right.sh cat
	submission wrong_answer/more/wrong.sh 'echo 1'
	submission wrong_answer/more/README.md 'nothing'
	judge --problem p --verify
	equal "$status" 0
	results 'accepted/right.sh AC ok; wrong_answer/more WA ok'
	equal "$(field 'r["left_aside"], r["counts"]["not_judged"]')" \
		"(['accepted/README.md', 'accepted/readme.TXT', 'notes/about.md'], 0)"
	"$SBX" judge --problem p --verify >out
	grep -Eqx 'accepted/README.md +left aside: documentation' out
	equal "$(tail -n 1 out)" 'sbx: verified  2 of 2 submissions as expected, 0 not, 0 skipped'
}

@test "broken packages and wrong usage: one line, exit status 2, nothing run" {
	package
	judge --problem p --verify
	refused '^sbx: p: nothing in submissions$'
	mkdir -p p/submissions/accepted
	judge --problem p --verify
	refused '^sbx: p: nothing in submissions$'
	submission slow/right.sh cat
	judge --problem p --verify
	refused '^sbx: p/submissions/slow/right.sh: its folder means nothing in this format, and it has no line @EXPECTED_RESULTS@'
	submission slow/right.sh '# @EXPECTED_RESULTS@: PERFECT\ncat'
	judge --problem p --verify
	refused '^sbx: p/submissions/slow/right.sh: @EXPECTED_RESULTS@: "PERFECT" is no verdict that can be checked$'
	rm -r p/submissions/slow
	submission rejected/right.sh cat
	judge --problem p --verify
	refused 'submissions/rejected/right.sh: its folder means nothing in this format'
	rm -r p/submissions/rejected
	submission accepted/right.sh cat
	put submissions/submissions.yaml '{}'
	judge --problem p --verify
	refused '^sbx: p/submissions/submissions.yaml: a file of 2023-07 packages$'
	judge --problem p --verify p/submissions/accepted/right.sh
	refused 'no SOURCE may be given$'
	rm p/submissions/submissions.yaml
	judge --problem p --verify -l perl
	refused '^sbx: p: nothing in submissions is in perl$'
	judge --problem p --verify -l klingon
	refused '^sbx: no language is called "klingon"; sbx languages lists them$'
	judge --tests p/data --verify
	refused 'give it with --problem'
}

@test "TERM ends it, and it says so" {
	package
	submission accepted/1.sh cat
	submission accepted/2.sh 'while :; do :; done'
	submission accepted/3.sh cat
	"$SBX" judge --problem p --verify -t 100s -w 500s --format json --report report --events events 2>err &
	pid=$!
	# until a test of the second one runs
	within 100 grep -qs '"event":"test_started".*2.sh' events
	kill -TERM "$pid"
	wait "$pid" && status=0 || status=$?
	equal "$status" 3
	results 'accepted/1.sh AC ok; accepted/2.sh None no; accepted/3.sh None no'
	equal "$(field 'r["interrupted"], r["error"]["errno_name"], r["counts"]["not_judged"]')" "(True, 'EINTR', 2)"
}
