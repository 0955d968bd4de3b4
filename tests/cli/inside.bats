#!/usr/bin/env bats
# What a program sees of the world: itself, its files, the host.

# shellcheck disable=SC2016 # what stands in '' is for the shell in the box

load common

setup_file() { common_setup_file; }
teardown_file() { assert_clean; }
setup() { cd "$BOX" && T=$BATS_TEST_TMPDIR; }

inside() {
	box "$@"
	verdict OK null
}

# ---- itself ----

@test "user and group 1000, no others" {
	inside -- id
	printed 'uid=1000(sbx) gid=1000(sbx) groups=1000(sbx)'
	inside -- grep -E '^(Uid|Gid|Groups):' /proc/self/status
	printed $'Uid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\nGroups:\t '
}

@test "no capability in any set, no new privileges, a filter" {
	inside -- grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status
	printed "$(printf 'Cap%s:\t0000000000000000\n' Inh Prm Eff Bnd Amb)"$'\nNoNewPrivs:\t1\nSeccomp:\t2'
}

@test "descriptors 0, 1 and 2, whatever the caller leaks" {
	inside -- ./see fds </dev/null
	printed $'0 char r\n1 pipe w\n2 pipe w'
	status=0
	./leaky fds "$SBX" run -- ./see fds </dev/null >"$T/out" 2>"$T/err" || status=$?
	equal "$status" 0
	printed $'0 char r\n1 pipe w\n2 pipe w'
}

@test "descriptors 0, 1 and 2, whatever the caller has closed" {
	for fd in 0 1 2; do
		./leaky closed "$fd" "$SBX" run --stdout "$T/out" --stderr /dev/null --report "$T/report" -- ./see fds
		equal "$(cut -d ' ' -f 1,3 "$T/out")" $'0 r\n1 w\n2 w'
	done
}

@test "environment: PATH, HOME, LANG" {
	SECRET=1 inside -- env
	equal "$(sort "$T/out")" $'HOME=/tmp\nLANG=C.UTF-8\nPATH=/usr/local/bin:/usr/bin:/bin'
}

@test "environment: --env K=V, --env K, --clear-env, the last wins" {
	export PASSED='a b'
	inside --env A=1 --env A=2 --env PASSED --env NOT_SET --env LANG=C --env 'EMPTY=' -- env
	equal "$(sort "$T/out")" \
		$'A=2\nEMPTY=\nHOME=/tmp\nLANG=C\nPASSED=a b\nPATH=/usr/local/bin:/usr/bin:/bin'
	inside --clear-env -- /usr/bin/env
	printed ''
	inside --clear-env --env X=1 -- /usr/bin/env
	printed 'X=1'
}

@test "signals: none blocked, none ignored, whatever the caller's" {
	inside -- ./see signals
	printed 'blocked 0 ignored 0'
	env --block-signal --ignore-signal "$SBX" run -- ./see signals >"$T/out"
	printed 'blocked 0 ignored 0'
}

@test "umask 022, whatever the caller's" {
	umask 777
	status=0
	"$SBX" run -- ./see umask >/dev/shm/sbx-umask-$$ 2>&1 || status=$?
	umask 022
	chmod 600 /dev/shm/sbx-umask-$$
	out=$(head -n 1 /dev/shm/sbx-umask-$$)
	rm -f /dev/shm/sbx-umask-$$
	equal "$status $out" '0 022'
}

@test "a session of its own, and no terminal" {
	inside -- ./see session
	printed 'leader 1 tty 0 isatty 000'
	equal "$(./leaky tty "$SBX" run --report "$T/report" -- ./see session | tr -d '\r')" \
		'leader 1 tty 0 isatty 000'
}

@test "a pid namespace of its own, in which it sees nobody else" {
	inside -- /bin/sh -c 'echo $$; echo /proc/[0-9]*'
	[ "$(sed -n 1p "$T/out")" -lt 10 ]
	equal "$(sed -n 2p "$T/out")" "/proc/$(sed -n 1p "$T/out")"
}

@test "host name, domain name, and no host's ids in /proc/self" {
	inside -- uname -n
	printed sbx
	inside -- cat /proc/self/uid_map
	equal "$(awk '{ print $1, $3 }' "$T/out" | sort)" $'1000 1\n999 1'
}

@test "its cgroup is the root of what it can see" {
	inside -- cat /proc/self/cgroup
	run ! grep -E 'sbx|run-' "$T/out"
	if [ "$(cgroup_version)" = 2 ]; then printed 0::/; fi
}

# ---- files ----

