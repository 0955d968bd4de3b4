#!/usr/bin/env bats
# sbx setup: the slice, its delegation to an ordinary user, the unit under systemd, and the undoing of all of it.

load common
load own_host

USER_NAME=daemon # an ordinary user that every Debian has
USER_ID=1

setup_file() {
	common_setup_file
	own_host_setup
}
teardown_file() {
	own_host_teardown
}
setup() {
	cd /usr || return # where an ordinary user may be, and start a box
	T=$BATS_TEST_TMPDIR
	sbx setup --undo >/dev/null
}
teardown() {
	sbx setup --undo
}

# try COMMAND...: keeps $status, $T/out and $T/err.
try() {
	status=0
	"$@" >"$T/out" 2>"$T/err" || status=$?
}

said() {
	grep -Eq -- "$1" "$T/out" || {
		printf 'wanted: %s\ngot:\n' "$1" >&2
		cat "$T/out" "$T/err" >&2
		return 1
	}
}

# failed STATUS PATTERN: the last try() ended so, with one clear line.
failed() {
	equal "$status" "$1"
	one_line "$T/err" "$2"
}

slices() {
	if [ "$(cgroup_version)" = 2 ]; then
		echo /sys/fs/cgroup/sbx
	else
		printf '/sys/fs/cgroup/%s/sbx\n' memory pids cpuacct cpu cpuset
	fi
}

no_trace() {
	there sh -c '! { ls -d /run/sbx /sys/fs/cgroup/sbx /sys/fs/cgroup/*/sbx; grep -E "[ /]sbx" /proc/self/mountinfo; } \
		2>/dev/null | grep -v "/sbx-test-" | grep .'
}

as_user() {
	setpriv --reuid "$USER_ID" --regid "$USER_ID" --clear-groups "$@"
}

# As the user, in a shell that has not been moved anywhere: prints its pid, and runs a box.
user_run() {
	export -f as_user
	export USER_ID
	# shellcheck disable=SC2016
	bash -c 'echo $$; as_user "$SBX" run -- /bin/true; exit $?'
}

# delegated SCRIPT: a shell that has been moved into the user's group runs it, as root; as_user and $SBX are there.
delegated() {
	export -f as_user
	export USER_ID USER_NAME
	# shellcheck disable=SC2016
	bash -c '"$SBX" setup --user "$USER_NAME" --pid $$ >/dev/null || exit 99
		eval "$1"' bash "$1"
}

@test "the slice is made once, and each command says what is so" {
	try sbx setup
	equal "$status" 0
	equal "$(cat "$T/out")" "$(slices | sed 's/^/made /')"
	try sbx setup
	equal "$status" 0
	equal "$(cat "$T/out")" "$(slices | sed 's/^/already there: /')"
	sbx run -- /bin/true
}

@test "a slice that is gone, or made in part, is made whole" {
	sbx setup
	there rmdir "$(slices | head -n 1)"
	sbx setup >"$T/out"
	said "^made $(slices | head -n 1)$"
	there rm -r /run/sbx
	sbx setup >"$T/out"
	said '^already there: /sys/fs/cgroup'
	sbx run -- /bin/true
}

@test "undo takes away what setup and the runs made, and leaves no trace" {
	sbx setup
	sbx run -- /bin/true
	try sbx setup --undo
	equal "$status" 0
	equal "$(cat "$T/out")" "$(slices | sed 's/^/removed /' && echo removed /run/sbx)"
	no_trace
}

@test "undo takes what a run made by itself" {
	sbx run -- /bin/true
	sbx setup --undo
	no_trace
}

@test "undo of nothing says so" {
	try sbx setup --undo
	equal "$status" 0
	equal "$(cat "$T/out")" 'nothing is there'
}

@test "undo removes leaves that are left over, and cgroups below them" {
	sbx setup
	there mkdir "$(slices | head -n 1)/run-7" "$(slices | head -n 1)/run-7/deep"
	sbx setup --undo
	no_trace
}

@test "undo while a box runs: refused, with the process named, and nothing removed" {
	sbx run --wall 60s -- /bin/sleep 50 3>&- &
	run=$!
	# shellcheck disable=SC2016
	within 10 there sh -c 'grep -q . "$0"/run-*/cgroup.procs' "$(slices | head -n 1)"
	try sbx setup --undo
	# shellcheck disable=SC2016
	pid=$(there sh -c 'cat "$0"/run-*/cgroup.procs' "$(slices | head -n 1)")
	failed 3 "^sbx: setup: nothing was undone: $(slices | head -n 1)/run-[0-9]+ holds process $pid: "
	there test -e /run/sbx/host
	kill "$pid"
	wait "$run" || true
	sbx setup --undo
	no_trace
}

