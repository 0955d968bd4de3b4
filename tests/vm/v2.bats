#!/usr/bin/env bats
# sbx run where the controllers are on cgroup v2: the verdicts that the leaf decides, and the ordinary user. Run in the VM,
# under emulation, so few tests and no times.

setup_file() {
	export SBX=${SBX:-$PWD/build/sbx} JOB=$BATS_FILE_TMPDIR/job
	mkdir "$JOB"
	chmod 755 "$BATS_FILE_TMPDIR" "$JOB"
	cp tests/demo/*.c "$JOB"
	cd "$JOB" || return
	for source in *.c; do
		gcc -O1 -static -o "${source%.c}" "$source"
	done
}
setup() {
	cd "$JOB" || return
}

# wanted VERDICT OPTIONS...: the report's line starts with it.
wanted() {
	local verdict=$1
	shift
	"$SBX" run --report "$BATS_TEST_TMPDIR/report" "$@" >/dev/null || true
	cat "$BATS_TEST_TMPDIR/report"
	grep -q "^sbx: $verdict " "$BATS_TEST_TMPDIR/report"
}

@test "a good program" {
	wanted OK -- ./good
	[ "$("$SBX" run -- ./good 2>/dev/null)" = '78498 primes' ]
}

@test "CPU time is the leaf's" {
	wanted TLE --time 1 -- ./loop
	wanted TLE --time 1 --pids 16 -- ./forks
}

@test "memory is the leaf's, however small the limit" {
	wanted MLE --mem 64M -- ./memory
	wanted MLE --mem 8K -- ./good
}

@test "a hostile call, a crash, a flood" {
	wanted SV -- ./ptrace
	wanted RE -- ./crash
	wanted OLE --output 64K -- ./flood
}

@test "pinning and a CPU rate" {
	wanted OK --pin 0 --cpus 0.5 -- ./good
}

@test "a writable overlay" {
	wanted OK --box-mode cow -- /bin/sh -c 'echo x >y && rm good && mkdir d && [ -f y ] && [ ! -e good ]'
	[ -e good ]
}

@test "the report names cgroup v2" {
	"$SBX" run --format json --report "$BATS_TEST_TMPDIR/report" -- ./good >/dev/null
	grep -q '"mechanism":"cgroup-v2 memory.max"' "$BATS_TEST_TMPDIR/report"
	grep -q '"cgroup_version":2' "$BATS_TEST_TMPDIR/report"
}

@test "an ordinary user: refused without delegation, with the command to ask for; served with it" {
	as_user() { setpriv --reuid 1234 --regid 1234 --clear-groups "$@"; }
	status=0
	as_user "$SBX" run -- ./good >/dev/null 2>"$BATS_TEST_TMPDIR/err" || status=$?
	[ "$status" = 3 ]
	grep -q 'sbx setup --user 1234 --pid' "$BATS_TEST_TMPDIR/err"
	"$SBX" setup --user 1234 --pid $BASHPID
	[ "$(as_user "$SBX" run -- ./good 2>/dev/null)" = '78498 primes' ]
	# init has the program's id there, and not even without a filter may the program trace it: PTRACE_SEIZE, EPERM
	[ "$(as_user "$SBX" run --seccomp none -- /usr/bin/python3 -c 'import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print(libc.ptrace(0x4206, 1, 0, 0), ctypes.get_errno())')" = '-1 1' ]
	# nor with one set its limits, of which that of CPU time would end it: prlimit(1, RLIMIT_CPU, {0, 0}), EPERM
	[ "$(as_user "$SBX" run -- /usr/bin/python3 -c 'import resource
try:
    resource.prlimit(1, resource.RLIMIT_CPU, (0, 0))
except PermissionError:
    print("refused")')" = refused ]
}

@test "a launcher that is protected from the OOM killer does not pass that on" {
	[ "$(choom -n -500 -- "$SBX" run -- /bin/cat /proc/self/oom_score_adj 2>/dev/null)" = 0 ]
	wanted MLE --mem 64M -- ./memory
}

@test "a job of root's and of an ordinary user's: compiled, judged, in a folder that nobody else sees" {
	mkdir -p "$BATS_TEST_TMPDIR/tests"
	echo '1 2' >"$BATS_TEST_TMPDIR/tests/1.in"
	echo 3 >"$BATS_TEST_TMPDIR/tests/1.ans"
	echo '5 2' >"$BATS_TEST_TMPDIR/tests/2.in"
	echo 8 >"$BATS_TEST_TMPDIR/tests/2.ans"
	cat >"$BATS_TEST_TMPDIR/sum.c" <<-'E'
		#include <stdio.h>
		int main(void) { int a, b; return scanf("%d %d", &a, &b) == 2 && printf("%d\n", a + b) > 0 ? 0 : 1; }
	E
	chmod -R go+rX "$BATS_TEST_TMPDIR"
	chmod go+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test"
	"$SBX" setup --user 1234 --pid $BASHPID
	for as in "" "setpriv --reuid 1234 --regid 1234 --clear-groups"; do
		status=0
		$as "$SBX" judge --tests "$BATS_TEST_TMPDIR/tests" "$BATS_TEST_TMPDIR/sum.c" >"$BATS_TEST_TMPDIR/out" || status=$?
		cat "$BATS_TEST_TMPDIR/out"
		[ "$status" = 1 ]
		grep -Eq '^1 +AC' "$BATS_TEST_TMPDIR/out"
		grep -Eq '^2 +WA .*wanted "8", got "7"' "$BATS_TEST_TMPDIR/out"
	done
	run ! grep -q jobs /proc/self/mountinfo
}

@test "packages: scoring and interactive, their submissions in Python" {
	for package in inversions guess; do
		# the limits are those of a machine, not of one that is emulated
		"$SBX" judge --problem "$BATS_TEST_DIRNAME/../examples/$package" --verify -l python3 -t 20s -w 200s \
			--stop-on-first-failure >out || { cat out && false; }
		tail -n 1 out | grep -Eq '^sbx: verified  ([0-9]+) of \1 submissions as expected, 0 not, 0 skipped$'
	done
}

@test "nothing is left" {
	[ -z "$(find /sys/fs/cgroup/sbx -name 'run-*')" ]
	[ -z "$(pgrep -x sbx)" ]
}
