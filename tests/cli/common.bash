# Shared by the files of this folder. Each test gets an empty folder $T, and $BOX, a job directory with the
# compiled programs of programs/ in it. Black box: all that is used of sbx is the binary, build/sbx or what the
# caller names by $SBX; it is copied first, so that our processes are known by it, and a rebuild does no harm.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

# The system's own programs: what a version manager puts in front of them starts several shells a call.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
SLICES=(/sys/fs/cgroup/sbx /sys/fs/cgroup/*/sbx)
RUN_DIR=/run/sbx

common_setup_file() {
	export BOX=$BATS_SUITE_TMPDIR/box SBX=$BATS_SUITE_TMPDIR/sbx
	mountinfo >"$BATS_FILE_TMPDIR/mounts-before"
}

# Runs sbx on $JOB, else $BOX, with a report that the checks look into. Sets $status and fills $T/out, $T/err and $T/report.
box() {
	T=$BATS_TEST_TMPDIR
	rm -f "$T/report"
	status=0
	"$SBX" run --box "${JOB:-$BOX}" --report "$T/report" --format json "$@" >"$T/out" 2>"$T/err" || status=$?
}

# report CHECK...: see report.c.
report() {
	"$BATS_SUITE_TMPDIR/report" "$BATS_TEST_TMPDIR/report" "$@"
}

# verdict V REASON [CHECK...]: the last box() ended so, said so by its exit status, and printed nothing of its own.
verdict() {
	local wanted=1
	case $1 in OK) wanted=0 ;; IE) wanted=3 ;; esac
	report "verdict=$1" "reason=$2" "${@:3}" && equal "$status" "$wanted"
}

equal() {
	[ "$1" = "$2" ] || {
		printf 'wanted: %s\ngot:    %s\n' "$2" "$1" >&2
		return 1
	}
}

# The last box() printed exactly this (trailing newlines aside).
printed() {
	equal "$(cat "$BATS_TEST_TMPDIR/out")" "$1"
}

# one_line FILE PATTERN: FILE is one line, complete, and matches the extended regular expression.
one_line() {
	if [ "$(wc -l <"$1")" != 1 ] || [ -n "$(tail -c 1 "$1" | tr -d '\n')" ] || ! grep -Eq -- "$2" "$1"; then
		printf 'wanted one line with: %s\ngot:\n' "$2" >&2
		head -c 2000 "$1" >&2
		return 1
	fi
}

# judge ARGS...: sets $status and fills out, err and report (JSON).
judge() {
	rm -f "$BATS_TEST_TMPDIR/report"
	status=0
	"$SBX" judge --report "$BATS_TEST_TMPDIR/report" --format json "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
}

# verdicts EXPECTED: of the job and its tests, in order.
verdicts() {
	equal "$(python3 -IS -c 'import json, sys
report = json.load(open(sys.argv[1]))
print(report["verdict"] + ":", *[t["verdict"] for t in report["tests"]])' "$BATS_TEST_TMPDIR/report")" "$1"
}

# field EXPRESSION: of the report r, as Python prints it.
field() {
	python3 -IS -c 'import json, sys
r = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$BATS_TEST_TMPDIR/report" "$1"
}

cgroup_version() {
	if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo 2; else echo 1; fi
}

only_on_v1() {
	[ "$(cgroup_version)" = 1 ] || skip "only on cgroup v1"
}

only_on_v2() {
	[ "$(cgroup_version)" = 2 ] || skip "only on cgroup v2"
}

# For tests of what is decided outside of all boxes: under emulation each job takes seconds.
not_in_vm() {
	[ -z "${SBX_VM:-}" ] || skip "the same on both versions of cgroups"
}

# ended_with STATUS PID...: all of these, whoever is first.
ended_with() {
	local wanted=$1 pid status
	shift
	for pid; do
		status=0
		wait "$pid" || status=$?
		equal "$status" "$wanted"
	done
}

# A working directory that has been deleted: sbx runs, or says what it lacks. Stays there.
run_in_deleted_folder() {
	mkdir "$T/gone"
	cd "$T/gone"
	rmdir "$T/gone"
	status=0
	"$SBX" run -- /bin/true >"$T/out" 2>"$T/err" || status=$?
	case $status in
	0) one_line "$T/err" '^sbx: OK' ;;
	*)
		equal "$status" 3
		one_line "$T/err" '^sbx: IE \((sources|mount|chdir)'
		;;
	esac
}

# rounds N: 1 to N, for what is tried again and again; under emulation to a fifth of it.
rounds() {
	local n=$1
	[ -z "${SBX_VM:-}" ] || n=$((n / 5))
	seq "$n"
}

mountinfo() {
	cut -d ' ' -f 5- /proc/self/mountinfo | sort
}

# within SECONDS COMMAND...: waits so long for it to succeed; under emulation eight times that.
within() {
	local seconds=$1 end
	[ -z "${SBX_VM:-}" ] || seconds=$((seconds * 8))
	end=$((SECONDS + seconds + 1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# Process ids of what this test run started through sbx: launchers and inits by their file, the programs of a box,
# whose file has no path here, by its content.
processes() {
	find /proc/[0-9]*/exe -printf '%l %h\n' 2>/dev/null | while read -r exe dir; do
		case $exe in
		"$SBX") ;;
		/box/*) cmp -s "$dir/exe" "$BOX/${exe#/box/}" ;;
		*) false ;;
		esac && echo "${dir#/proc/}"
	done
	return 0
}

no_processes() {
	[ -z "$(processes)" ]
}

# Leaves whose slot nobody holds: other runs on this machine have theirs locked.
leftover_cgroups() {
	local slice leaf
	for slice in "${SLICES[@]}"; do
		for leaf in "$slice"/run-*; do
			[ -d "$leaf" ] || continue
			flock -n "$RUN_DIR/slots/${leaf##*/run-}" [ -d "$leaf" ] && echo "$leaf"
		done
	done
	return 0
}

no_cgroups() {
	[ -z "$(leftover_cgroups)" ]
}

# Nothing of ours is left: no process, cgroup, mount or half-written report. Processes that are left are ended, so that
# the next file does not find them too.
assert_clean() {
	local pids
	within 5 no_processes || {
		mapfile -t pids < <(processes)
		echo "${#pids[@]} processes left:" >&2
		ps -o pid,ppid,stat,etime,args -p "${pids[*]}" | head -n 20 >&2
		kill -9 "${pids[@]}"
		return 1
	}
	within 5 no_cgroups || {
		echo "cgroups left: $(leftover_cgroups)" >&2
		return 1
	}
	mountinfo | diff "$BATS_FILE_TMPDIR/mounts-before" - || {
		echo "mounts left" >&2
		return 1
	}
	[ -z "$(find "$BATS_RUN_TMPDIR" -name '.sbx-report-*')" ] || {
		echo "a half-written report is left" >&2
		return 1
	}
}