@test "undo while a box is being built: its slot is in the way" {
	sbx run -- /bin/true
	# shellcheck disable=SC2016
	there sh -c 'echo $$ >"$0"; exec flock --no-fork /run/sbx/slots/0 sleep 50' "$T/holder" 3>&- &
	within 5 there sh -c '! flock -n /run/sbx/slots/0 true'
	try sbx setup --undo
	failed 3 'nothing was undone: a box is running, it holds slot 0 of /run/sbx'
	kill "$(cat "$T/holder")"
	within 5 there flock -n /run/sbx/slots/0 true
}

@test "only root may" {
	# shellcheck disable=SC2016
	try there setpriv --reuid 12345 --regid 12345 --clear-groups "$SBX" setup
	failed 3 '^sbx: setup: only root can do that; run: sudo sbx setup$'
}

@test "usage errors exit 2 and name what is wrong" {
	# shellcheck disable=SC2089,SC2090
	for row in '--frob|no such option: --frob' 'extra|no such option: extra' '--user|a value is missing for --user' \
		'--undo --undo|given twice: --undo' '--user a --user b|given twice: --user' \
		'--pid 5|--pid goes with --user' '--undo --user daemon --pid 5|--pid goes with --user' \
		'--user daemon --pid 0|not a process id: 0' '--user daemon --pid -1|not a process id: -1' \
		'--user daemon --pid 99999999999|not a process id' '--user daemon --pid 1x|not a process id: 1x' \
		'--keeper --undo|--keeper stands alone' '--user nobody-of-that-name|there is no user "nobody-of-that-name"' \
		'--user --undo|there is no user "--undo"' '--user root|root needs no delegation' \
		'--user 0|root needs no delegation' '--user +1|no user id' '--user 4294967295|no user id' '--user 99999999999999999999|no user id'; do
		# shellcheck disable=SC2086
		try sbx setup ${row%%|*}
		failed 2 "^sbx: setup: .*${row#*|}"
	done
	no_trace
}

@test "--help exits 0" {
	"$SBX" setup --help | grep -q '^usage: sbx setup'
}

@test "a user on v1: refused, for v1 cannot be delegated" {
	only_on_v1
	try sbx setup --user "$USER_NAME"
	failed 3 'on cgroup v2 only, .* boot with systemd.unified_cgroup_hierarchy=1 cgroup_no_v1=all'
	no_trace
	try there setpriv --reuid 12345 --regid 12345 --clear-groups "$SBX" run -- /bin/true
	equal "$status" 3
}

@test "a user without delegation: exit 3, and the command to ask root for" {
	only_on_v2
	try user_run
	failed 3 "ask root to run: sbx setup --user 1 --pid $(cat "$T/out")\$"
}

@test "a user with delegation runs boxes" {
	only_on_v2
	# shellcheck disable=SC2016
	try delegated 'as_user "$SBX" run -- /bin/echo hello'
	equal "$status" 0
	equal "$(cat "$T/out")" hello
	one_line "$T/err" '^sbx: OK  cpu '
	# shellcheck disable=SC2016
	try delegated 'as_user "$SBX" run --mem 32M -- /bin/sh -c "a=x; while :; do a=\$a\$a; done"'
	equal "$status" 1
	one_line "$T/err" '^sbx: MLE'
	# shellcheck disable=SC2016
	try delegated 'as_user "$SBX" run --cpus 0.5 --pids 5 --pin auto -t 0.2 -- /bin/sh -c "while :; do :; done"'
	equal "$status" 1
	one_line "$T/err" '^sbx: TLE'
	# shellcheck disable=SC2016
	try delegated 'as_user "$SBX" check'
	equal "$status" 0
	said '^delegation +ok +/sys/fs/cgroup/sbx/user-1$'
	said '^leaf +ok'
}

@test "a user in a shell outside of the delegation: exit 3, and the command to ask root for" {
	only_on_v2
	sbx setup --user "$USER_ID"
	try user_run
	failed 3 "this shell is not in the delegated cgroup; ask root to run: sbx setup --user 1 --pid $(cat "$T/out")\$"
}

