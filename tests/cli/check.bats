#!/usr/bin/env bats
# sbx check: what it finds, on this host and on hosts made worse within namespaces of their own.

load common
load own_host

setup_file() {
	common_setup_file
	own_host_setup
}
teardown_file() {
	sbx setup --undo
	own_host_teardown
}
setup() {
	cd / # where an ordinary user may be, too
	T=$BATS_TEST_TMPDIR
	sbx setup >/dev/null
}

# check COMMAND...: runs it, which is to end in `check --json` of sbx, and keeps its status and its JSON.
check() {
	status=0
	"$@" >"$T/json" 2>"$T/err" || status=$?
}

# row NAME STATUS [PATTERN [FIX]]: what the last check said; the pattern is for the reason, FIX is the whole command.
row() {
	python3 -IS -c '
import json, re, sys
path, name, status, pattern, fix = sys.argv[1:]
row = next(r for r in json.load(open(path))["checks"] if r["name"] == name)
if row["status"] != status or not re.search(pattern, row["reason"]) or fix != "*" and (row["fix"] or "") != fix:
    sys.exit(f"wanted: {sys.argv[2:]}\ngot:    {row}")' "$T/json" "$1" "$2" "${3:-}" "${4-*}"
}

# with_file PATH CONTENT: as a wrapper of the command that follows, the file at PATH says CONTENT.
with_file() {
	printf '%s\n' "$2" >"$T/file"
	# shellcheck disable=SC2016
	there unshare -m sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh "$T/file" "$1" "${@:3}"
}

user_check() {
	# shellcheck disable=SC2016
	there sh -c 'setpriv --reuid 12345 --regid 12345 --clear-groups "$0" check --json; s=$?; echo $$ >&2; exit $s' "$SBX"
}

@test "root, who can run boxes here, is told that nothing fails" {
	check sbx check --json
	equal "$status" 0
	for name in 'user namespace' 'network namespace' 'seccomp filter' overlayfs 'private /proc' slice leaf; do
		row "$name" ok
	done
	[ "$(wc -l <"$T/json")" = 1 ]
	python3 -IS -c 'import json, sys
r = json.load(open(sys.argv[1]))
assert r["schema"] == "sbx.check/1" and r["measure"] is None
names = [c["name"] for c in r["checks"]]
assert len(names) == len(set(names)) > 30
for c in r["checks"]:
    assert set(c) == {"name", "status", "reason", "fix"}, c
    assert c["status"] in ("ok", "warn", "fail", "n/a") and c["reason"], c
    assert c["fix"] is None or c["status"] in ("warn", "fail"), c
assert r["failed"] == 0
assert r["warned"] == sum(c["status"] == "warn" for c in r["checks"])' "$T/json"
}

@test "the version of the cgroups is told: v1" {
	only_on_v1
	check sbx check --json
	row 'cgroup version' warn '^1, memory at /' 'add to the kernel'\''s command line: systemd.unified_cgroup_hierarchy=1 cgroup_no_v1=all'
}

@test "the version of the cgroups is told: v2" {
	only_on_v2
	check sbx check --json
	row 'cgroup version' ok '^2, at /' ''
	row 'swap accounting' ok
	row pressure ok
}

@test "the table has a row for each check, aligned, and a sum" {
	sbx check >"$T/table"
	sbx check --json >"$T/json"
	python3 -IS - "$T/table" "$T/json" <<-'END'
		import json, re, sys
		lines = open(sys.argv[1]).read().splitlines()
		checks = json.load(open(sys.argv[2]))["checks"]
		width = max(len(c["name"]) for c in checks)
		rows = [l for l in lines[:-2] if not l.startswith(" ")]
		assert len(rows) == len(checks)
		for line, c in zip(rows, checks):
		    assert line[:width].rstrip() == c["name"], line
		    assert line[width + 2 : width + 6].rstrip() == c["status"], line
		fixes = [l for l in lines if l.startswith(" ")]
		assert [l.split("-> ", 1)[1] for l in fixes] == [c["fix"] for c in checks if c["fix"]]
		assert re.fullmatch(r"\d+ ok, \d+ warn, 0 fail, \d+ n/a", lines[-1]), lines[-1]
	END
}

