# Limits that are written to what only looks like a kernel's file: a folder in place of the cgroups, files in place of
# /proc. In mount namespaces of this case's own, where sbx has its run directory for itself too.
# shellcheck disable=SC2016 # for the shell in that namespace
in_fake() {
	unshare -m --propagation private /bin/sh -euc "$1"' && shift && exec "$@"' sh - "$SBX" run --box "$BOX" --report "$T/report" --format json "${@:2}" >"$T/out" 2>"$T/err"
}
own='mkdir -p /run/sbx; mount -t tmpfs none /run/sbx'
# all of it a tmpfs, where every name that is asked for can be made
fake_cgroup=$own'; for d in /sys/fs/cgroup/*/; do names="${names:-} ${d%/}"; done; mount -t tmpfs none /sys/fs/cgroup
for d in $names; do mkdir -p $d/sbx; : >$d/sbx/cgroup.procs; : >$d/sbx/memory.max; : >$d/cgroup.controllers; done; mkdir -p /sys/fs/cgroup/sbx
echo "cpuset cpu io memory pids" | tee /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control; true'
for kept in '' '; cp "$KEPT" /run/sbx/host'; do
	rm -f "$T/report"
	cp /run/sbx/host "$T/kept"
	status=0
	KEPT=$T/kept in_fake "$fake_cgroup$kept" --mem 64M -- /bin/echo ran || status=$?
	equal "$status $(cat "$T/out")" '3 '
	[ ! -e "$T/report" ] || report verdict=IE
done

# /proc: its maps and limits are plain files
for fake in 'mount -t tmpfs none /proc' \
	'mount -t tmpfs none /proc; mkdir -p /proc/self/fd; touch /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups /proc/self/oom_score_adj /proc/self/mountinfo /proc/mounts'; do
	rm -f "$T/report"
	status=0
	in_fake "$own; $fake" --mem 64M -- /bin/echo ran || status=$?
	# it is refused; or nothing of it was needed, and then what is in force is the kernel's
	if [ "$status" = 0 ]; then report verdict=OK; else equal "$status $(cat "$T/out")" '3 '; fi
done

# each limit reads back as it was asked for, from the kernel, while the program runs
"$SBX" run --box "$BOX" --mem 48M --pids 17 --stack 4M --fsize 3M --open-files 19 --cpus 0.5 --pin 0 --time 7s --wall 20s \
	-- ./stay sleep >"$T/out" 2>"$T/err" &
launcher=$!
program=
within 10 program_of "$launcher"
# leaf CONTROLLER FILE: its value, of the cgroup that the kernel says the program is in
leaf() {
	local path
	if [ "$(cgroup_version)" = 2 ]; then
		cat "/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$program/cgroup")/$2"
	else
		path=$(awk -F: -v c="$1" '("," $2 ",") ~ ("," c ",") { print $3 }' "/proc/$program/cgroup")
		cat "/sys/fs/cgroup/$1$path/$2"
	fi
}
if [ "$(cgroup_version)" = 2 ]; then
	equal "$(leaf memory memory.max) $(leaf memory memory.swap.max 2>/dev/null || echo 0) $(leaf cpu cpu.max) $(leaf cpuset cpuset.cpus)" "$((48 << 20)) 0 50000 100000 0"
else
	equal "$(leaf memory memory.limit_in_bytes) $(leaf memory memory.memsw.limit_in_bytes) $(leaf cpu cpu.cfs_quota_us) $(leaf cpuset cpuset.cpus)" \
		"$((48 << 20)) $((48 << 20)) 50000 0"
fi
equal "$(leaf pids pids.max)" 17
for limit in stack=$((4 << 20)) fsize=$((3 << 20)) nofile=19 core=0 cpu=9 rtprio=0 nice=0 msgqueue=0; do
	equal "$(prlimit --pid "$program" --output SOFT,HARD --noheadings --raw "--${limit%=*}")" "${limit#*=} ${limit#*=}"
done
kill "$launcher"
wait "$launcher" || :
