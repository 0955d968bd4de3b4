#!/usr/bin/env bats
# The program's standard streams, and the caller's at their other end.

load common

setup_file() {
	common_setup_file
	head -c 5000000 /dev/urandom >"$BATS_FILE_TMPDIR/data"
	export DATA=$BATS_FILE_TMPDIR/data
}
teardown_file() { assert_clean; }
setup() { cd "$BOX" && T=$BATS_TEST_TMPDIR; }

# failed_output PATTERN: the last run ended as IE at stage output, in one line that matches.
failed_output() {
	equal "$status" 3
	one_line "$T/err" "^sbx: IE \(output.*$1"
}

# ---- stdin ----

@test "stdin from a file, a pipe, a FIFO, --stdin, and nothing" {
	echo text >"$T/in"
	box -- /bin/cat <"$T/in"
	printed text
	box -- /bin/cat < <(echo text)
	printed text
	mkfifo "$T/fifo"
	cat "$T/in" >"$T/fifo" &
	box -- /bin/cat <"$T/fifo"
	printed text
	box --stdin "$T/in" -- /bin/cat </dev/null
	printed text
	box -- /bin/cat </dev/null
	verdict OK null
	printed ''
}

@test "stdin from where the caller's offset stands" {
	printf 'first\nsecond\n' >"$T/in"
	exec 8<"$T/in"
	read -r -u 8 line
	equal "$line" first
	exec 9<"$T/in"
	dd bs=1 count=6 status=none <&9 >/dev/null
	box -- /bin/cat <&9
	printed second
}

@test "stdin in a here-document, and from /dev/zero as far as it is read" {
	box -- /bin/cat <<<'some text'
	printed 'some text'
	box -- /usr/bin/head -c 5 </dev/zero
	verdict OK null stdout_bytes=5
}

@test "5 MB through stdin and stdout unharmed: file, pipe, --stdin and --stdout" {
	sum=$(sha256sum <"$DATA")
	box -- /bin/cat <"$DATA"
	equal "$(sha256sum <"$T/out")" "$sum"
	report stdout_bytes=5000000
	equal "$("$SBX" run -- /bin/cat < <(cat "$DATA") 2>/dev/null | sha256sum)" "$sum"
	box --stdin "$DATA" --stdout "$T/copy" -- /bin/cat
	equal "$(sha256sum <"$T/copy")" "$sum"
	chmod 666 "$DATA"
	box --stdin "$DATA" -- /bin/cat
	equal "$(sha256sum <"$T/out")" "$sum"
	chmod 644 "$DATA"
}

@test "5 MB to a slow reader" {
	sum=$(sha256sum <"$DATA")
	out=$("$SBX" run --wall 200s -- /bin/cat <"$DATA" 2>/dev/null | { sleep 1 && sha256sum; })
	equal "$out" "$sum"
}

@test "a writer that dawdles" {
	box -- /bin/cat < <(echo a && sleep 0.3 && echo b)
	verdict OK null
	printed $'a\nb'
}

@test "a program that reads nothing does not wait for its input, nor break its writer" {
	box -- ./die exit 0 < <(yes)
	verdict OK null
	box -- ./die exit 3 < <(cat "$DATA")
	verdict RE exit exit_code=3
}

@test "a program that closes its input early" {
	box -- /bin/sh -c 'exec <&-; echo done' < <(cat "$DATA")
	verdict OK null
	printed 'done'
}

@test "stdin is closed: the program reads an end of file" {
	box -- /bin/cat <&-
	verdict OK null
	printed ''
}

@test "--stdin: a FIFO without a writer does not hold the launcher up" {
	mkfifo "$T/fifo"
	box --wall 500ms --stdin "$T/fifo" -- /bin/cat
	[ "$(report verdict)" = OK ] || verdict TLE wall
}

@test "--stdin world-writable: the program cannot write to it through /proc" {
	echo text >"$T/in"
	chmod 666 "$T/in"
	box --stdin "$T/in" -- /bin/sh -c 'cat; (echo evil >/proc/self/fd/0) 2>/dev/null; (echo evil >/dev/stdin) 2>/dev/null; :'
	equal "$(cat "$T/in")" text
	chmod 644 "$T/in"
	box -- /bin/sh -c '(echo evil >/proc/self/fd/0) 2>/dev/null; :' 0<>"$T/in"
	equal "$(cat "$T/in")" text
}

# ---- stdout and stderr ----

@test "stdout and stderr stay apart, and go where they are sent" {
	box -- /bin/sh -c 'echo out; echo err >&2'
	printed out
	equal "$(cat "$T/err")" err
	box --stdout "$T/1" --stderr "$T/2" -- /bin/sh -c 'echo out; echo err >&2'
	equal "$(cat "$T/1") $(cat "$T/2") $(cat "$T/out" "$T/err")" 'out err '
}