@test "colour on a terminal only, and not with NO_COLOR" {
	sbx check >"$T/piped"
	TERM=xterm script -qec "$SBX check" /dev/null </dev/null >"$T/terminal"
	NO_COLOR=1 TERM=xterm script -qec "$SBX check" /dev/null </dev/null >"$T/no-color"
	grep -q $'\033\\[32mok' "$T/terminal"
	equal "$(cat "$T/piped" "$T/no-color" | grep -c $'\033' || true)" 0
}

@test "nothing is left behind, and no slice is made" {
	sbx setup --undo
	there find /sys/fs/cgroup -type d ! -path '*/unified/*' | sort >"$T/before"
	check sbx check --json
	row slice ok '^not made yet'
	row leaf n/a
	there [ ! -e /run/sbx ]
	there find /sys/fs/cgroup -type d ! -path '*/unified/*' | sort | diff "$T/before" -
}

@test "user namespaces forbidden by their sysctl: named, with the command" {
	# the sysctl is a user namespace's own, so the host keeps its value
	# shellcheck disable=SC2016
	check there unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces; "$0" check --json' "$SBX"
	equal "$status" 1
	row 'user namespace' fail 'user.max_user_namespaces is 0' 'sysctl -w user.max_user_namespaces=65536'
	row 'network namespace' n/a 'without a user namespace'
	row overlayfs n/a
}

@test "network namespaces used up: named, with the command" {
	# shellcheck disable=SC2016
	check there unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_net_namespaces; "$0" check --json' "$SBX"
	equal "$status" 1
	row 'user namespace' ok
	row 'network namespace' fail 'user.max_net_namespaces is 0' 'sysctl -w user.max_net_namespaces=65536'
	row 'ipc namespace' ok
}

@test "too few ids in this user namespace" {
	check there unshare -Ur "$SBX" check --json
	equal "$status" 1
	row 'outside ids' fail 'fewer than [0-9]+ ids'
}

@test "in a box, nearly everything is forbidden, and each row says so" {
	mkdir "$T/box"
	cp "$SBX" "$T/box/sbx"
	status=0
	sbx run --box "$T/box" -- ./sbx check --json >"$T/json" 2>"$T/err" || status=$?
	equal "$status" 1
	row 'clone3 into a cgroup' fail 'Function not implemented' 'docker run --security-opt seccomp=unconfined ...'
	row 'user namespace' fail
	row "caller's filter" warn
	row 'cgroup version' fail
}

@test "a masked /proc, as in a container" {
	check with_file /proc/timer_list masked "$SBX" check --json
	equal "$status" 1
	row 'private /proc' fail 'masked' 'docker run --security-opt systempaths=unconfined ...'
}

@test "a piped core_pattern starts a process of root's at each crash" {
	check with_file /proc/sys/kernel/core_pattern '|/usr/lib/collect %p' "$SBX" check --json
	row core_pattern warn 'a process of root.*/usr/lib/collect' 'sysctl -w kernel.core_pattern=core'
	check with_file /proc/sys/kernel/core_pattern core "$SBX" check --json
	row core_pattern ok '' ''
}

@test "settings that weaken or disturb are warnings with their command" {
	check with_file /proc/sys/kernel/randomize_va_space 0 "$SBX" check --json
	row 'address randomisation' warn '^off' 'sysctl -w kernel.randomize_va_space=2'
	check with_file /proc/sys/kernel/print-fatal-signals 1 "$SBX" check --json
	row 'fatal signals' warn '' 'sysctl -w kernel.print-fatal-signals=0'
	check with_file /proc/swaps $'Filename Type\n/dev/sda2 partition' "$SBX" check --json
	row swap warn '^on' 'swapoff -a'
	if [ -e /sys/kernel/mm/transparent_hugepage/enabled ]; then
		check with_file /sys/kernel/mm/transparent_hugepage/enabled '[always] madvise never' "$SBX" check --json
		row 'huge pages' warn '^always' 'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled'
	fi
	if [ -e /sys/devices/system/cpu/smt/active ]; then
		check with_file /sys/devices/system/cpu/smt/active 1 "$SBX" check --json
		row SMT warn '^on' 'echo off > /sys/devices/system/cpu/smt/control'
	fi
}

