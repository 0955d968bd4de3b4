#!/usr/bin/env bats
# sbx judge --compile-cache: what is compiled once is compiled once, and never becomes another program.

load common
load tests

setup() {
	not_in_vm
	tests_folder
	mkdir -m 700 cache
	echo 1 2 >tests/1.in
	echo 3 >tests/1.ans
	sum sum.c '+'
}

# sum FILE OPERATOR: a program in C; with + it is right.
sum() {
	printf '#include <stdio.h>\nint main(void) { int a, b; if (scanf("%%d %%d", &a, &b) == 2) printf("%%d\\n", a %s b); }\n' "$2" >"$1"
}

cached_judge() {
	judge --compile-cache "$T/cache" --tests tests "$@"
}

# came EXPECTED...: whether the compile of the last judge came from the cache, and the verdict.
came() {
	equal "$(field 'r["compile"]["cached"], r["compile"]["ok"], r["cache_error"], r["verdict"]')" "($1, True, ${3:-None}, '$2')"
}

entries() {
	find "$T/cache" -name '*.entry' | wc -l
}

@test "the second time it comes from the cache, and the report, the events and the table say so" {
	cached_judge sum.c
	came False AC
	equal "$(field 'r["compile"]["run"]["verdict"]')" OK
	cached_judge --events events sum.c
	came True AC
	equal "$(field 'r["compile"]["run"]')" None
	equal "$(grep -c '"compiling"' events)" 0
	equal "$(grep '"compiled"' events | grep -c '"cached":true')" 1
	"$SBX" judge --compile-cache cache --tests tests sum.c >out
	equal "$(tail -1 out)" 'sbx: AC    1 of 1 tests passed  C17 (GCC), cached'
	equal "$(find cache -type f -perm 600 | wc -l) $(find cache -type f | wc -l)" '1 1'
	judge --tests tests sum.c
	came False AC
}

