#!/usr/bin/env bats
# sbx judge and what nobody sane hands in: a clear result each time, bounded in time, memory and disk. Bad command lines and
# broken packages are in judge.bats and problem.bats, too.

load common
load tests

setup() {
	not_in_vm
	tests_folder
	echo 1 >tests/1.in
	echo 1 >tests/1.ans
}

# measured ARGS...: judges the tests, and sets $peak to the most memory that the judge itself held, in KiB. Again where it
# was gone before it could be looked at.
measured() {
	local now
	for _ in 1 2 3; do
		status=0 peak=0
		"$SBX" judge --tests tests --report report --format json "$@" >out 2>err &
		while now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$!/status" 2>/dev/null) && [ -n "$now" ]; do
			peak=$now
			sleep 0.02
		done
		wait $! || status=$?
		[ "$peak" = 0 ] || return 0
	done
	return 1
}

# ce REASON PATTERN ARGS...: CE for this reason (or None), in whose text is PATTERN; the judge stays small.
ce() {
	local reason=$1 pattern=$2
	shift 2
	measured "$@"
	equal "$(field 'r["verdict"], r["compile"]["reason"], r["error"]')" "('CE', $reason, None)"
	field 'r["compile"]["output"]' | grep -aqE -- "$pattern"
	[ "$(field 'len(r["compile"]["output"].encode("utf-8", "surrogatepass"))')" -le $((3 * 65536)) ]
	[ "$peak" -lt 32768 ]
	[ "$(stat -c %s report)" -lt $((1 << 20)) ]
}

sum() {
	printf '#include <stdio.h>\nint main(void) { int a; if (scanf("%%d", &a) == 1) printf("%%d\\n", a); }\n' >"$1"
}

@test "a program of 16 GiB: no disk is filled" {
	echo 'main[-1u]={1};' >bomb.c
	ce "'exit'" 'File size limit exceeded|File truncated|No space left' bomb.c
}

@test "a header without end, and one that includes itself" {
	printf '#include </dev/zero>\nint main(void) {}\n' >zero.c
	ce "'memory'" '' zero.c
	printf '#include "self.c"\nint main(void) {}\n' >self.c
	ce "'exit'" 'nested' self.c
}

@test "templates that grow without end" {
	printf 'template<int N> struct S { typedef typename S<N + 1>::t t; };\nint main() { S<0>::t x; }\n' >depth.cpp
	ce "'exit'" 'instantiation depth exceeds' depth.cpp
}

@test "megabytes of errors: the first 64 KiB, and a mark" {
	{
		echo 'int main(void) {'
		for i in $(seq 2000); do printf 'x%0400d;\n' "$i"; done
		echo '}'
	} >errors.c
	ce "'exit'" '^errors.c:2:1: error' errors.c
	equal "$(field 'r["compile"]["output_cut"], len(r["compile"]["output"].encode()) >= 65536 - 4')" '(True, True)'
	"$SBX" judge --tests tests errors.c >table || equal $? 1
	[ "$(stat -c %s table)" -lt 200000 ]
	equal "$(tail -1 table | cut -d ' ' -f 1-2)" 'sbx: CE'
}

@test "what is not text: in a source, in an output, in an answer, in what a compiler says" {
	printf '\377\376\000 int main(void) { \300 }\n\033[31m' >bytes.c
	ce "'exit'" 'bytes.c:1:1: error: stray' bytes.c
	"$SBX" judge --tests tests bytes.c >table || equal $? 1
	LC_ALL=C grep -aqP '[\x00-\x08\x0b-\x1f]' table && false
	printf 'printf "\\377\\376\\000\\n\\033"; printf "\\300" >&2' >bytes.sh
	measured bytes.sh
	verdicts 'WA: WA'
	equal "$(field 'ascii(r["tests"][0]["stdout"]), ascii(r["tests"][0]["stderr"])')" \
		"(\"'\\\\ufffd\\\\ufffd\\\\ufffd\\\\n\\\\x1b'\", \"'\\\\ufffd'\")"
	python3 -c 'open("report", "rb").read().decode("utf-8")'
	printf '\377\376\000\n\033' >tests/1.ans
	measured bytes.sh
	verdicts 'AC: AC'
}

