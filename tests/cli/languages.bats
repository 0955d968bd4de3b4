#!/usr/bin/env bats
# sbx languages: what is listed, and that a version is one which the toolchain printed.

load common

setup_file() { common_setup_file; }
teardown_file() { assert_clean; }
setup() { T=$BATS_TEST_TMPDIR; }

@test "a line for each language: its version, or what to install" {
	"$SBX" languages >"$T/out" 2>"$T/err"
	[ ! -s "$T/err" ]
	equal "$(wc -l <"$T/out")" 19
	grep -Eq '^c +C17 \(GCC\) +\.c +gcc .*[0-9]\.[0-9]' "$T/out"
	grep -Eq '^cpp +C\+\+17 \(GCC\) +\.cpp \.cc \.cxx \.c\+\+ +g\+\+ .*[0-9]\.[0-9]' "$T/out"
	grep -Eq '^java +Java 17 \(OpenJDK\) +\.java +javac 17\.' "$T/out"
	while read -r name tool; do
		if [ -x "/usr/bin/$tool" ]; then
			grep -Eq "^$name .*[0-9]\.[0-9]" "$T/out"
			run ! grep -Eq "^$name .*(apt-get install|prints no version)" "$T/out"
		else
			grep -Eq "^$name .* install: apt-get install [a-z]" "$T/out"
		fi
	done <<-END
		python3 python3
		pypy3 pypy3
		kotlin kotlinc
		javascript node
		go go
		rust rustc
		pascal fpc
		haskell ghc
		ocaml ocamlopt
		ruby ruby
		php php
		perl perl
		lua lua5.4
	END
}

@test "--json: the same in one array" {
	"$SBX" languages --json >"$T/json" 2>"$T/err"
	"$SBX" languages >"$T/out"
	[ ! -s "$T/err" ]
	python3 -IS -c 'import json, sys
languages = json.load(open(sys.argv[1]))
lines = open(sys.argv[2]).read().splitlines()
assert len(languages) == len(lines)
for language, line in zip(languages, lines):
    assert list(language) == ["name", "title", "extensions", "packages", "installed", "version"], language
    assert line.split()[0] == language["name"] and language["title"] in line, line
    assert all(e.startswith(".") for e in language["extensions"]) and language["packages"], language
    wanted = language["version"] if language["installed"] else " ".join(language["packages"])
    assert line.endswith(" " + wanted), (line, wanted)
    assert language["installed"] or language["version"] is None, language' "$T/json" "$T/out"
}

@test "usage errors name what is wrong and exit 2" {
	while read -r arguments; do
		status=0
		# shellcheck disable=SC2086
		"$SBX" languages $arguments >"$T/out" 2>"$T/err" || status=$?
		equal "$status" 2
		one_line "$T/err" '^sbx: languages: takes --json or nothing: (cpp|--jso|more); sbx languages --help tells more'
		[ ! -s "$T/out" ]
	done <<-END
		cpp
		--jso
		--json more
	END
}

@test "--help exits 0" {
	"$SBX" languages --help | grep -q '^usage: sbx languages \[--json\]'
}

@test "a full disk is told, with exit 3" {
	status=0
	"$SBX" languages --help >/dev/full 2>"$T/err" || status=$?
	equal "$status" 3
	one_line "$T/err" 'No space left on device'
}