@test "a hard limit that the defaults of sbx run do not fit into" {
	# shellcheck disable=SC2016
	check there bash -c 'ulimit -n 100; "$0" check --json; s=$?; echo $$ >&2; exit $s' "$SBX"
	equal "$status" 1
	row 'hard limits' fail 'nofile is 100, below 256, the default of --open-files' \
		"prlimit --pid $(cat "$T/err") --nofile=unlimited:unlimited"
}

@test "cgroups mounted read-only" {
	sbx setup --undo
	if [ "$(cgroup_version)" = 2 ]; then mount=/sys/fs/cgroup; else mount=/sys/fs/cgroup/memory; fi
	# shellcheck disable=SC2016
	check there unshare -m sh -c 'mount -o remount,bind,ro "$1" && exec "$0" check --json' "$SBX" "$mount"
	equal "$status" 1
	row slice fail "cannot be made: $mount: Read-only file system" "mount -o remount,rw $mount"
}

@test "a private cgroup namespace whose root holds processes: the command that is named mends it" {
	only_on_v2
	sbx setup --undo
	echo '+memory +pids +cpu +cpuset' >/sys/fs/cgroup/cgroup.subtree_control
	mkdir /sys/fs/cgroup/container
	# shellcheck disable=SC2016
	check there sh -c 'echo $$ >/sys/fs/cgroup/container/cgroup.procs
		exec unshare -C -m --propagation private sh -c "
			umount /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && mount -t tmpfs none /run || exit
			\"\$0\" check --json
			echo >&2
			\"\$0\" check | sed -n \"s/^.* -> \\(mkdir .*\\)/\\1/p\" >/run/fix
			. /run/fix
			\"\$0\" run --box /usr -- /bin/true >&2 && \"\$0\" check >&2
			\"\$0\" setup --undo >&2
			echo >&2" "$0"' "$SBX"
	row slice fail 'holds processes itself'
	grep -q '^sbx: OK' "$T/err"
	grep -Eq '^leaf +ok ' "$T/err"
	grep -q '^removed /sys/fs/cgroup/sbx' "$T/err"
	find /sys/fs/cgroup/container -depth -type d -exec rmdir {} +
}

@test "an ordinary user on v1 is told that only root can run boxes" {
	only_on_v1
	check user_check
	equal "$status" 1
	row delegation fail 'only root'
	row 'user namespace' ok
}

@test "an ordinary user without delegation is told what to ask root for" {
	only_on_v2
	check user_check
	equal "$status" 1
	row delegation fail '^no cgroup is delegated to this user$' "sbx setup --user 12345 --pid $(cat "$T/err")"
	row slice n/a
}

@test "--measure: start cost and jitter, as numbers" {
	not_in_vm # the next one measures there
	check sbx check --json --measure
	equal "$status" 0
	python3 -IS -c 'import json, sys
m = json.load(open(sys.argv[1]))["measure"]
assert m["launches"] == 50 and m["rounds"] == 20
for s in (m[k][how] for k in ("spawn", "run") for how in ("back_to_back", "paused")):
    assert 0 < s["min_us"] <= s["p50_us"] <= s["p99_us"] <= s["max_us"], s
b = m["busy_loop"]
assert 0 < b["min_us"] <= b["p50_us"] <= b["max_us"], b' "$T/json"
	[ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'sbx-check-*')" ]
}

@test "--measure takes away the slice that its runs made" {
	sbx setup --undo
	sbx check --measure >"$T/out"
	grep -Eq '^sbx run, back to back +[0-9.]+ +[0-9.]+ ms$' "$T/out"
	there sh -c '! ls -d /run/sbx /sys/fs/cgroup/sbx /sys/fs/cgroup/*/sbx 2>/dev/null | grep .'
}

@test "usage errors exit 2, --help exits 0, a full disk is exit 3" {
	for args in --jsn extra '--json --json' '--json=yes'; do
		status=0
		# shellcheck disable=SC2086
		"$SBX" check $args >"$T/out" 2>"$T/err" || status=$?
		equal "$status" 2
		one_line "$T/err" '^sbx: check: .*sbx check --help'
		[ ! -s "$T/out" ]
	done
	"$SBX" check --help | grep -q '^usage: sbx check'
	status=0
	"$SBX" check --json >/dev/full 2>"$T/err" || status=$?
	equal "$status" 3
	one_line "$T/err" 'No space left on device'
}