@test "--stderr-to-stdout keeps the order" {
	# shellcheck disable=SC2016
	box --stderr-to-stdout -- /bin/sh -c 'i=0; while [ $i -lt 200 ]; do echo o$i; echo e$i >&2; i=$((i + 1)); done'
	equal "$(cat "$T/out")" "$(for i in $(seq 0 199); do printf 'o%s\ne%s\n' "$i" "$i"; done)"
	equal "$(cat "$T/err")" ''
	report 'stdout_bytes>=1' stderr_bytes=0
}

@test "--stdout replaces an old file and keeps its mode" {
	echo 'something older and longer' >"$T/file"
	chmod 600 "$T/file"
	box --stdout "$T/file" -- /bin/echo new
	equal "$(cat "$T/file")" new
	equal "$(stat -c %a "$T/file")" 600
}

@test "--stdout and --stderr to one file" {
	box --stdout "$T/both" --stderr-to-stdout -- /bin/sh -c 'echo a; echo b >&2'
	equal "$(cat "$T/both")" $'a\nb'
}

@test "appending to a caller's file" {
	echo before >"$T/log"
	"$SBX" run -- /bin/echo now >>"$T/log" 2>/dev/null
	equal "$(cat "$T/log")" $'before\nnow'
}

@test "the program cannot reach the caller's file behind its stdout" {
	echo precious >"$T/log"
	"$SBX" run -- /bin/sh -c ': >/proc/self/fd/1; : >/dev/stdout; echo added; ls -l /proc/self/fd/1 | grep -c pipe:' >>"$T/log" 2>/dev/null
	equal "$(cat "$T/log")" $'precious\nadded\n1'
}

@test "the caller's streams keep their flags" {
	/usr/bin/python3 -IS - "$SBX" <<-'END'
		import fcntl, os, subprocess, sys
		ends = [os.pipe() for _ in range(3)]
		mine = [ends[0][0], ends[1][1], ends[2][1]]
		before = [fcntl.fcntl(fd, fcntl.F_GETFL) for fd in mine]
		os.close(ends[0][1])
		subprocess.run([sys.argv[1], "run", "--", "./see", "flags"], stdin=mine[0], stdout=mine[1], stderr=mine[2], check=True)
		after = [fcntl.fcntl(fd, fcntl.F_GETFL) for fd in mine]
		sys.exit(0 if before == after else f"{before} became {after}")
	END
}

@test "a caller's stdout that does not block: nothing is lost" {
	sum=$(sha256sum <"$DATA")
	out=$(./leaky nonblock "$SBX" run --wall 200s -- /bin/cat <"$DATA" 2>/dev/null | { sleep 1 && sha256sum; })
	equal "$out" "$sum"
}

@test "two readers at different speeds" {
	{ "$SBX" run --wall 200s -- ./out 300000 300000 2>&3 | { sleep 1 && wc -c >"$T/n1"; }; } 3>&1 | wc -c >"$T/n2"
	equal "$(cat "$T/n1")" 300000
	[ "$(cat "$T/n2")" -gt 300000 ]
}

# ---- when it goes wrong ----

@test "stdout or stderr closed: no matter to a program that writes nothing" {
	box -- ./die exit 0 >&-
	verdict OK null
	"$SBX" run --report "$T/report" --format json -- ./die exit 0 >&- 2>&-
	report verdict=OK
}

@test "stdout closed: what is written to it is an error, never lost in silence" {
	status=0
	"$SBX" run -- /bin/echo hello >&- 2>"$T/err" || status=$?
	failed_output 'stdout.*closed'
}

@test "stderr closed: what is written to it is an error too" {
	status=0
	"$SBX" run --report "$T/err" -- ./out 0 5 2>&- || status=$?
	failed_output 'stderr.*closed'
}

@test "the report's own descriptor is closed: exit 3, not silence" {
	status=0
	"$SBX" run -- ./die exit 0 2>&- || status=$?
	equal "$status" 3
	status=0
	"$SBX" run --report - -- ./die exit 0 >&- 2>"$T/err" || status=$?
	equal "$status" 3
	one_line "$T/err" '^sbx: report: '
}

@test "the reader goes away" {
	{
		status=0
		"$SBX" run --time 60s -- ./out flood 2>"$T/err" || status=$?
		echo "$status" >"$T/status"
	} | head -c 10 >/dev/null
	status=$(cat "$T/status")
	failed_output 'stdout.*went away'
}

@test "the reader goes away, and SIGPIPE is ignored" {
	{
		trap '' PIPE
		status=0
		"$SBX" run --time 60s -- ./out flood 2>"$T/err" || status=$?
		echo "$status" >"$T/status"
	} | head -c 10 >/dev/null
	status=$(cat "$T/status")
	failed_output 'stdout.*went away'
}

