# Limits that are written to what only looks like a kernel's file: a folder in place of the cgroups, files in place of
# /proc. In mount namespaces of this case's own, where sbx has its run directory for itself but for the slots, by which it
# keeps out of the way of other runs.
export T
in_fake() {
	# shellcheck disable=SC2016 # for the shell in that namespace
	unshare -m --propagation private /bin/sh -euc "$1"' exec "$@"' sh "$SBX" run --box "$BOX" "${@:2}" >"$T/out" 2>"$T/err"
}
# makes the run directory, if this is the first run
box -- ./die exit 0
verdict OK null
mkdir "$T/slots"
cp /run/sbx/host "$T/kept"
# shellcheck disable=SC2016 # these too
own='mount --bind /run/sbx/slots "$T/slots"; mount -t tmpfs -o mode=755 none /run/sbx; mkdir -m 700 /run/sbx/slots; mount --bind "$T/slots" /run/sbx/slots; '
# all of it a tmpfs, where every name that is asked for can be made; what is there already are plain files
# shellcheck disable=SC2016
fake_cgroup='for d in /sys/fs/cgroup /sys/fs/cgroup/*/; do names="${names:-} ${d%/}"; done; mount -t tmpfs none /sys/fs/cgroup
for d in $names; do mkdir -p $d/sbx; for f in procs controllers subtree_control clone_children events type; do : >$d/cgroup.$f; : >$d/sbx/cgroup.$f; done
	for f in cpuset.cpus cpuset.mems cpuset.cpus.effective tasks; do echo 0 >$d/$f; echo 0 >$d/sbx/$f; done; done
for f in controllers subtree_control; do for d in /sys/fs/cgroup /sys/fs/cgroup/sbx; do echo "cpuset cpu io memory pids" >$d/cgroup.$f; done; done; '
# a copy of what the launcher reads, and maps for each process that there will soon be
# shellcheck disable=SC2016
fake_proc='mkdir "$T/proc"; for f in mounts cgroups filesystems stat self/mounts self/mountinfo self/cgroup self/stat self/status self/uid_map self/gid_map; do
	[ ! -e /proc/$f ] || { mkdir -p "$(dirname "$T/proc/$f")"; cat /proc/$f >"$T/proc/$f"; }; done
mkdir -p "$T/proc/self/fd" "$T/proc/sys/kernel"; mkdir $(seq -f "$T/proc/%.0f" $$ $(($$ + 600))); for p in $(seq $$ $(($$ + 600))); do for f in uid_map gid_map setgroups oom_score_adj; do : >"$T/proc/$p/$f"; done; done
mount --bind "$T/proc" /proc; '
tried=0
for fake in "$own$fake_cgroup" "$own$fake_cgroup cp \"\$T/kept\" /run/sbx/host; " "$own mount -t tmpfs none /proc; " "$own$fake_proc" \
	"$own cp \"\$T/kept\" /run/sbx/host; $fake_proc"; do
	status=0
	in_fake "$fake" --mem 64M -- /bin/echo ran || status=$?
	rm -rf "$T/proc"
	equal "$status $(cat "$T/out")" '3 ' || { cat "$T/err"; exit 1; }
	one_line "$T/err" '^sbx: IE \((host|cgroup|ids|namespaces|slot): ' || { cat "$T/err"; exit 1; }
	cat "$T/err"
	tried=$((tried + 1))
done
[ "$tried" = 5 ]
# that namespace alone does no harm
in_fake "$own cp \"\$T/kept\" /run/sbx/host; " --mem 64M -- /bin/echo ran
printed ran

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
