#!/usr/bin/env bats
# What is left when a launcher ends, however it ends: nothing.
# shellcheck disable=SC2030,SC2031 # each test has its own $launcher

load common

setup_file() { common_setup_file; }
teardown_file() { assert_clean; }
setup() { cd "$BOX" && T=$BATS_TEST_TMPDIR; }

# Starts sbx with children that sleep, and waits until they run. Sets $launcher.
start_sleepers() {
	rm -f "$T/ready"
	"$SBX" run --wall 100s --report "$T/report" --format json -- ./stay children 8 >"$T/ready" 2>"$T/err" &
	launcher=$!
	within 30 grep -q ready "$T/ready"
}


child_of() {
	awk -v parent="$1" '$4 == parent { print $1 }' /proc/[0-9]*/stat 2>/dev/null || true
}

@test "TERM, INT, HUP, QUIT to the launcher: the box goes, the report says so, exit 3" {
	for signal in TERM INT HUP QUIT; do
		start_sleepers
		kill "-$signal" "$launcher"
		status=0
		wait "$launcher" || status=$?
		equal "$status" 3
		report verdict=IE reason=interrupted killed_by=interrupt error.stage=supervise "error.message=interrupted by SIG$signal"
		no_processes
		no_cgroups
	done
}

@test "TERM: one clear line" {
	"$SBX" run --wall 100s -- ./stay children 1 >"$T/ready" 2>"$T/err" &
	launcher=$!
	within 30 grep -q ready "$T/ready"
	kill "$launcher"
	wait "$launcher" || status=$?
	one_line "$T/err" '^sbx: IE \(interrupted by SIGTERM\)'
}

@test "TERM before, while and after the box is built: 3, or as if it had not come" {
	for i in $(seq 30); do
		"$SBX" run --report "$T/report" --format json -- ./die exit 0 2>"$T/err" &
		launcher=$!
		sleep "0.00$((i % 10))"
		kill "$launcher" 2>/dev/null || true
		status=0
		wait "$launcher" || status=$?
		# 143: before there was a handler, and so before there was anything
		case $status in
		0) report verdict=OK ;;
		3) report verdict=IE reason=interrupted ;;
		143) [ ! -e "$T/report" ] ;;
		*) equal "$status" '0, 3 or 143' ;;
		esac
		rm -f "$T/report"
	done
	within 5 no_processes
}

@test "KILL of the launcher while the program runs: no process a second later" {
	"$SBX" run --wall 100s -- ./stay children 8 >"$T/ready" 2>/dev/null &
	launcher=$!
	within 30 grep -q ready "$T/ready"
	kill -KILL "$launcher"
	wait "$launcher" || true
	within 1 no_processes
	# the next start takes what is left
	box -- ./die exit 0
	verdict OK null
	no_cgroups
}

@test "KILL of the launcher while the program runs: no report, nor the beginning of one" {
	start_sleepers
	kill -KILL "$launcher"
	wait "$launcher" || true
	left=$(find "$T" -name '*report*')
	rm -f "$T"/.sbx-report-*
	equal "$left" ''
}

@test "KILL of the launcher's whole process group" {
	setsid "$SBX" run --wall 100s -- ./stay children 4 >"$T/ready" 2>/dev/null &
	launcher=$!
	within 30 grep -q ready "$T/ready"
	kill -KILL -- "-$launcher" 2>/dev/null || kill -KILL "$launcher"
	wait "$launcher" || true
	within 10 no_processes
	box -- ./die exit 0
	no_cgroups
}

@test "KILL of the launcher at any moment, 0 to 10 ms after its start" {
	local step=1
	[ -z "${SBX_VM:-}" ] || step=50 # a fifth of the rounds, each ten times slower
	for i in $(rounds 100); do
		"$SBX" run --report "$T/report" --box-mode cow -- ./stay children 3 >/dev/null 2>&1 &
		launcher=$!
		sleep "$(printf '0.%05d' $((i * 100 * step)))"
		kill -KILL "$launcher"
		wait "$launcher" 2>/dev/null || true
	done
	within 10 no_processes
	[ ! -e "$T/report" ]
	rm -f "$T"/.sbx-report-*
	box -- ./die exit 0
	verdict OK null
	no_cgroups
}

