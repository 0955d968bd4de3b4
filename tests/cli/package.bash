# For the files about problem packages: each test makes its own in $T/p, for submissions in Bash.
# shellcheck shell=bash disable=SC2154

setup_file() { common_setup_file; }
teardown_file() { assert_clean; }
setup() {
	T=$BATS_TEST_TMPDIR
	mkdir "$T/p"
	cd "$T" || return
}

# put FILE [TEXT]: in the package.
put() {
	mkdir -p "p/$(dirname "$1")"
	printf '%b' "${2-}" >"p/$1"
}

# testcase NAME INPUT ANSWER
testcase() {
	put "data/$1.in" "$2"
	put "data/$1.ans" "$3"
}

# A package with one test, that a submission which copies its input passes.
package() {
	put problem.yaml '{}'
	put .timelimit 10
	testcase secret/1 'a\n' 'a\n'
	echo cat >cat.sh
}

judge_problem() {
	judge --problem p "$@"
}

# refused PATTERN: the last judge() said that in a line, and did nothing else.
refused() {
	equal "$status" 2
	one_line "$T/err" "$1"
	equal "$(cat "$T/out")" ''
}
