#!/usr/bin/env bats
# sbx check --attack: what it tries, what it says where a box is weaker, and that it leaves nothing.

load common
load own_host

setup_file() {
	common_setup_file
	own_host_setup
	# one run for the tests that only look at it, on a host where nothing has run before
	cd /
	sbx setup --undo
	leftovers >"$BATS_FILE_TMPDIR/before"
	status=0
	sbx check --attack --json >"$BATS_FILE_TMPDIR/json" 2>"$BATS_FILE_TMPDIR/err" || status=$?
	export ATTACK_STATUS=$status
	leftovers >"$BATS_FILE_TMPDIR/after"
}
teardown_file() {
	sbx setup --undo
	own_host_teardown
}
setup() {
	cd /
	T=$BATS_TEST_TMPDIR
}

leftovers() {
	there find /sys/fs/cgroup -type d ! -path '*/unified/*' -path '*sbx*' | sort
	there find /run/sbx "${TMPDIR:-/tmp}"/sbx-* -maxdepth 0 2>/dev/null || :
	there grep -c . /proc/self/mountinfo
	cat /proc/sysvipc/shm /proc/sysvipc/msg /proc/sysvipc/sem | grep 7561848 || :
}

# A filter that stops nothing.
allow_all() {
	echo '{"defaultAction": "SCMP_ACT_ALLOW"}' >"$T/allow.json"
}

# through ID WAY PATTERN OPTION...: in a box of these options the attack gets through, and says how.
through() {
	JOB=$T/box box --wall unlimited "${@:4}" -- ./attacker check --attacker "$1" "$2" 0
	if [ "$status" != 1 ] || ! report verdict=RE exit_code=1 || ! grep -Eq "$3" "$T/err"; then
		echo "$* ended with $status:"
		head -c 500 "$T/err"
		return 1
	fi
}

@test "each attack is held here, and those that are stopped are stopped at their call" {
	equal "$ATTACK_STATUS" 0
	[ ! -s "$BATS_FILE_TMPDIR/err" ]
	python3 -IS - "$BATS_FILE_TMPDIR/json" <<-'END'
		import json, re, sys
		r = json.load(open(sys.argv[1]))
		a = r["attack"]
		bad = [row for row in a["attacks"] if row["state"] != "held" or not row["outcome"] or row["means"]]
		assert not bad, bad
		assert a["held"] == len(a["attacks"]) > 25 and a["open"] == a["not_tried"] == 0, a
		outcome = {row["id"]: row["outcome"] for row in a["attacks"]}
		wanted = {"B3": "stopped at ptrace, process_vm_readv, pidfd_getfd$", "F5": "stopped at mount, umount2, pivot_root$",
		          "A3": "stopped at chroot; refused$", "F8": "(stopped at i386:getpid|refused)$", "A1": "refused$",
		          "C1": r"TLE in \d+ ms$", "C5": r"TLE in \d+ ms$", "C10": r"MLE in \d+ ms$", "C29": r"MLE in \d+ ms$",
		          "C38": r"OLE in \d+ ms$", "D4": r"RE in \d+ ms$"}
		for id, pattern in wanted.items():
		    assert re.match(pattern, outcome[id]), (id, outcome[id])
	END
}

@test "nothing is left: no slice that was not there, no process, mount, file or IPC object" {
	diff "$BATS_FILE_TMPDIR/before" "$BATS_FILE_TMPDIR/after"
	run ! pgrep -x attacker
}

@test "with a filter that stops nothing attacks get through, and it says which, and what that means" {
	not_in_vm
	allow_all
	status=0
	sbx check --attack --seccomp "$T/allow.json" >"$T/out" 2>"$T/err" || status=$?
	equal "$status" 1
	[ ! -s "$T/err" ]
	grep -Eq '^OPEN       E6   opens sockets of other families +socket\(AF_NETLINK, .*\) gave 3$' "$T/out"
	grep -Eq '^OPEN       F16  brings a filter of its own +.* gave 0$' "$T/out"
	grep -A 1 '^OPEN       A18 ' "$T/out" | tail -n 1 | grep -q '^                -> a program can learn of'
	# the kernel holds them by itself
	for id in A1 A3 B3 C1 C10 D8 F5 F12 F13; do
		grep -Eq "^held       $id " "$T/out"
	done
	tail -n 2 "$T/out" | head -n 1 | grep -Eq '^[0-9]+ of [0-9]+ attacks held, [0-9]+ OPEN$'
	equal "$(tail -n 1 "$T/out")" '-> what holds with the built-in profile is told by: sbx check --attack'
}