@test "ten thousand sources, and one more" {
	mkdir many
	python3 -c 'for i in range(9999): open(f"many/f{i}.h", "w").write(f"int f{i};\n")'
	echo cat >many/main.sh
	measured many/*
	verdicts 'AC: AC'
	[ "$peak" -lt 65536 ] # sources are held while they are stored, unlike inputs and outputs
	touch many/more.h
	judge --tests tests many/*
	equal "$status" 2
	one_line err '^sbx: more than 10000 sources$'
	rm many/main.sh many/f1.h
	sum many/main.c
	measured -t 20s many/*
	verdicts 'AC: AC'
}

@test "names that could be options, lists or lines: in languages that are compiled" {
	for name in '-o x.c' 'a b.c' 'a#b.c' $'new\nline.c' '@file.c' '-.c' "'\"\$x.c" '*.c'; do
		sum "./$name"
		judge --tests tests -t 20s -- "$name"
		verdicts 'AC: AC'
	done
	for name in '-c x.py' $'new\nline.py' 'a#b.py'; do
		echo 'print(input())' >"./$name"
		judge --tests tests -t 20s -- "$name"
		verdicts 'AC: AC'
	done
	sum "$(printf '%0250d' 0).c"
	judge --tests tests -t 20s ./0*.c
	verdicts 'AC: AC'
}

@test "a compiler that is kept busy, forks, or fills its folder: over its limits, and the judge is well" {
	# what a source can make a compiler do is bounded by the compiler's box: the assembler writes what it is told to
	printf '__asm__(".rept 30\\n.section .rodata\\n.skip 200000000, 1\\n.endr\\n");\nint main(void) {}\n' >fill.c
	measured fill.c
	equal "$(field 'r["verdict"], r["error"]')" "('CE', None)"
	[ "$peak" -lt 32768 ]
	equal "$(ls -A /run/sbx/jobs)" ''
}

@test "broken YAML of a package: file, line and column" {
	mkdir -p p/data/secret
	echo 10 >p/.timelimit
	cp tests/* p/data/secret
	echo cat >cat.sh
	while IFS='|' read -r text pattern; do
		printf '%b' "$text" >p/problem.yaml
		judge --problem p cat.sh
		equal "$status" 2
		one_line err "^sbx: p/problem.yaml:$pattern"
	done <<-'E'
		name: [a|[12]:
		name: "a|[12]:
		\tname: a|1:
		name: a\nname: b|2:1
		name: *a|1:
		a: &a [x, x]\nb: &b [*a, *a]|1:
		name: \xff\xfe|
		- a\n- b|1:1
		--- a\n--- b|
	E
	python3 -c 'print("name: " + "[" * 100000)' >p/problem.yaml
	judge --problem p cat.sh
	equal "$status" 2
	one_line err '^sbx: p/problem.yaml:1:'
	head -c 20000000 /dev/zero | tr '\0' 'a' >p/problem.yaml
	judge --problem p cat.sh
	equal "$status" 2
	one_line err '^sbx: .*p/problem.yaml'
}

@test "broken JSON of a job: the file and the byte" {
	while IFS='|' read -r text pattern; do
		printf '%b' "$text" >job.json
		judge --job job.json
		equal "$status" 2
		one_line err "^sbx: job.json: $pattern"
	done <<-'E'
		|unexpected end of data at byte 0
		{"files": [|unexpected end of data
		{"files": [], "files": []}|
		\xff|byte 0 is not UTF-8
		[]|
		{"files": 3, "tests": []}|files: 
		{"files": [{"path": "none.sh"}], "tests": [{}]}|files\[0\].path: cannot open none.sh
		{"files": [{"name": "a.sh", "text": ""}], "tests": [{"answer_path": "none"}]}|tests\[0\].answer_path: cannot open none
		{"files": [{"name": "a.sh", "text": ""}], "tests": []}|tests: no test in it$
		{"files": [{"name": "a.sh", "text": ""}], "tests": [{}], "tset": 1}|tset: unknown key$
		{"files": [{"name": "a.sh", "text": ""}], "tests": [{"name": "b"}, {}, {"name": "a"}, {"name": "b"}, {"name": "a"}]}|tests\[0\].name and tests\[3\].name: both tests are called "b"$
		{"files": [{"name": "a.sh", "text": ""}], "tests": [{"name": "2"}, {}]}|tests\[0\].name and tests\[1\]: both tests are called "2" \(one without
	E
	python3 -c 'print("[" * 100000)' >job.json
	judge --job job.json
	one_line err '^sbx: job.json: nesting too deep'
	truncate -s 2G job.json
	judge --job job.json
	equal "$status" 2
	one_line err '^sbx: .*job.json'
	judge --job /dev/zero
	equal "$status" 2
	one_line err '^sbx: '
}

@test "a checker of a package that does not compile: the judge's failure, with the compiler's words" {
	echo cat >cat.sh
	cat >job.json <<-'E'
		{"files": [{"path": "cat.sh"}], "tests": [{"stdin": "1", "answer": "1"}],
		"checker": {"kind": "kattis", "files": [{"name": "check.c", "text": "int main(void)\n{ return x; }"}]}}
	E
	judge --job job.json --html page
	equal "$status" 3
	equal "$(field 'r["verdict"], r["tests"][0]["verdict"]')" "('IE', 'SKIP')"
	equal "$(field 'r["error"]["message"], r["compile"]["ok"], r["checker_compile"]["ok"], r["checker_compile"]["reason"]')" \
		"('the checker does not compile', True, False, 'exit')"
	# as the compiler wrote it, line for line: in the report, the table and the page
	field 'r["checker_compile"]["output"]' | grep -qx 'check.c:2:10: error: .*'
	"$SBX" judge --job job.json >table || equal $? 3
	grep -qx 'check.c:2:10: error: .*' table
	equal "$(tail -n 1 table)" 'sbx: IE   (workspace) the checker does not compile  Bash'
	grep -qx 'check.c:2:10: error: .*' page
	grep -q '<h2>What the compiler said of the checker</h2>' page
}

@test "compilers name sources as their author did" {
	names() {
		judge --tests tests "$1"
		equal "$(field 'r["verdict"]')" CE
		field 'r["compile"]["output"]' | grep -aqF -- "$2"
		field 'r["compile"]["output"]' | grep -aq '/box' && {
			field 'r["compile"]["output"]'
			return 1
		}
		return 0
	}
	echo 'int main(void) { return x; }' >wrong.c
	names wrong.c wrong.c:1
	echo 'int main() { return x; }' >wrong.cpp
	names wrong.cpp wrong.cpp:1
	echo 'int main(void) { return f(); } int f(void) { return g_is_nowhere(); }' >link.c
	names link.c link.c
	echo 'print(' >wrong.py
	names wrong.py wrong.py
	echo 'class A { int f() { return x; } public static void main(String[] a) {} }' >A.java
	names A.java A.java:1
	echo 'fn main() { x }' >wrong.rs
	names wrong.rs wrong.rs:1
	printf 'package main\nfunc main() { x() }\n' >wrong.go
	names wrong.go wrong.go:2
	echo 'begin x end.' >wrong.pas
	names wrong.pas wrong.pas
	echo 'let x: number = "a";' >wrong.ts
	! command -v tsc >/dev/null || names wrong.ts wrong.ts
	echo 'puts(' >wrong.rb
	names wrong.rb wrong.rb
	echo 'my x = ;' >wrong.pl
	names wrong.pl wrong.pl
	echo 'let x = ;' >wrong.js
	names wrong.js wrong.js
	echo 'if' >wrong.sh
	names wrong.sh wrong.sh
}

@test "a leaf that a killed judge left is swept by the next one, whichever slots that uses" {
	# as one leaves it whose judge was killed: empty, and of a slot that nobody holds
	local slice leaves=()
	for slice in "${SLICES[@]}"; do
		[ ! -d "$slice" ] || leaves+=("$slice/run-3000")
	done
	[ ${#leaves[@]} -gt 0 ]
	mkdir -p "${leaves[@]}"
	echo cat >cat.sh
	judge --tests tests -j 1 cat.sh
	verdicts 'AC: AC'
	for leaf in "${leaves[@]}"; do [ ! -e "$leaf" ]; done
}
