#!/usr/bin/env bats
# Real programs in each language that is installed below /usr: compiled in a box under the profile `compile`, then run
# under the profile of their kind. The sources are in corpus/. All bounds on time are for the slowest machine.
#
# What each language does when memory runs out, and what a JVM needs, stands beside its tests.

load common

setup_file() { common_setup_file; }
teardown_file() { assert_clean; }

LONG=(--time 600s --wall 1200s)

# language NAME TOOL: goes to the folder where programs of this language are built, or skips.
language() {
	[ -x "/usr/bin/$2" ] || skip "$1 is not installed"
	T=$BATS_TEST_TMPDIR
	JOB=$BATS_FILE_TMPDIR/$1
	if [ ! -d "$JOB" ]; then
		mkdir -m 777 "$JOB"
		cp "$HERE"/corpus/[mM]ain.* "$JOB"
	fi
	export JOB
}

# compile PRODUCT OPTIONS... -- COMPILER...: once per language, with the job directory writable.
compile() {
	local product=$1
	shift
	[ ! -e "$JOB/$product" ] || return 0
	box "${LONG[@]}" --seccomp compile --box-mode rw --mem 1G --fsize 256M --tmp 512M "$@"
	if ! verdict OK null || [ ! -e "$JOB/$product" ]; then
		cat "$T/out" "$T/err" >&2
		return 1
	fi
}

# programs OPTIONS... -- COMMAND...: all of them that have one right output.
programs() {
	while read -r what wanted; do
		box "${LONG[@]}" "$@" "$what"
		if ! verdict OK null || ! printed "$wanted"; then
			echo "program: $what" >&2
			head -c 2000 "$T/err" >&2
			return 1
		fi
	done <<-END
		hello hello
		threads 400000
		files 100000
		sort 1003 1074651046 2147483531
		time slept
	END
}

# fits OPTIONS... -- COMMAND...: 200 MiB can be had.
fits() {
	box "${LONG[@]}" "$@" alloc 200
	verdict OK null 'memory_peak_bytes>=209715200'
	printed 1
}

# too_large OPTIONS... -- COMMAND...: 200 MiB are more than the limit, and the kernel says so.
too_large() {
	box "${LONG[@]}" "$@" alloc 200
	verdict MLE memory 'oom_kills>=1'
	printed ''
}

# ---- C: malloc gives address space freely, so the touching ends in MLE ----

compile_c() { compile c -- /usr/bin/gcc -O2 -pthread -o c main.c; }

@test "C: compiled in the box" {
	language C gcc
	compile_c
}

@test "C: hello, threads, files, sort, time" {
	language C gcc
	compile_c
	programs --seccomp default -- ./c
}

@test "C: 200 MiB in 256, and MLE in 64" {
	language C gcc
	compile_c
	fits --mem 256M -- ./c
	too_large --mem 64M -- ./c
}

@test "C: an endless header and endless errors end by a limit" {
	language C gcc
	echo '#include "/dev/zero"' >"$JOB/zero.c"
	box --seccomp compile --box-mode rw --mem 256M --time 20s --wall 400s -- /usr/bin/gcc -c -o zero.o zero.c
	report 'verdict!=OK' 'verdict!=IE' 'verdict!=SV'
	echo 'main[-1u]={1};' >"$JOB/huge.c"
	box --seccomp compile --box-mode rw --mem 256M --time 20s --wall 400s -- /usr/bin/gcc -o huge huge.c
	report 'verdict!=OK' 'verdict!=IE' 'verdict!=SV'
}

# ---- C++ ----

compile_cpp() { compile cpp -- /usr/bin/g++ -O2 -pthread -o cpp main.cpp; }

@test "C++: compiled in the box" {
	language C++ g++
	compile_cpp
}

@test "C++: hello, threads, files, sort, time" {
	language C++ g++
	compile_cpp
	programs --seccomp default -- ./cpp
}

@test "C++: 200 MiB in 256, and MLE in 64" {
	language C++ g++
	compile_cpp
	fits --mem 256M -- ./cpp
	too_large --mem 64M -- ./cpp
}

# ---- Python ----

@test "Python: hello, threads, files, sort, time" {
	language Python python3
	programs --seccomp interpreted -- /usr/bin/python3 main.py
}

@test "Python: 200 MiB in 256, and MLE in 64" {
	language Python python3
	fits --mem 256M -- /usr/bin/python3 main.py
	too_large --mem 64M --seccomp interpreted -- /usr/bin/python3 main.py
}