@test "what a user is given, and what not" {
	only_on_v2
	sbx setup --user "$USER_NAME" >"$T/out"
	said '^made /sys/fs/cgroup/sbx/user-1 for user 1$'
	said '^made /run/sbx/1$'
	cd /sys/fs/cgroup/sbx/user-1
	equal "$(find . -user 1 | sort | tr '\n' ' ')" \
		'. ./cgroup.procs ./cgroup.subtree_control ./cgroup.threads ./main ./main/cgroup.procs ./main/cgroup.subtree_control ./main/cgroup.threads '
	equal "$(stat -c '%u %a' /run/sbx/1)" '1 700'
	sbx setup --user "$USER_ID" >"$T/out"
	said '^already there: /sys/fs/cgroup/sbx/user-1 for user 1$'
	said '^already there: /run/sbx/1$'
}

@test "a link that the user plants leads root nowhere" {
	only_on_v2
	sbx setup --user "$USER_ID"
	echo precious >"$T/precious"
	chmod 755 "$T"
	rm /run/sbx/1/host
	ln -s "$T/precious" /run/sbx/1/host
	ln -s "$T" /run/sbx/1/slots
	mkfifo /run/sbx/1/fifo
	mkdir -p /run/sbx/1/a/b/c
	ln -s "$T" /run/sbx/1/a/b/link
	chown -R -h "$USER_ID" /run/sbx/1
	sbx setup --user "$USER_ID"
	equal "$(cat "$T/precious")" precious
	[ ! -L /run/sbx/1/host ]
	sbx setup --undo --user "$USER_ID"
	equal "$(cat "$T/precious")" precious
	[ ! -e /run/sbx/1 ]
}

@test "undo of one user leaves the others" {
	only_on_v2
	sbx setup --user "$USER_NAME"
	sbx setup --user 12345
	try sbx setup --undo --user "$USER_NAME"
	equal "$(cat "$T/out")" $'removed /sys/fs/cgroup/sbx/user-1\nremoved /run/sbx/1'
	[ -d /sys/fs/cgroup/sbx/user-12345/main ]
	[ -e /run/sbx/12345/host ]
	try sbx setup --undo --user "$USER_NAME"
	equal "$(cat "$T/out")" 'nothing is there for user 1'
	sbx setup --undo
	no_trace
}

@test "undo while the user's shell is in its group: refused, with the shell named" {
	only_on_v2
	# shellcheck disable=SC2016
	try delegated 'echo $$; "$SBX" setup --undo'
	failed 3 "^sbx: setup: nothing was undone: /sys/fs/cgroup/sbx/user-1/main holds process $(cat "$T/out"): "
	[ -e /run/sbx/1/host ]
}

@test "a process that is not there cannot be moved" {
	only_on_v2
	try sbx setup --user "$USER_NAME" --pid 2147483646
	failed 2 'there is no process 2147483646'
}

# A stand-in for systemctl, which does for sbx.service what systemd does: its cgroup, its start, its notification.
fake_systemd() {
	mkdir -p /run/systemd/system "$T/bin"
	cat >"$T/bin/systemctl" <<-'END'
		#!/usr/bin/python3 -IS
		import os, re, signal, socket, sys, time
		here = os.path.dirname(sys.argv[0])
		group = "/sys/fs/cgroup/system.slice/sbx.service"
		print(*sys.argv[1:], file=open(here + "/log", "a"))
		if sys.argv[1:] == ["start", "sbx.service"]:
		    unit = open("/run/systemd/system/sbx.service").read()
		    command = re.search(r'^ExecStart="(.*)" (.*)$', unit, re.M)
		    assert "Type=notify\n" in unit and "Delegate=yes\n" in unit
		    os.makedirs(group)
		    for above in ("/sys/fs/cgroup", "/sys/fs/cgroup/system.slice"):
		        open(above + "/cgroup.subtree_control", "w").write("+memory +pids +cpu +cpuset")
		    notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		    notify.bind("\0sbx-test-notify")
		    notify.settimeout(20)
		    pid = os.fork()
		    if pid == 0:
		        os.setsid()
		        for fd in range(3, 20):
		            try: os.close(fd)
		            except OSError: pass
		        open(group + "/cgroup.procs", "w").write("0")
		        argv = [command[1], *command[2].split()]
		        os.execve(argv[0], argv, {"NOTIFY_SOCKET": "@sbx-test-notify"})
		    assert notify.recv(4096).startswith(b"READY=1"), "not ready"
		    open(here + "/keeper", "w").write(str(pid))
		elif sys.argv[1:] == ["stop", "sbx.service"]:
		    os.kill(int(open(here + "/keeper").read()), signal.SIGTERM)
		    for path in (group + "/keeper", group, "/sys/fs/cgroup/system.slice"):
		        for _ in range(100):
		            try: os.rmdir(path); break
		            except OSError: time.sleep(0.05)
		    assert not os.path.exists(group), "something is left in the unit"
	END
	chmod 755 "$T/bin/systemctl"
	PATH=$T/bin:$PATH
}