@test "the root holds what it must, and is read-only" {
	inside -- /bin/sh -c 'ls -A /; touch /x /etc/x /usr/x /dev/x /bin/x /x/y 2>/dev/null; ls -A /x /etc/x /usr/x /dev/x /bin/x 2>/dev/null; :'
	while read -r name; do
		case $name in
		bin | box | dev | etc | lib | lib32 | lib64 | libx32 | proc | sbin | tmp | usr) ;;
		*) echo "unexpected: /$name" && return 1 ;;
		esac
	done <"$T/out"
}

@test "mounts: nosuid everywhere, nodev but for the devices, read-only but for what is for writing" {
	inside -- cat /proc/self/mountinfo
	while read -r _ _ _ _ where flags _; do
		[[ ,$flags, == *,nosuid,* ]] || { echo "no nosuid: $where" && return 1; }
		case $where in
		/dev/null | /dev/zero | /dev/full | /dev/random | /dev/urandom) ;;
		*) [[ ,$flags, == *,nodev,* ]] || { echo "no nodev: $where" && return 1; } ;;
		esac
		case $where in
		/tmp | /dev/shm) ;;
		/proc) [[ ,$flags, == *,ro,noexec,* || ,$flags, == *,ro,*noexec,* ]] ;;
		*) [[ ,$flags, == *,ro,* ]] || { echo "writable: $where" && return 1; } ;;
		esac
	done <"$T/out"
}

@test "mounts: no path of the host" {
	mkdir -p "$T/secret-place"
	for mode in ro cow; do
		"$SBX" run --box "$T/secret-place" --box-mode $mode -- cat /proc/self/mountinfo /proc/self/mounts >"$T/out"
		run ! grep secret-place "$T/out"
		run ! grep -F "$BATS_RUN_TMPDIR" "$T/out"
	done
}

@test "/proc holds processes only" {
	inside -- /bin/sh -c 'ls /proc; for f in kcore kallsyms keys sys sysrq-trigger meminfo cmdline 1; do
		[ ! -e /proc/$f ] || echo "there: $f"; done'
	run ! grep there: "$T/out"
	equal "$(grep -vE '^([0-9]+|self|thread-self|mounts|net)$' "$T/out")" ''
}

@test "/dev: these and no other" {
	inside -- ls /dev
	printed $'fd\nfull\nnull\nrandom\nshm\nstderr\nstdin\nstdout\nurandom\nzero'
	inside -- /bin/sh -c 'head -c 3 /dev/zero | wc -c; head -c 3 /dev/urandom | wc -c; echo x >/dev/null;
		echo x 2>/dev/null >/dev/full || echo full; echo err >/dev/stderr; echo out >/dev/stdout'
	printed $'3\n3\nfull\nout'
	equal "$(grep -v 'No space' "$T/err")" err
}

@test "/dev: its nodes are the host's, whose times cannot be set, nor by way of standard input" {
	local before
	before=$(stat -c '%n %x %y' /dev/null /dev/zero /dev/full)
	inside -- /bin/sh -c 'touch /dev/null /dev/zero /dev/full; touch -c /proc/self/fd/0; echo x >/dev/null; :' </dev/null
	equal "$(grep -c 'Read-only file system' "$T/err")" 4
	equal "$(stat -c '%n %x %y' /dev/null /dev/zero /dev/full)" "$before"
}

@test "/etc names no user and no host" {
	inside -- cat /etc/passwd /etc/group /etc/hosts
	run ! grep -E "$(uname -n)|$(getent passwd | awk -F: '$3 >= 1000 && $3 < 60000 { print $1 }' | paste -sd '|' | grep . || echo nobody-at-all)" "$T/out"
	inside -- /bin/sh -c 'ls /etc/shadow /etc/ssh /etc/hostname /root /home /var /sys /run /boot 2>/dev/null; :'
	printed ''
}

@test "/box ro: the job directory, which cannot be changed" {
	mkdir "$T/job"
	echo text >"$T/job/file"
	chmod 777 "$T/job" "$T/job/file"
	JOB=$T/job inside -- /bin/sh -c 'pwd; cat file; (echo more >>file; echo new >new; rm file) 2>/dev/null; ls'
	printed $'/box\ntext\nfile'
	equal "$(cat "$T/job/file")" text
}

@test "/box cow: changes are seen, and dropped at the end" {
	mkdir "$T/job"
	echo text >"$T/job/file"
	chmod 755 "$T/job"
	JOB=$T/job inside --box-mode cow -- /bin/sh -c 'cat file; echo new >new; cat new; rm file; mkdir d; ls'
	printed $'text\nnew\nd\nnew'
	equal "$(ls "$T/job")" file
	equal "$(cat "$T/job/file")" text
}

