# For the files about jobs with a folder of tests: $T/tests, in $T.
# shellcheck shell=bash

setup_file() { common_setup_file; }
teardown_file() { assert_clean; }
setup() {
	tests_folder
}

tests_folder() {
	T=$BATS_TEST_TMPDIR
	mkdir "$T/tests"
	cd "$T" || return
}

# testcase NAME INPUT [ANSWER]
testcase() {
	printf '%s' "$2" >"tests/$1.in"
	[ $# -lt 3 ] || printf '%s' "$3" >"tests/$1.ans"
}