no_systemd() {
	rm -f /run/systemd/system/sbx.service
	rmdir /run/systemd/system /run/systemd
}

@test "under systemd the slice is a unit's cgroup, and nothing is written beside it" {
	only_on_v2
	fake_systemd
	status=0
	"$SBX" run -- /bin/true 2>"$T/err" || status=$?
	failed 3 'systemd owns this host.s cgroups.*; run: sbx setup$'
	try "$SBX" check
	said '^slice +fail'
	[ ! -e /sys/fs/cgroup/sbx ]

	try "$SBX" setup
	equal "$status" 0
	equal "$(cat "$T/out")" 'wrote /run/systemd/system/sbx.service
started sbx.service
made /sys/fs/cgroup/system.slice/sbx.service'
	equal "$(cat "$T/bin/log")" $'daemon-reload\nstart sbx.service'
	grep -q '^OOMPolicy=continue$' /run/systemd/system/sbx.service
	grep -q '^TasksMax=infinity$' /run/systemd/system/sbx.service
	equal "$(cat /sys/fs/cgroup/system.slice/sbx.service/keeper/cgroup.procs)" "$(cat "$T/bin/keeper")"
	"$SBX" run -- /bin/true
	try "$SBX" setup
	equal "$(cat "$T/out")" 'already there: /sys/fs/cgroup/system.slice/sbx.service'
	equal "$(wc -l <"$T/bin/log")" 2

	# shellcheck disable=SC2016
	try delegated 'as_user "$SBX" run -- /bin/echo hello'
	equal "$status" 0
	equal "$(cat "$T/out")" hello
	[ -d /sys/fs/cgroup/system.slice/sbx.service/user-1/main ]

	try "$SBX" setup --undo
	equal "$status" 0
	equal "$(cat "$T/out")" $'stopped sbx.service\nremoved /run/systemd/system/sbx.service\nremoved /run/sbx'
	equal "$(tail -n 2 "$T/bin/log")" $'stop sbx.service\ndaemon-reload'
	[ ! -e /sys/fs/cgroup/system.slice ]
	no_systemd
	no_trace
}

@test "under systemd, a systemctl that fails is told, and where to look" {
	only_on_v2
	mkdir -p /run/systemd/system "$T/bin"
	# shellcheck disable=SC2016
	printf '#!/bin/sh\n[ "$1" != start ]\n' >"$T/bin/systemctl"
	chmod 755 "$T/bin/systemctl"
	status=0
	PATH=$T/bin:$PATH "$SBX" setup >"$T/out" 2>"$T/err" || status=$?
	failed 3 'systemctl start sbx.service ended with status 1; to see why: journalctl -u sbx.service$'
	PATH=$T/bin:$PATH "$SBX" setup --undo
	no_systemd
	no_trace
}

@test "the keeper is for the unit only" {
	try there "$SBX" setup --keeper
	failed 3 '^sbx: setup: --keeper is for sbx.service'
}

@test "cgroup v1: controllers that share a hierarchy, as cpu and cpuacct do on many hosts" {
	only_on_v1
	sbx run -- /bin/true
	# shellcheck disable=SC2016 # for the shell there
	there sh -c 'cd /run/sbx && path=$(sed -n "s/^cpuacct //p" host) && sed -i "s|^cpu .*|cpu $path|" host && cat host' >"$T/out"
	equal "$(sed -n 's/^cpu //p' "$T/out")" "$(sed -n 's/^cpuacct //p' "$T/out")"
	for _ in 1 2; do
		sbx run --report "$T/report" --format json -- /bin/true
		report verdict=OK limits.time.mechanism='supervisor, cgroup-v1 cpuacct.usage'
	done
	[ -z "$(there sh -c 'ls -d /sys/fs/cgroup/*/sbx/run-* 2>/dev/null')" ]
}

@test "a leaf that is left in one hierarchy alone does not stand in a run's way" {
	only_on_v1
	sbx setup >/dev/null
	for h in pids cpu; do
		there mkdir "/sys/fs/cgroup/$h/sbx/run-0"
		try sbx run --report "$T/report" --format json -- /bin/true
		equal "$status" 0
		there sh -c '! ls -d /sys/fs/cgroup/*/sbx/run-0 2>/dev/null'
	done
}