@test "/box cow: a file of root's can be replaced, not altered or renamed" {
	mkdir "$T/job"
	echo text >"$T/job/file"
	chmod 666 "$T/job/file"
	JOB=$T/job inside --box-mode cow -- /bin/sh -c '(echo more >>file) 2>/dev/null || echo refused
		mv file old 2>/dev/null; rm -f file; echo new >file; cat file'
	printed $'refused\nnew'
}

@test "/box cow: what is written counts against --tmp" {
	box --box-mode cow --tmp 1M --fsize unlimited -- /bin/sh -c 'head -c 2M /dev/zero >big'
	verdict RE exit
	grep -q 'No space left' "$T/err"
}

@test "/box rw: changes stay" {
	mkdir -m 777 "$T/job"
	JOB=$T/job inside --box-mode rw -- /bin/sh -c 'echo new >new'
	equal "$(cat "$T/job/new")" new
}

@test "--bind SRC: at the same place, read-only" {
	mkdir -m 777 "$T/src"
	echo hi >"$T/src/file"
	inside --bind "$T/src" -- /bin/sh -c "cat '$T/src/file'; (echo x >'$T/src/y') 2>/dev/null || echo refused"
	printed $'hi\nrefused'
	[ ! -e "$T/src/y" ]
}

@test "--bind SRC:DST, with rw, noexec, maybe; files as well as folders" {
	mkdir -m 777 "$T/src"
	cp die "$T/src/die"
	echo hi >"$T/file"
	inside --bind "$T/src:/a/b:rw" --bind "$T/file:/in" --bind "$T/none:/none:maybe" -- \
		/bin/sh -c 'cat /in; echo x >/a/b/new; /a/b/die; ls -d /none 2>/dev/null || echo none'
	printed $'hi\nnone'
	[ -e "$T/src/new" ]
	inside --bind "$T/src:/x:noexec" -- /bin/sh -c '/x/die 2>/dev/null; echo $?'
	printed 126
	box --bind "$T/none:/none" -- ./die exit 0
	verdict IE error error.stage=sources error.errno_name=ENOENT
}

@test "--bind of the caller's comes last, and may lie over what is there" {
	echo mine >"$T/file"
	inside --bind "$T/file:/etc/hosts" -- cat /etc/hosts
	printed mine
}

@test "--bind: a folder with mounts below it stays read-only to its depth" {
	mkdir -p "$T/src/sub"
	mount -t tmpfs -o mode=777 none "$T/src/sub"
	inside --bind "$T/src:/s" -- /bin/sh -c '(echo x >/s/sub/x) 2>/dev/null || echo refused' || result=$?
	umount "$T/src/sub"
	[ -z "${result:-}" ]
	printed refused
}

@test "--bind: a link in the job directory does not lead a mount out of the box" {
	mkdir "$T/job" "$T/target"
	ln -s "$T/target" "$T/job/link"
	echo hi >"$T/file"
	JOB=$T/job box --box-mode rw --bind "$T/file:/box/link/file" -- ./die
	equal "$(ls "$T/target")" ''
}

@test "--bind: a place behind a link with .. is found while others rename and mount" {
	mkdir -p "$T/job/x/y" "$T/busy"
	touch "$T/job/x/y/file" "$T/busy/a"
	ln -s x/../x/../x/../x/../x/../x/../x/y "$T/job/link"
	echo hi >"$T/file"
	(
		exec 3>&-
		cd "$T/busy"
		exec python3 -c 'import os
while True: os.rename("a", "b"); os.rename("b", "a")'
	) &
	local renamer=$! result=0
	for _ in $(seq 20); do
		"$SBX" run --box "$T/job" --bind "$T/file:/box/link/file" -- /bin/cat /box/link/file >"$T/out" 2>"$T/err" &&
			printed hi || result=1
	done
	kill "$renamer"
	wait "$renamer" || true
	equal "$result" 0
}

@test "--tmpfs DST:S: empty, writable, so large" {
	inside --tmpfs /work:1M -- /bin/sh -c 'ls -A /work; head -c 2M /dev/zero 2>/dev/null >/work/f; stat -c %s /work/f'
	printed 1048576
}

@test "--chdir" {
	inside --chdir /usr/lib -- pwd
	printed /usr/lib
	box --chdir /nowhere -- pwd
	verdict IE error error.stage=chdir error.errno_name=ENOENT
}

@test "a program of the job directory that only root may read cannot be read" {
	mkdir "$T/job"
	echo secret >"$T/job/answer"
	chmod 600 "$T/job/answer"
	JOB=$T/job box -- cat answer
	verdict RE exit
	printed ''
}

# ---- the others ----

@test "--net none: not even itself" {
	inside -- ./see loopback
	run ! grep -x ok "$T/out"
	inside -- ./see outside
	printed ENETUNREACH
}

