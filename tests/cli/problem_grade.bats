#!/usr/bin/env bats
# sbx judge --problem: what groups and validators make of the tests: verdicts, scores, and which tests count.

load common
load package

# scored NAME...: a test each, that "cat" passes; of a name that ends in -bad, does not.
scored() {
	for name in "$@"; do
		case $name in *-bad) testcase "$name" 'a' 'b' ;; *) testcase "$name" 'a' 'a' ;; esac
	done
}

groups() {
	field '" ".join("%s=%s:%s" % (g["name"], g["verdict"], g["score"]) for g in r["groups"])'
}

# A package of 2023-07 whose validator takes what the submission prints as a script.
package_2023() {
	package
	put problem.yaml 'problem_format_version: 2023-07\nuuid: 1\nname: a\ntype: scoring\nlimits: {time_limit: 20}\n'
	# shellcheck disable=SC2016
	put output_validator/check.sh 'cd "$3" && eval "$(cat)"'
}

@test "legacy scoring: groups that break, sum, take the least; the whole's score; the table" {
	package
	put problem.yaml 'type: scoring'
	rm -r p/data
	scored sample/1-bad secret/a/{1,2} secret/b/{1,2-bad,3} secret/c/1-bad secret/c/2
	put data/testdata.yaml 'on_reject: continue\ngrader_flags: ignore_sample'
	put data/secret/testdata.yaml 'grader_flags: always_accept'
	put data/secret/a/testdata.yaml 'grader_flags: min\naccept_score: 20'
	put data/secret/b/testdata.yaml 'grader_flags: min\naccept_score: 30\non_reject: break'
	put data/secret/c/testdata.yaml 'grader_flags: always_accept\naccept_score: 12.5'
	judge_problem cat.sh
	verdicts 'AC: WA AC AC AC WA SKIP WA AC'
	equal "$status" 0
	equal "$(groups)" 'sample=WA:0.0 secret=AC:32.5 secret/a=AC:20.0 secret/b=WA:0.0 secret/c=AC:12.5'
	equal "$(field 'r["score"], r["decided_by"], {t.get("score") for t in r["tests"]}')" '(32.5, None, {None})'
	run -0 "$SBX" judge --problem p cat.sh
	for line in 'group +score' 'secret/b +WA +0' 'secret/c +AC +12\.5'; do
		grep -Eqx "$line" <<<"$output"
	done
	[[ ${lines[-1]} =~ ^'sbx: AC '.*', score 32.5  Bash'$ ]]
}

@test "legacy: the score that the validator gives, where the problem says that it does" {
	package
	put problem.yaml 'type: scoring\nvalidation: custom score'
	# shellcheck disable=SC2016
	put output_validators/check.sh 'tee "$3/score.txt"; exit 42'
	testcase secret/1 '3.25\n' ''
	testcase secret/2 ' -1e1 ' ''
	judge_problem cat.sh
	verdicts 'AC: AC AC'
	equal "$(field 'r["score"], [t["score"] for t in r["tests"]]')" '(-6.75, [3.25, -10.0])'
	put problem.yaml 'type: scoring\nvalidation: custom'
	judge_problem cat.sh
	equal "$(field 'r["score"], [t["score"] for t in r["tests"]]')" '(2.0, [None, None])'
}

@test "2023-07 scoring: shares, scores and multipliers, what is required, and the events" {
	package_2023
	put data/secret/a/test_group.yaml 'scoring: {score: 40, aggregation: sum}'
	put data/secret/b/test_group.yaml 'scoring: {score: 30}'
	put data/secret/c/test_group.yaml 'scoring: {score: 30, require_pass: secret/b}'
	testcase sample/1 'echo 3 >score.txt; exit 42' ''
	testcase secret/a/1 'echo 0.25 >score_multiplier.txt; exit 42' ''
	testcase secret/a/2 'echo 7.5 >score.txt; echo seen >judgemessage.txt; exit 42' ''
	testcase secret/b/1 'exit 43' ''
	testcase secret/b/2 'exit 42' ''
	testcase secret/c/1 'exit 42' ''
	rm p/data/secret/1.*
	judge_problem --events events cat.sh
	verdicts 'WA: AC AC AC WA AC SKIP'
	equal "$status" 1
	equal "$(groups)" 'sample=AC:0.0 secret=WA:12.5 secret/a=AC:12.5 secret/b=WA:0.0 secret/c=SKIP:0.0'
	equal "$(field 'r["score"], r["decided_by"]')" "(12.5, 'secret/b/1')"
	equal "$(field '[(t["score"], t["score_multiplier"]) for t in r["tests"][:4]]')" \
		'[(3.0, None), (None, 0.25), (7.5, None), (None, None)]'
	equal "$(field 'r["tests"][2]["checker"]["message"]')" seen
	tail -n 1 events | grep -q '"event":"finished",.*"verdict":"WA","score":12.5}'
	grep '"event":"test_finished".*"secret/a/2"' events | grep -q '"score":7.5,"score_multiplier":null,'
}

