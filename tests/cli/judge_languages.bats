#!/usr/bin/env bats
# sbx judge in each language: languages/ has the same program in all of them, which does or suffers what its input says.
# A toolchain that is not installed skips its tests. So that all are through in time, the VM has but three of them, and
# each program is compiled once, for all its tests.

load common

# For a machine as slow as the VM; a test that uses it up has failed.
LONG=20s
[ -z "${SBX_VM:-}" ] || LONG=400s

setup_file() {
	common_setup_file
	cd "$BATS_FILE_TMPDIR" || return
	if [ -n "${SBX_VM:-}" ]; then
		printf '%s\n' c perl python3 >installed
	else
		"$SBX" languages --json | python3 -c 'import json, sys
print(*[l["name"] for l in json.load(sys.stdin) if l["installed"]], sep="\n")' >installed
	fi
	{ echo sort && echo 1000000 && shuf -i 1-1000000; } >sort.in
	mkdir hello
	echo hello | tee hello/1.in >hello/1.ans
}
teardown_file() { assert_clean; }
setup() {
	T=$BATS_TEST_TMPDIR
	cd "$T" || return
}

# language NAME: skips where it cannot be tried.
language() {
	local reason="its toolchain is not installed"
	[ -z "${SBX_VM:-}" ] || reason="compilers take minutes in the VM"
	grep -qx "$1" "$BATS_FILE_TMPDIR/installed" || skip "$reason"
}

# judge WANTED ARGS...: the verdict of the job and of each test, with its reason.
judge() {
	local wanted=$1
	shift
	"$SBX" judge --report "$T/report" --format json "$@" || true
	python3 -c 'import json, sys
r = json.load(open("report"))
got = " ".join([r["verdict"] + ":"] + ["/".join(filter(None, [t["verdict"], t.get("reason")])) for t in r["tests"]])
if got == sys.argv[1]:
    sys.exit()
print("wanted:", sys.argv[1], "\ngot:   ", got, "\n" + (r["compile"] or {}).get("output", ""))
for t in r["tests"]:
    run = t.get("run", {})
    print(t["name"], t["verdict"], *[run.get(k) for k in ("exit_code", "signal_name", "cpu_us", "wall_us", "memory_peak_bytes")])
    print(t.get("stdout"), t.get("stderr"))
sys.exit(1)' "$wanted"
}

# hello WANTED ARGS...: the same, for one test that wants a hello.
hello() {
	judge "$1" --tests "$BATS_FILE_TMPDIR/hello" "${@:2}"
}

# says PATTERN: what the compiler said has this, and no path but those that the author knows.
says() {
	python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))["compile"]["output"])' report >said
	if ! grep -Eq -- "$1" said || grep -Eq '(^|[^[:alnum:]._-])/[[:alnum:]]' said; then
		printf 'wanted: %s, and no absolute path\ngot:\n' "$1" >&2
		cat said >&2
		return 1
	fi
}

# program NAME FILE THREADS MEMORY THROW: the program of a language; "AC" or nothing where it has no threads; how it
# ends with too little memory, and by an exception that nobody catches.
program() {
	local name=$1 file=$2 threads=$3 memory=$4 throw=$5
	language "$name"
	{
		cat <<-END
			{"language": "$name", "files": [{"path": "$HERE/languages/$file"}],
			 "limits": {"time": "$LONG", "wall": "1000s", "memory": "256M"},
			 "tests": [{"stdin": "hello\n", "answer": "hello\n"},
			           {"stdin_path": "$BATS_FILE_TMPDIR/sort.in", "answer": "1 1000000 500000500000\n"},
		END
		[ -z "$threads" ] || printf '%s\n' '{"stdin": "threads\n", "answer": "500000500000\n"},'
		cat <<-END
			           {"stdin": "memory\n", "limits": {"memory": "64M"}},
			           {"stdin": "throw\n"},
			           {"stdin": "loop\n", "limits": {"time": "1s", "wall": "60s"}}]}
		END
	} >job.json
	judge "MLE: AC AC${threads:+ AC} MLE/$memory RE/$throw TLE/cpu" --job job.json
	# in all these languages it cannot stand alone, and before the last line it is no comment or text
	sed '$i )' "$HERE/languages/$file" >"$file"
	hello 'CE: SKIP' --language "$name" "$file"
	says "${file//./\\.}"
}

@test "Bash" { program bash bash.sh '' memory exit; }
@test "C" { program c c.c AC memory signal; }
@test "C++" { program cpp cpp.cpp AC memory signal; }
@test "C#" { program csharp csharp.cs AC memory exit; }
@test "Go" { program go go.go AC memory exit; }
@test "Haskell" { program haskell haskell.hs AC memory exit; }
@test "Java" { program java java.java AC heap exit; }
@test "JavaScript" { program javascript javascript.js AC memory exit; }
@test "Kotlin" { program kotlin kotlin.kt AC heap exit; }
@test "Lua" { program lua lua.lua '' memory exit; }
@test "OCaml" { program ocaml ocaml.ml AC memory exit; }
@test "Pascal" { program pascal pascal.pas AC memory exit; }
@test "Perl" { program perl perl.pl AC memory exit; }
@test "PHP" { program php php.php '' memory exit; }
@test "PyPy" { program pypy3 pypy3.py AC memory exit; }
@test "Python" { program python3 python3.py AC memory exit; }
@test "Ruby" { program ruby ruby.rb AC memory exit; }
@test "Rust" { program rust rust.rs AC memory exit; }
@test "TypeScript" { program typescript typescript.ts AC memory exit; }

@test "C: two sources and a header" {
	language c
	echo 'const char *word(void);' >word.h
	printf '#include "word.h"\nconst char *word(void) { return "hello"; }\n' >word.c
	printf '#include "word.h"\n#include <stdio.h>\nint main(void) { puts(word()); }\n' >main.c
	hello 'AC: AC' word.c word.h main.c
}

@test "Go: two sources" {
	language go
	printf 'package main\nfunc word() string { return "hello" }\n' >word.go
	printf 'package main\nimport "fmt"\nfunc main() { fmt.Println(word()) }\n' >main.go
	hello 'AC: AC' word.go main.go
}

@test "Python: two sources, and the one called main.py is run" {
	language python3
	echo 'def word(): return "hello"' >word.py
	echo 'from word import word; print(word())' >main.py
	hello 'AC: AC' word.py main.py
}

@test "Java: two sources, and the class with main is run" {
	language java
	echo 'public class Word { static String get() { return "hello"; } }' >Word.java
	echo 'public class Start { public static void main(String[] args) { System.out.println(Word.get()); } }' >Start.java
	hello 'AC: AC' Word.java Start.java
}

@test "Java: a public class is found whatever its file is called, and a file without one gets a name" {
	language java
	echo 'public class Public { public static void main(String[] args) { System.out.println("hello"); } }' >other.java
	hello 'AC: AC' other.java
	for class in 'public class Public' 'class Own'; do
		echo "{\"language\": \"java\", \"tests\": [{\"answer\": \"hello\"}], \"files\": [{\"text\":
			\"$class { public static void main(String[] args) { System.out.println(\\\"hello\\\"); } }\"}]}" | tr -d '\n' >job.json
		judge 'AC: AC' --job job.json
	done
}