@test "the reader of stderr goes away: exit 3 all the same" {
	{
		status=0
		"$SBX" run --report "$T/err" --time 60s -- ./out 0 9000000 2>&1 >/dev/null || status=$?
		echo "$status" >"$T/status"
	} | head -c 10 >/dev/null
	status=$(cat "$T/status")
	failed_output 'stderr.*went away'
}

@test "a full disk behind stdout" {
	status=0
	"$SBX" run -- /bin/echo hello >/dev/full 2>"$T/err" || status=$?
	failed_output '.*No space left on device.*stdout'
	status=0
	"$SBX" run --stdout /dev/full -- /bin/echo hello 2>"$T/err" || status=$?
	failed_output '.*No space left on device.*stdout'
}

@test "a full disk behind stderr and so behind the report" {
	status=0
	"$SBX" run -- /bin/sh -c 'echo x >&2' 2>/dev/full || status=$?
	equal "$status" 3
}

@test "a program that ignores its full stdout does not make it right" {
	status=0
	"$SBX" run -- /bin/sh -c 'echo hello || true; exit 0' >/dev/full 2>"$T/err" || status=$?
	failed_output '.*No space left on device.*stdout'
}

@test "nobody reads: the wall limit ends it" {
	mkfifo "$T/fifo"
	exec 9<>"$T/fifo"
	status=0
	"$SBX" run --wall 1s -- ./out 1000000 >"$T/fifo" 2>"$T/err" || status=$?
	exec 9>&-
	equal "$status" 1
	one_line "$T/err" '^sbx: TLE \(wall\)'
}

@test "nobody reads the rest, after the program has ended: said so, not waited for without end" {
	mkfifo "$T/fifo"
	exec 9<>"$T/fifo"
	head -c 65536 /dev/zero >"$T/fifo"
	status=0
	"$SBX" run --wall 1s -- ./out 1000 >"$T/fifo" 2>"$T/err" || status=$?
	exec 9>&-
	failed_output 'nobody reads'
}

@test "a terminal: what the program prints cannot be typed back, and the report comes last" {
	out=$(./leaky tty "$SBX" run -- /bin/echo hello | tr -d '\r')
	equal "$(sed -n 1p <<<"$out")" hello
	[[ $(sed -n 2p <<<"$out") == 'sbx: OK '* ]]
}

@test "a line that the program left unfinished does not run into the report" {
	status=0
	"$SBX" run -- /bin/sh -c 'printf "sbx: OK" >&2; exit 1' >"$T/out" 2>"$T/err" || status=$?
	equal "$status" 1
	equal "$(sed -n 1p "$T/err")" 'sbx: OK'
	[[ $(sed -n 2p "$T/err") == 'sbx: RE (exit 1)'* ]]
	"$SBX" run --report - -- /usr/bin/printf hello >"$T/out"
	equal "$(sed -n 1p "$T/out")" hello
	"$SBX" run -- /usr/bin/printf hello >"$T/out" 2>"$T/err"
	printed hello
	one_line "$T/err" '^sbx: OK'
}

@test "stdin from a file: it cannot be written, it has no path, and what the caller has read is not in it" {
	echo original >"$T/in"
	chown 1879048192 "$T/in"
	box --stdin "$T/in" -- /bin/sh -c 'readlink /proc/self/fd/0; cat
		for i in 1 2; do (echo x >/proc/self/fd/0) 2>/dev/null; chmod 777 /proc/self/fd/0 2>/dev/null; done; true'
	printed $'/\noriginal'
	equal "$(cat "$T/in") $(stat -c %a "$T/in")" 'original 644'
	printf 'read\nrest\n' >"$T/in"
	{
		read -r line
		box -- /bin/sh -c 'readlink /proc/self/fd/0 | cut -d : -f 1; cat'
	} <"$T/in"
	equal "$line" read
	printed $'pipe\nrest'
}

# leads_nowhere WHY PLACE...: no redirection to one of these places is taken, and the report says why.
leads_nowhere() {
	local why=$1 option place
	shift
	for option in --stdin --stdout --stderr; do
		for place; do
			status=0
			"$SBX" run "$option" "$place" -- /bin/cat >"$T/out" 2>"$T/err" || status=$?
			equal "$status" 3 && one_line "$T/err" "^sbx: IE \\(stdio.*$option.*$why" && printed '' || return
		done
	done
}