@test "a group that requires what is not there, or not before it: said before anything is compiled" {
	package
	put problem.yaml 'problem_format_version: 2023-07\nuuid: 1\nname: a\ntype: scoring\nlimits: {time_limit: 10}\n'
	put data/secret/test_group.yaml 'scoring: {score: 10}'
	testcase secret/a/1 'a\n' 'a\n'
	testcase secret/b/1 'a\n' 'a\n'
	while IFS='|' read -r name why; do
		put data/secret/a/test_group.yaml "scoring: {require_pass: [$name]}"
		judge_problem --events events cat.sh
		refused "^sbx: p/data/secret/a/test_group.yaml: \"require_pass\": \"$name\": $why$"
		[ ! -e events ]
	done <<-'E'
		secret/c|there is no such test or group
		a|there is no such test or group
		secret/b|it does not come before this group
		secret/a|it does not come before this group
		secret|it does not come before this group
		secret/b/1|it does not come before this group
	E
}

@test "a broken score is the judge's failure, and says whose" {
	package_2023
	while IFS='|' read -r script file; do
		testcase secret/1 "$script; exit 42" ''
		judge_problem cat.sh
		verdicts 'IE: IE'
		equal "$status" 3
		equal "$(field 'r["score"], r["decided_by"]')" "(None, 'secret/1')"
		equal "$(field 'r["tests"][0]["run"]["error"]["message"], r["tests"][0]["reason"]')" \
			"(\"the checker's $file is not a number\", 'checker')"
	done <<-'E'
		echo five >score.txt|score.txt
		echo nan >score.txt|score.txt
		: >score_multiplier.txt|score_multiplier.txt
		ln -s /etc/hostname score.txt|score.txt
		mkdir score_multiplier.txt|score_multiplier.txt
		head -c 3M /dev/zero >score.txt|score.txt
	E
	for script in 'echo 101 >score.txt; exit 42' 'echo -1 >score.txt; exit 42' 'echo 2 >score_multiplier.txt; exit 42' \
		'echo 1 >score.txt; exit 43'; do
		testcase secret/1 "$script" ''
		judge_problem cat.sh
		equal "$status" 3
		equal "$(field 'r["verdict"], r["score"], r["decided_by"]')" "('IE', None, None)"
		field 'r["error"]["message"]' | grep -q '^data/secret: its settings, or the scores that the validator gave, break'
	done
}

@test "scores are nothing to pass-fail problems, and the folder is the validator's" {
	package_2023
	sed -i '/^type/d' p/problem.yaml
	testcase secret/1 'echo five >score.txt; exit 42' ''
	judge_problem cat.sh
	verdicts 'AC: AC'
	equal "$(field 'r["score"], r["tests"][0]["score"]')" '(None, None)'
	equal "$(groups)" 'secret=AC:None'
}

@test "what is behind a failure in a group that breaks is not run, or does not count" {
	package
	echo '. /dev/stdin' >run.sh
	testcase secret/a/1 'sleep 1' ''
	testcase secret/a/2 'exit 1' ''
	testcase secret/a/3 'exit 1' ''
	testcase secret/a/4 'sleep 1; exit 1' ''
	testcase secret/b/1 'exit 1' ''
	put data/secret/testdata.yaml 'on_reject: continue'
	put data/secret/a/testdata.yaml 'on_reject: break'
	put data/secret/b/testdata.yaml 'on_reject: break'
	testcase secret/1 '' ''
	for slots in 1 2 4; do
		judge_problem -j "$slots" run.sh
		verdicts 'RE: AC AC RE SKIP SKIP RE'
		equal "$(field 'r["decided_by"]')" secret/a/2
	done
	judge_problem -j 1 --events events run.sh
	equal "$(grep '"event":"test_started"' events | grep -o '"test":"[^"]*"' | cut -d '"' -f 4 | tr '\n' ' ')" \
		'secret/1 secret/a/1 secret/a/2 secret/b/1 '
	put data/secret/a/testdata.yaml 'grader_flags: accept_if_any_accepted\non_reject: continue'
	judge_problem run.sh
	verdicts 'RE: AC AC RE RE RE RE'
	equal "$(field 'r["decided_by"]')" secret/b/1
	judge_problem -j 2 --stop-on-first-failure run.sh
	verdicts 'AC: AC AC RE SKIP SKIP SKIP'
}

@test "the worst failure decides, where no group breaks" {
	package
	echo '. /dev/stdin' >run.sh
	testcase secret/1 'echo no' ''
	testcase secret/2 'exit 1' ''
	put data/testdata.yaml 'on_reject: continue'
	judge_problem run.sh
	verdicts 'RE: WA RE'
	run -1 "$SBX" judge --problem p run.sh
	[[ ${lines[-1]} == *', decided by: secret/2  Bash' ]]
	put data/testdata.yaml 'on_reject: continue\ngrader_flags: first_error'
	run -1 "$SBX" judge --problem p run.sh
	[[ ${lines[-1]} == 'sbx: WA '*', first failure: secret/1  Bash' ]]
}

@test "--stop-on-first-failure: at the first failure that counts" {
	package
	put problem.yaml 'type: scoring'
	rm -r p/data
	scored sample/1-bad secret/a/1 secret/b/1-bad secret/b/2
	put data/testdata.yaml 'on_reject: continue\ngrader_flags: ignore_sample'
	put data/secret/testdata.yaml 'on_reject: continue\ngrader_flags: first_error'
	put data/secret/b/testdata.yaml 'on_reject: continue'
	judge_problem --stop-on-first-failure cat.sh
	verdicts 'WA: WA AC WA SKIP'
	equal "$(field 'r["decided_by"]')" secret/b/1-bad
}