@test "--net loopback: itself and nobody else" {
	inside --net loopback -- ./see loopback
	printed ok
	inside --net loopback -- ./see outside
	printed ENETUNREACH
}

@test "two boxes at once have different ids outside, and do not see each other" {
	"$SBX" run -- ./stay children 1 >"$T/ready" 2>/dev/null &
	local launcher=$!
	within 20 grep -q ready "$T/ready"
	inside -- /bin/sh -c 'kill -9 -1; ls -d /proc/[0-9]* | wc -l'
	kill -0 "$launcher"
	kill "$launcher"
	wait "$launcher" || true
}

@test "whoever helped to build the box is gone before the program starts" {
	# on one core, where a helper that nobody waits for comes too late
	for _ in $(rounds 10); do
		taskset -c 0 "$SBX" run --net loopback -- /bin/sh -c 'kill -0 3' >"$T/out" 2>"$T/err" || equal $? 1
		grep -q 'No such process' "$T/err"
	done
}

@test "a mount over /proc does not disturb the building of the box" {
	for _ in $(rounds 30); do
		inside --bind /etc:/proc -- /bin/true
		inside --net loopback --tmpfs /proc -- /bin/true
	done
}

@test "a caller that may lock or queue less than a box still runs one" {
	for limit in memlock sigpending msgqueue core nice rtprio; do
		prlimit --$limit=0:0 "$SBX" run -- /bin/sh -c 'grep -cE "Max (locked memory|pending signals|msgqueue size|core file size|nice priority|realtime priority) +0 +0" /proc/self/limits' \
			>"$T/out" 2>"$T/err"
		[ "$(cat "$T/out")" -ge 4 ]
	done
}

@test "what a program would run differently under is not inherited from the caller" {
	for _ in 1 2; do setarch -R "$SBX" run -- /bin/grep stack /proc/self/maps 2>/dev/null; done | sort -u >"$T/out"
	equal "$(wc -l <"$T/out")" 2
	setarch --uname-2.6 "$SBX" run -- /bin/uname -r >"$T/out" 2>/dev/null
	printed "$(uname -r)"
	# PR_SET_TIMERSLACK, PR_SET_THP_DISABLE; read with PR_GET_TIMERSLACK and PR_GET_THP_DISABLE
	python3 -c 'import ctypes, os, sys
libc = ctypes.CDLL(None)
libc.prctl(29, 500000000), libc.prctl(41, 1, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])' "$SBX" run --seccomp none -- /usr/bin/python3 -c 'import ctypes
libc = ctypes.CDLL(None)
print(libc.prctl(30), libc.prctl(42, 0, 0, 0, 0))' >"$T/out" 2>/dev/null
	printed '50000 0'
}

@test "the caller's priorities are not the program's" {
	chrt -f 5 nice -n -10 ionice -c 1 -n 0 "$SBX" run --report "$T/report" --format json -- \
		/bin/sh -c 'cut -d " " -f 19,40,41 /proc/self/stat; ionice' >"$T/out"
	printed $'0 0 0\nnone: prio 0'
	ionice -c 2 -n 3 "$SBX" run -- /usr/bin/ionice >"$T/out" 2>/dev/null
	printed 'none: prio 0'
	ionice -c 2 -n 6 "$SBX" run -- /usr/bin/ionice >"$T/out" 2>/dev/null
	printed 'best-effort: prio 6'
	nice -n 5 "$SBX" run -- /usr/bin/cut -d ' ' -f 19 /proc/self/stat >"$T/out" 2>/dev/null
	printed 5
}

@test "the caller's keys are out of reach, without a filter too" {
	cat >"$T/keys.py" <<-'P'
		import ctypes, os, sys
		libc = ctypes.CDLL(None)
		SESSION, ADD_KEY, KEYCTL = -3, 248, 250
		if len(sys.argv) == 1:
		    print(libc.syscall(KEYCTL, 10, SESSION, b"user", b"canary", 0), libc.syscall(ADD_KEY, b"user", b"left", b"x", 1, SESSION) > 0)
		else:
		    libc.syscall(KEYCTL, 1, b"caller")
		    libc.syscall(ADD_KEY, b"user", b"canary", b"secret", 6, SESSION)
		    os.spawnv(os.P_WAIT, sys.argv[1], sys.argv[1:])
		    print(libc.syscall(KEYCTL, 10, SESSION, b"user", b"canary", 0) > 0, libc.syscall(KEYCTL, 10, SESSION, b"user", b"left", 0))
		    libc.syscall(KEYCTL, 7, SESSION)
	P
	/usr/bin/python3 "$T/keys.py" "$SBX" run --bind "$T/keys.py:/keys.py" --seccomp none -- /usr/bin/python3 /keys.py >"$T/out"
	printed $'-1 True\nTrue -1'
}