@test "what a box left in a writable folder leads no redirection and no bind away" {
	mkdir -m 777 "$T/rw"
	echo secret >"$T/secret"
	JOB=$T/rw box --box-mode rw -- /bin/sh -c "ln -s $T/secret link; ln -s $T dir"
	verdict OK null
	leads_nowhere 'symbolic link' "$T/rw/link" "$T/rw/dir/secret"
	status=0
	"$SBX" run --bind "$T/rw/dir/secret:/s" -- /bin/cat /s >"$T/out" 2>"$T/err" || status=$?
	equal "$status" 3
	one_line "$T/err" '^sbx: IE \(sources.*symbolic link'
	status=0
	"$SBX" run --report "$T/rw/dir/away" -- /bin/true >"$T/out" 2>"$T/err" || status=$?
	equal "$status" 3
	[ ! -e "$T/away" ]
	one_line "$T/err" '^sbx: report: .*symbolic link'
	cp "$HERE/../../policy/profiles/default.json" "$T/p.json"
	status=0
	"$SBX" run --seccomp "$T/rw/dir/p.json" -- /bin/true 2>"$T/err" || status=$?
	equal "$status" 2
	one_line "$T/err" '^sbx: --seccomp: .*symbolic link'
	"$SBX" run --seccomp "$T/p.json" --report "$T/report" -- /bin/true
	equal "$(cat "$T/secret")" secret
	# root's own links are followed
	ln -s "$T/secret" "$T/root-link"
	box --stdin "$T/root-link" -- /bin/cat
	printed secret
	"$SBX" run --stdin /dev/stdin --stdout /dev/fd/7 -- /bin/cat <"$T/secret" 7>"$T/out" 2>/dev/null
	printed secret
}

@test "root's link, or a folder with one, that a box gave another name leads nowhere" {
	mkdir -m 777 "$T/rw" "$T/rw/own"
	mkdir "$T/rw/data"
	echo secret >"$T/secret"
	ln -s "$T/secret" "$T/rw/ref"
	ln -s "$T/secret" "$T/rw/data/ref"
	ln -s "$T" "$T/rw/here"
	JOB=$T/rw box --box-mode rw -- /bin/sh -c 'mv ref answer; mv here dir; mv data answers'
	verdict OK null
	[ -e "$T/rw/answer" ]
	[ -e "$T/rw/answers/ref" ]
	[ -e "$T/rw/dir/secret" ]
	leads_nowhere 'root alone to write' "$T/rw/answer" "$T/rw/answers/ref" "$T/rw/dir/secret"
	equal "$(cat "$T/secret")" secret
	# not even in a sticky folder: they can come there from another
	chmod 1777 "$T/rw"
	ln -s "$T/secret" "$T/rw/own/ref"
	JOB=$T/rw box --box-mode rw -- /bin/mv own/ref out.txt
	verdict OK null
	status=0
	"$SBX" run --stdout "$T/rw/out.txt" -- /bin/echo overwritten 2>"$T/err" || status=$?
	equal "$status $(cat "$T/secret")" '3 secret'
	# through one, to a folder that only root can write
	box --stdin "$T/rw/answers/ref" -- /bin/cat
	printed secret
}

@test "links without end are refused, as what they are" {
	ln -s loop "$T/loop"
	status=0
	"$SBX" run --stdin "$T/loop" -- /bin/cat >"$T/out" 2>"$T/err" || status=$?
	equal "$status" 3
	one_line "$T/err" "^sbx: IE \(stdio.*links without end"
}

@test "a name that ends in a slash is a folder's" {
	echo text >"$T/in"
	for option in --stdin --stdout --stderr; do
		status=0
		"$SBX" run "$option" "$T/in/" -- /bin/cat >"$T/out" 2>"$T/err" || status=$?
		equal "$status" 3
		one_line "$T/err" "^sbx: IE \(stdio: Not a directory.*$option"
	done
	equal "$(cat "$T/in")" text
}

@test "a FIFO that nobody reads is refused, not waited for" {
	mkfifo "$T/fifo"
	for option in --stdout --stderr; do
		status=0
		"$SBX" run "$option" "$T/fifo" -- /bin/true 2>"$T/err" || status=$?
		equal "$status" 3
		one_line "$T/err" "^sbx: IE \(stdio.*$option.*FIFO"
	done
}

@test "a report that nobody reads: a signal still ends the launcher" {
	mkfifo "$T/fifo"
	exec 9<>"$T/fifo"
	"$SBX" run --time 1 --wall 2 -- /bin/sh -c 'head -c 70000 /dev/zero >&2' 2>"$T/fifo" &
	sleep 5
	kill $!
	status=0
	wait $! || status=$?
	exec 9>&-
	equal "$status" 143
}

@test "options that name one file" {
	echo input >"$T/same"
	for pair in 'stdin stdout' 'stdin stderr' 'stdout stderr' 'stdout report' 'stdin report'; do
		status=0
		"$SBX" run "--${pair% *}" "$T/same" "--${pair#* }" "$T/./same" -- /bin/cat 2>"$T/err" || status=$?
		equal "$status" 2
		one_line "$T/err" "^sbx: --${pair% *} and --${pair#* } name the same file"
	done
	equal "$(cat "$T/same")" input
	box --stdout /dev/null --stderr /dev/null -- /bin/true
	verdict OK null
}