@test "KILL of the box's init: an error, never OK" {
	start_sleepers
	init=$(child_of "$launcher")
	kill -KILL "$init"
	status=0
	wait "$launcher" || status=$?
	equal "$status" 3
	report verdict=IE
	within 5 no_processes
}

@test "KILL of the program from outside: RE, as it is told" {
	start_sleepers
	init=$(child_of "$launcher")
	program=$(child_of "$init" | head -n 1)
	kill -KILL "$program"
	status=0
	wait "$launcher" || status=$?
	equal "$status" 1
	report verdict=RE signal_name=SIGKILL killed_by=null
}

@test "STOP of the launcher and CONT: the run goes on" {
	"$SBX" run --wall 100s --report "$T/report" --format json -- ./burn self 2000 2>/dev/null &
	launcher=$!
	sleep 0.1
	kill -STOP "$launcher"
	sleep 0.5
	kill -CONT "$launcher"
	wait "$launcher"
	report verdict=OK
}

@test "STOP of the launcher until the wall limit has passed: what had ended before it is not over time" {
	# in tenths of a second; under emulation a start takes longer, and the STOP has to come before the end
	local ends=5 limit=10
	[ -z "${SBX_VM:-}" ] || ends=50 limit=100
	"$SBX" run --wall "${limit}00ms" --report "$T/report" --format json -- /bin/sleep "$((ends / 10)).$((ends % 10))" 2>/dev/null &
	launcher=$!
	sleep 0.2
	kill -STOP "$launcher"
	sleep "$((limit / 10)).3"
	kill -CONT "$launcher"
	wait "$launcher" || true
	# on a slow machine it may have ended late
	[ "$(report wall_us)" -gt $((limit * 100000)) ] || report verdict=OK killed_by=null limits.wall.hit=false
}

@test "16 at once, again and again: each has its own verdict" {
	for _ in $(rounds 5); do
		pids=()
		for i in $(seq 16); do
			"$SBX" run --report "$T/report$i" --format json -- ./die exit "$i" 2>"$T/err$i" &
			pids+=($!)
		done
		ended_with 1 "${pids[@]}"
		for i in $(seq 16); do
			mv "$T/report$i" "$T/report"
			report verdict=RE "exit_code=$i"
			equal "$(cat "$T/err$i")" ''
		done
	done
	no_cgroups
}

@test "many at once are killed: all of it goes" {
	pids=()
	for _ in $(seq 16); do
		"$SBX" run --wall 100s -- ./stay children 8 >/dev/null 2>&1 &
		pids+=($!)
	done
	sleep 0.2
	kill -KILL "${pids[@]}"
	for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
	within 10 no_processes
	box -- ./die exit 0
	verdict OK null
	no_cgroups
}

@test "512 processes are gone when the run has ended" {
	box --wall 3s --pids 600 --mem 1G -- ./stay children 512
	verdict TLE wall 'pids_peak>=1'
	no_processes
}

@test "200 runs leave no slot taken, no descriptor, no file" {
	local before
	before=$(find /run/sbx "$BATS_SUITE_TMPDIR" -maxdepth 1 | wc -l)
	for _ in $(seq "$([ -n "${SBX_VM:-}" ] && echo 20 || echo 200)"); do
		"$SBX" run -- ./die exit 0 2>/dev/null
	done
	equal "$(find /run/sbx "$BATS_SUITE_TMPDIR" -maxdepth 1 | wc -l)" "$before"
	no_cgroups
}

@test "the kept knowledge of the host is made anew when it is gone or wrong" {
	cp /run/sbx/host "$T/host"
	rm /run/sbx/host
	box -- ./die exit 0
	verdict OK null
	echo nonsense >/run/sbx/host
	box -- ./die exit 0
	verdict OK null
	cmp /run/sbx/host "$T/host"
}