@test "another source, name, header, limit or language: compiled" {
	cached_judge sum.c
	sum sum.c -
	cached_judge sum.c
	came False WA
	cached_judge sum.c
	came True WA
	sum other.c -
	cached_judge other.c
	came False WA
	echo >sum.h
	cached_judge sum.c sum.h
	came False WA
	cached_judge sum.h sum.c
	came True WA
	mkdir -p problem/data/secret
	cp tests/* problem/data/secret
	echo 10 >problem/.timelimit
	for limits in 'memory: 2048' 'compilation_time: 20' 'compilation_memory: 1023'; do
		printf 'name: sum\nlimits: {%s}\n' "$limits" >problem/problem.yaml
		judge --compile-cache cache --problem problem sum.c
		case $limits in
		memory*) came True WA ;; # not the compiler's, and the language's own are the same as without a package
		*) came False WA ;;
		esac
	done
	sum sum.cpp -
	for language in c cpp; do
		cached_judge --language "$language" sum.c sum.cpp
		came False WA
	done
}

@test "another compiler of the same version: compiled" {
	cached_judge sum.c
	cp "$(readlink -f /usr/bin/gcc)" gcc
	# shellcheck disable=SC2016 # the inner shell's
	upgraded='mount --bind gcc "$(readlink -f /usr/bin/gcc)" && exec "$@"'
	unshare -m sh -c "$upgraded" sh "$SBX" judge --compile-cache cache --tests tests --format json --report report sum.c
	came False AC
	cached_judge sum.c
	came True AC
}

@test "what the compiler said comes from the cache too; a compile error is not kept" {
	printf '#warning once upon a time\nint main(void) { return 0; }\n' >warn.c
	for cached in False True; do
		judge --compile-cache cache --tests tests warn.c
		came "$cached" WA
		field 'r["compile"]["output"]' | grep -q 'warn.c:1:2: warning: #warning once upon a time'
	done
	echo 'int main(void) { return x; }' >wrong.c
	for _ in 1 2; do
		cached_judge wrong.c
		equal "$(field 'r["compile"]["cached"], r["verdict"]')" "(False, 'CE')"
	done
	equal "$(entries)" 1
}

@test "folders and many files: Java's classes" {
	mkdir src
	cat >Main.java <<-'E'
		package a.b;
		public class Main {
			interface Sum { int of(int a, int b); }
			static class Right implements Sum { public int of(int a, int b) { return a + b; } }
			public static void main(String[] args) {
				java.util.Scanner in = new java.util.Scanner(System.in);
				System.out.println(new Right().of(in.nextInt(), in.nextInt()));
			}
		}
	E
	cached_judge --pids 64 -t 20s Main.java
	came False AC
	cached_judge --pids 64 -t 20s Main.java
	came True AC
}

@test "a checker is cached as a submission is" {
	cat >check.c <<-'E'
		#include <stdio.h>
		int main(int argc, char **argv) {
			int got = 0;
			return argc < 4 || scanf("%d", &got) != 1 || got != 3 ? 43 : 42;
		}
	E
	echo '{"files": [{"path": "sum.c"}], "tests": [{"stdin": "1 2", "answer": "3"}],
	"checker": {"kind": "kattis", "files": [{"path": "check.c"}]}}' >job.json
	judge --compile-cache cache --job job.json
	came False AC
	equal "$(entries)" 2
	judge --compile-cache cache --job job.json
	came True AC
	equal "$(entries)" 2
	sum sum.c -
	judge --compile-cache cache --job job.json
	came False WA
	equal "$(entries)" 3
}

@test "a damaged entry is a miss, is replaced, and the verdict is right" {
	cached_judge sum.c
	entry=$(echo cache/*.entry)
	cp "$entry" whole
	size=$(stat -c %s whole)
	for damage in 'truncate -s 0' 'truncate -s 40' "truncate -s $((size - 1))" "truncate -s $((size + 1))" \
		'poke 3' 'poke 20' 'poke 50' "poke $((size / 2))" "poke $((size - 1))" 'chmod 644' 'into_link' 'into_fifo' 'into_folder'; do
		cp whole "$entry"
		chmod 600 "$entry"
		$damage "$entry"
		cached_judge sum.c
		if [ "$damage" = into_folder ]; then
			came False AC "'what was compiled is not kept in the cache: Is a directory'"
			rmdir "$entry"
			continue
		fi
		came False AC
		cached_judge sum.c
		came True AC
	done
	# under another's name
	cached_judge sum.c
	sum other.c -
	cached_judge other.c
	for name in cache/*.entry; do
		[ "$name" = "$entry" ] || cp "$entry" "$name"
	done
	cached_judge other.c
	came False WA
}

poke() {
	printf '\377\001' | dd of="$2" bs=1 seek="$1" count=1 conv=notrunc status=none
}
into_link() {
	mv "$1" elsewhere
	ln -s "$T/elsewhere" "$1"
}
into_fifo() {
	rm "$1"
	mkfifo -m 600 "$1"
}
into_folder() {
	rm "$1"
	mkdir "$1"
}

@test "twenty judges at once, of one source and of several" {
	sum wrong.c -
	pids=()
	for i in $(seq 20); do
		source=sum.c
		[ $((i % 4)) != 0 ] || source=wrong.c
		"$SBX" judge --compile-cache cache --tests tests -t 20s --format json --report "report-$i" "$source" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || true
	done
	for i in $(seq 20); do
		mv "report-$i" report
		wanted=AC
		[ $((i % 4)) != 0 ] || wanted=WA
		equal "$(field 'r["verdict"], r["cache_error"]')" "('$wanted', None)"
	done
	equal "$(entries) $(find cache -type f | wc -l)" '2 2'
}

@test "the bound holds: what was used least recently goes" {
	for i in 1 2 3; do
		echo "// $i" >>sum.c
		cp sum.c "sum$i.c"
		cached_judge "sum$i.c"
		came False AC
	done
	size=$(stat -c %s cache/*.entry | sort -n | tail -1)
	bound=$(((size / 4096 + 1) * 3 * 4096))
	cached_judge sum1.c # used again, so the next to go is sum2
	came True AC
	sum sum4.c +
	cached_judge --compile-cache-size "$bound" sum4.c
	came False AC
	equal "$(entries)" 3
	for i in 1 3 4; do
		cached_judge "sum$i.c"
		came True AC
	done
	cached_judge --compile-cache-size "$bound" sum2.c
	came False AC
	equal "$(entries)" 3
	cached_judge --compile-cache-size 4K sum.c
	came False AC "'what was compiled is not kept in the cache: it is too large for the cache'"
	equal "$(entries)" 3
}

@test "killed in the middle: nothing wrong is left, and the rest is swept" {
	head -c 40000000 /dev/urandom | od -An -v -tx1 | tr -d ' \n' | head -c 30000000 >big.h
	printf '__asm__(".section .rodata\\n.incbin \\"big.h\\"\\n");\n' >>sum.c
	for delay in 0.1 0.2 0.3 0.4 0.5 0.6; do
		"$SBX" judge --compile-cache cache --tests tests -t 20s sum.c big.h >/dev/null &
		sleep "$delay"
		kill -KILL $! 2>/dev/null || true
		wait $! || true
	done
	within 10 no_processes
	head -c 64 /dev/zero >cache/"$(printf '%064d' 0)".new
	touch cache/note
	cached_judge -t 20s sum.c big.h
	equal "$(field 'r["verdict"]')" AC
	sum other.c +
	cached_judge other.c
	came False AC
	cached_judge -t 20s sum.c big.h
	came True AC
	equal "$(find cache -name '*.new' | wc -l) $(find cache -name note | wc -l)" '0 1'
}

@test "a folder that cannot be trusted or used: refused, with the command that mends it" {
	refused() {
		judge --compile-cache "$1" --tests tests sum.c
		equal "$status" 2
		one_line err "$2"
	}
	refused none '^sbx: --compile-cache: cannot open none: No such file or directory; mkdir -m 700 makes it'
	refused sum.c '^sbx: --compile-cache: cannot open sum.c: Not a directory'
	chmod 770 cache
	refused cache '^sbx: --compile-cache: cache can be written by others: chmod go-w cache'
	chmod 702 cache
	refused cache 'chmod go-w cache'
	chmod 755 cache
	cached_judge sum.c
	came False AC
	mkdir theirs
	chown 12345 theirs
	refused theirs 'belongs to another user'
	mount --bind -o ro cache cache
	mount -o remount,bind,ro cache
	refused cache 'read-only' || result=$?
	umount cache
	[ -z "${result:-}" ]
	judge --compile-cache-size 1G --tests tests sum.c
	one_line err 'needs --compile-cache DIR'
	judge --compile-cache cache --compile-cache-size unlimited --tests tests sum.c
	one_line err 'unlimited.* is no bound'
}

@test "a full disk changes no verdict, and the report says that nothing is kept" {
	mkdir full
	mount -t tmpfs -o size=8k,mode=700 none full
	judge --compile-cache full --tests tests sum.c || true
	"$SBX" judge --compile-cache full --tests tests sum.c >table || true
	left=$(ls -A full)
	umount full
	came False AC "'what was compiled is not kept in the cache: No space left on device'"
	equal "$left" ''
	grep -q '^sbx: what was compiled is not kept in the cache: No space' table
}

@test "what a compiler leaves beside: no more is kept than the cache takes" {
	# a file of holes, written by no compiler but asked for by the source
	printf '__asm__(".section .bss\\n.skip 100\\n.section .rodata\\n.skip 80000000\\n");\n' >>sum.c
	cached_judge -m 1G sum.c
	came False AC "'what was compiled is not kept in the cache: it is too large for the cache'"
	equal "$(find cache -type f | wc -l)" 0
}

@test "--verify uses it too, one submission after the other" {
	mkdir -p problem/data/secret problem/submissions/accepted problem/submissions/wrong_answer
	cp tests/* problem/data/secret
	echo 10 >problem/.timelimit
	echo 'name: sum' >problem/problem.yaml
	sum problem/submissions/accepted/a.c +
	sum problem/submissions/accepted/b.c '- -'
	sum problem/submissions/wrong_answer/c.c -
	for _ in 1 2; do
		"$SBX" judge --compile-cache cache --problem problem --verify --events events
		equal "$(entries)" 3
	done
	equal "$(grep '"compiled"' events | grep -c '"cached":true')" 3
}
