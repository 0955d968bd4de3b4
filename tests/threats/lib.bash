# Runs one $STAGE of the case $ID in a shell of its own, in the folder $T, which is empty at first; see `run`:
#   root  as root: what ID.root.bash prepares; the shell then becomes the one of the next stage
#   case  the case itself, as root, or as the user $CALLER to whom a cgroup is delegated
#   left  as root, when it has ended: nothing of it is left
# What the files of tests/cli have at hand is there too: box, report, verdict, equal, judge, verdicts, field, within,
# no_processes, no_cgroups.
# shellcheck shell=bash disable=SC2034 # for common.bash

# where the case ended, since not every check says what was wrong
set -E
trap 'if [ "$BASH_SUBSHELL" = 0 ]; then echo "${BASH_SOURCE[0]##*/}, line $LINENO: $BASH_COMMAND"; fi' ERR

bats_require_minimum_version() { :; }
BATS_TEST_TMPDIR=$T BATS_SUITE_TMPDIR=$SUITE
# shellcheck source=tests/cli/common.bash
. "$ROOT/tests/cli/common.bash"
SBX=$SUITE/sbx BOX=$SUITE/box
CANARY=$SUITE/canary
# What the case's user is called with by root: nothing where that is root itself.
AS=()
# The id that programs of a box have on the host, where that is the first box of root's.
BOX_ID=1879048192
# For what an ordinary user does without a box: one whom nothing here belongs to, where the case's is root.
ORDINARY=(setpriv --reuid 65533 --regid 65533 --clear-groups)
if [ -n "$CALLER" ]; then
	SLICES=("/sys/fs/cgroup/sbx/user-$CALLER") RUN_DIR=/run/sbx/$CALLER BOX_ID=$CALLER
	AS=(setpriv --reuid "$CALLER" --regid "$CALLER_GROUP" --clear-groups)
	[ "$STAGE" = root ] || ORDINARY=()
fi

# skip REASON: this machine cannot show it.
skip() {
	echo "$1"
	exit 77
}

a_box_lives() {
	[ -n "$(processes)" ]
}

# What a case that fails has left running would disturb the next ones.
end_jobs() {
	local pids
	mapfile -t pids < <(jobs -p)
	[ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || :
}
trap end_jobs EXIT

# not COMMAND...: it fails. (`!` does not end a case.)
not() {
	if "$@"; then return 1; fi
}

# between LOW HIGH VALUE
between() {
	if [ "$3" -lt "$1" ] || [ "$3" -gt "$2" ]; then
		echo "wanted from $1 to $2, got $3"
		return 1
	fi
}

# run_line LINE: a call as `run` describes them.
run_line() {
	local before=${1%%=>*} checks options args
	case $1 in *'=>'*) read -ra checks <<<"${1#*=>}" ;; *) checks=() ;; esac
	[ ${#checks[@]} -gt 0 ] || checks=(verdict=OK)
	read -ra options <<<"${before%%-- *}"
	args=()
	case $before in *'-- '*) read -ra args <<<"${before#*-- }" ;; esac
	# sbx reads ahead: what it inherits here may be the lines yet to come
	box ${options[@]+"${options[@]}"} -- "./$ID" ${args[@]+"${args[@]}"} </dev/null
	report "${checks[@]}" || {
		echo "of: $1"
		head -c 2000 "$T/out" "$T/err"
		return 1
	}
}

# program_of LAUNCHER: whether its box has executed its program; sets $program to that process.
program_of() {
	local init pid
	for init in $(pgrep -P "$1"); do
		for pid in $(pgrep -P "$init"); do
			[[ $(readlink "/proc/$pid/exe") != /box/* ]] || program=$pid
		done
	done
	[ -n "${program:-}" ]
}

# agrees: the last report's verdict is what its own numbers say.
agrees() {
	python3 -IS - "$T/report" <<-'END'
		import json, sys
		r = json.load(open(sys.argv[1]))
		limits, by = r["limits"], r["killed_by"]
		over = {name: None not in (limits[name]["value"], r[field + "_us"]) and r[field + "_us"] > limits[name]["value"]
		        for name, field in (("time", "cpu"), ("wall", "wall"))}
		out = limits["output"]
		wanted = ("IE" if r["error"] else
		          "OLE" if by == "output" else
		          "MLE" if by == "memory" or r["oom_kills"] else
		          "TLE" if any(over.values()) else
		          "SV" if by == "syscall" else
		          "RE" if r["signal"] or r["exit_code"] else
		          "OK" if r["exit_code"] == 0 else "IE")
		wrong = [name for name in over if limits[name]["hit"] != over[name]]
		if out["value"] is not None and r["stdout_bytes"] + r["stderr_bytes"] > out["value"]:
		    wrong.append("output")
		if r["verdict"] != wanted or wrong:
		    sys.exit(f"wanted {wanted}, and {wrong} is not as the numbers say: {r}")
	END
}

# not_as_user REASON: an ordinary user's sbx has not what this case attacks.
not_as_user() {
	[ -z "$CALLER" ] || skip "$ID: $1"
}

# For ID.root.bash: starts it again in a mount namespace of its own, which the case is in, too.
own_mounts() {
	[ -n "${OWN_MOUNTS:-}" ] || OWN_MOUNTS=1 exec unshare -m --propagation private bash -eu "$ROOT/tests/threats/lib.bash"
}

root_stage() {
	# the user's shell, and so all that it starts, has to be where the user may make boxes
	[ -z "$CALLER" ] || "$SBX" setup --user "$CALLER" --pid $$ >/dev/null
	# shellcheck source=/dev/null
	[ ! -e "$ROOT/tests/threats/$ID.root.bash" ] || . "$ROOT/tests/threats/$ID.root.bash"
	rm -f "$T/out" "$T/err" "$T/report"
	STAGE=case exec "${AS[@]}" bash -eu "$ROOT/tests/threats/lib.bash"
}

case_stage() {
	local line
	if [ -e "$ROOT/tests/threats/$ID.bash" ]; then
		# shellcheck source=/dev/null
		. "$ROOT/tests/threats/$ID.bash"
	elif grep -q '^// run:' "$ROOT/tests/threats/$ID.c"; then
		while read -r line; do
			run_line "${line#// run:}"
		done < <(grep '^// run:' "$ROOT/tests/threats/$ID.c")
	else
		run_line ''
	fi
}

left_stage() {
	within 5 no_processes
	within 5 no_cgroups
}

"${STAGE}_stage"
