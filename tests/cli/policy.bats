#!/usr/bin/env bats
# sbx policy: the built-in profiles, listed and shown.

load common

setup_file() { common_setup_file; }
teardown_file() { assert_clean; }
setup() { T=$BATS_TEST_TMPDIR; }

# fails_with STATUS PATTERN COMMAND...: one clear line on stderr and nothing on stdout.
fails_with() {
	local status=0
	"$SBX" "${@:3}" >"$T/out" 2>"$T/err" || status=$?
	equal "$status" "$1"
	one_line "$T/err" "$2"
	[ ! -s "$T/out" ]
}

@test "list: a name, a number of instructions and a summary for each profile" {
	"$SBX" policy list >"$T/out"
	for name in default interpreted jvm compile contest; do
		grep -Eq "^$name +[1-9][0-9]+  [a-zA-Z]" "$T/out"
	done
	[ "$(grep -cEv '^[a-z]+ +[0-9]+  .' "$T/out")" = 0 ]
}

@test "show: OCI JSON, which sbx run takes back" {
	"$SBX" policy list | while read -r name _; do
		"$SBX" policy show "$name" >"$T/$name.json"
		python3 -IS -c 'import json, sys
p = json.load(open(sys.argv[1]))
assert p["defaultAction"].startswith("SCMP_ACT_"), p["defaultAction"]
assert any("read" in rule["names"] for rule in p["syscalls"])' "$T/$name.json"
		box --seccomp "$T/$name.json" -- /bin/true
		verdict OK null
	done
}

@test "show: an unknown name is refused, and says where the names are" {
	fails_with 2 '^sbx: policy: no such profile \(sbx policy list names them\): paranoid' policy show paranoid
	fails_with 2 'no such profile' policy show ''
	fails_with 2 'no such profile' policy show ../default
}

@test "usage errors name what is wrong and exit 2" {
	fails_with 2 '^sbx: policy: list, or show NAME\?' policy
	fails_with 2 'neither list nor show: shew' policy shew
	fails_with 2 'show takes a NAME' policy show
	fails_with 2 'one NAME only: jvm' policy show default jvm
	fails_with 2 'list takes no arguments: default' policy list default
}

@test "--help exits 0" {
	"$SBX" policy --help | grep -q '^usage: sbx policy list'
}

@test "a full disk is told, with exit 3" {
	for command in list 'show default'; do
		status=0
		# shellcheck disable=SC2086
		"$SBX" policy $command >/dev/full 2>"$T/err" || status=$?
		equal "$status" 3
		one_line "$T/err" 'No space left on device'
	done
}