@test "an attack gets through where its fence is taken away" {
	not_in_vm
	mkdir "$T/box" "$T/tmp"
	cp "$SBX" "$T/box/attacker"
	: >"$T/tmp/left"
	: >"$T/helper"
	chmod 666 "$T/helper"
	chmod 755 "$T" "$T/tmp"
	through A1 0 '^/var is there$' --bind /var
	through A6 0 '^open\("/box/new"' --box-mode cow
	through A14 0 '^/dev/fuse is there$' --bind /dev/full:/dev/fuse
	through A15 0 '^/sys/kernel/uevent_helper can be written$' --bind "$T/helper:/sys/kernel/uevent_helper:rw"
	through A16 0 "^the job's folder on this host is .*/box$" --box-mode rw
	through B12 0 '^the variable SECRET is here$' --env SECRET=1
	through C1 0 '^it computed for 2 seconds$'
	through C4 0 '^its orphan computed for 2 seconds$'
	through C5 0 '^it slept for 2 seconds$'
	through C8 0 '^it computed for 2 seconds$'
	through C10 0 '^it got 128 MiB$'
	through C13 0 '^it got 128 MiB$'
	through C31 0 '^64 processes live$' --pids 100
	through C35 0 '^ftruncate' --fsize unlimited
	through C36 0 '^it made 4096 files$'
	through C38 0 '^16 MiB came out$'
	through D9 1 '^/tmp/left is there$' --bind "$T/tmp:/tmp"
}

@test "an attacker attacks nothing but a box" {
	not_in_vm
	allow_all
	mkdir "$T/box"
	cp "$SBX" "$T/box/attacker"
	refused() {
		status=0
		"$@" --attacker F2 0 0 >"$T/out" 2>"$T/err" || status=$?
		equal "$status" 3
		one_line "$T/err" '^sbx: check: --attacker is for boxes of sbx check --attack, and this is none$'
	}
	refused "$SBX" check
	refused setpriv --reuid 1000 --regid 1000 --clear-groups --no-new-privs --bounding-set -all "$SBX" check
	# as the second process of a container, and in all that a box is but for its filter
	# shellcheck disable=SC2016
	refused unshare -p -f sh -c 'setpriv --reuid 1000 --regid 1000 --clear-groups --no-new-privs --bounding-set -all "$@"; exit $?' sh "$SBX" check
	refused "$SBX" run --passthrough --report none --box "$T/box" --seccomp none -- ./attacker check
	# not the box's program, but a child of that
	refused "$SBX" run --passthrough --report none --box "$T/box" -- /bin/sh -c './attacker "$@"; exit $?' sh check
	# with the box's filter it does attack
	status=0
	"$SBX" run --passthrough --report none --box "$T/box" --seccomp "$T/allow.json" -- ./attacker check --attacker F2 0 0 2>"$T/err" || status=$?
	equal "$status" 1
	grep -q '^unshare(CLONE_NEWUSER) gave 0$' "$T/err"
}

@test "killed half-way, it leaves no process" {
	not_in_vm
	there "$SBX" check --attack >"$T/out" 2>/dev/null &
	local pid
	within 60 pgrep -x attacker
	pid=$(pgrep -o -f "^$SBX check --attack")
	kill -KILL "$pid"
	wait $! || :
	[ ! -s "$T/out" ] # it was not through
	within 10 sh -c '! pgrep -x attacker'
	run ! pgrep -f "^$SBX check"
}

@test "an ordinary user, to whom a cgroup is delegated" {
	only_on_v2
	"$SBX" setup --user 1234 --pid $BASHPID
	setpriv --reuid 1234 --regid 1234 --clear-groups "$SBX" check --attack >"$T/out"
	grep -Eq '^([0-9]+) of \1 attacks held$' "$T/out"
}

@test "where no box can be made, nothing is said about attacks" {
	only_on_v1
	status=0
	there setpriv --reuid 12345 --regid 12345 --clear-groups "$SBX" check --attack --json >"$T/json" 2>"$T/err" || status=$?
	equal "$status" 1
	one_line "$T/err" '^sbx: check: an ordinary user can run sbx on cgroup v2 only'
	grep -q '"attack":null}' "$T/json"
}

@test "wrong usage" {
	not_in_vm
	for args in '--attack --attack' '--seccomp default' '--attack --seccomp' '--attack --seccomp none' \
		'--attack --seccomp nope' '--attack --seccomp /none.json' '--attack --seccomp default --seccomp default' \
		'--attacker F2' '--attacker F2 0'; do
		status=0
		# shellcheck disable=SC2086
		sbx check $args >"$T/out" 2>"$T/err" || status=$?
		equal "$status" 2
		one_line "$T/err" '^sbx: check: .'
	done
}