# ---- Java: there is no cgroup to be seen in the box, so the JVM has to be told its heap (-Xmx) and, where there are
# many cores, how many of them to count on (-XX:ActiveProcessorCount), since its helper threads go by these: about 20
# for two cores. Its memory is the heap and some 60 MiB more. ----

JAVA=(--seccomp jvm --mem 1G --pids 64 -- /usr/bin/java -Xmx512m -XX:ActiveProcessorCount=2 -Xshare:auto Main)

compile_java() { compile Main.class -- /usr/bin/javac -J-Xmx512m -J-XX:ActiveProcessorCount=2 Main.java; }

@test "Java: compiled in the box" {
	language Java javac
	compile_java
}

@test "Java: hello, threads, files, sort, time" {
	language Java javac
	compile_java
	programs "${JAVA[@]}"
}

@test "Java: 200 MiB in a heap of 512, RE (OutOfMemoryError) in one of 64, MLE when the heap is more than --mem" {
	language Java javac
	compile_java
	fits "${JAVA[@]}"
	box "${LONG[@]}" --seccomp jvm --mem 1G -- /usr/bin/java -Xmx64m -XX:ActiveProcessorCount=2 Main alloc 200
	verdict RE exit exit_code=1 oom_kills=0
	grep -q OutOfMemoryError "$T/err"
	too_large --seccomp jvm --mem 128M -- /usr/bin/java -Xmx512m -XX:ActiveProcessorCount=2 Main
}

# ---- Node ----

@test "Node: hello, threads, files, sort, time" {
	language Node node
	programs --seccomp interpreted --mem 512M -- /usr/bin/node main.js
}

@test "Node: 200 MiB in 512, and MLE in 128" {
	language Node node
	fits --seccomp interpreted --mem 512M -- /usr/bin/node main.js
	too_large --seccomp interpreted --mem 128M -- /usr/bin/node main.js
}

# ---- Go: it reserves far more addresses than it uses, which is free; the touching ends in MLE ----

compile_go() { compile go -- /usr/bin/go build -o go main.go; }

@test "Go: compiled in the box" {
	language Go go
	compile_go
}

@test "Go: hello, threads, files, sort, time" {
	language Go go
	compile_go
	programs --seccomp default -- ./go
}

@test "Go: 200 MiB in 256, and MLE in 64" {
	language Go go
	compile_go
	fits --mem 256M -- ./go
	too_large --mem 64M -- ./go
}

# ---- Rust ----

compile_rust() { compile rust -- /usr/bin/rustc -O -o rust main.rs; }

@test "Rust: compiled in the box" {
	language Rust rustc
	compile_rust
}

@test "Rust: hello, threads, files, sort, time" {
	language Rust rustc
	compile_rust
	programs --seccomp default -- ./rust
}

@test "Rust: 200 MiB in 256, and MLE in 64" {
	language Rust rustc
	compile_rust
	fits --mem 256M -- ./rust
	too_large --mem 64M -- ./rust
}

# ---- Perl, Ruby, Pascal ----

@test "Perl: hello, processes, files, sort, time" {
	language Perl perl
	programs --seccomp interpreted -- /usr/bin/perl main.pl
}

@test "Perl: 200 MiB in 512, and MLE in 64" {
	language Perl perl
	fits --seccomp interpreted --mem 512M -- /usr/bin/perl main.pl
	too_large --seccomp interpreted --mem 64M -- /usr/bin/perl main.pl
}

@test "Ruby: hello, threads, files, sort, time" {
	language Ruby ruby
	programs --seccomp interpreted -- /usr/bin/ruby main.rb
}

@test "Ruby: 200 MiB in 512, and MLE in 64" {
	language Ruby ruby
	fits --seccomp interpreted --mem 512M -- /usr/bin/ruby main.rb
	too_large --seccomp interpreted --mem 64M -- /usr/bin/ruby main.rb
}

# the compiler finds its units by a file of /etc
compile_pascal() { compile pascal --bind /etc/fpc.cfg -- /usr/bin/fpc -O2 -vw -opascal main.pas; }

@test "Pascal: compiled in the box" {
	language Pascal fpc
	compile_pascal
}

@test "Pascal: hello, threads, files, sort, time" {
	language Pascal fpc
	compile_pascal
	programs --seccomp default -- ./pascal
}

@test "Pascal: 200 MiB in 256, and MLE in 64" {
	language Pascal fpc
	compile_pascal
	fits --mem 256M -- ./pascal
	too_large --mem 64M -- ./pascal
}
