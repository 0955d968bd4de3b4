# Limits that are written to what only looks like a kernel's file: a folder in place of the cgroups, files in place of
# /proc. In mount namespaces of this case's own, where sbx has its run directory for itself but for the slots, by which it
# keeps out of the way of other runs.
export T RUN_DIR OWNER=${CALLER:-0}
in_fake() {
	# shellcheck disable=SC2016 # for the shell in that namespace
	unshare -m --propagation private /bin/sh -euc "$1"' exec "$@"' sh "${AS[@]}" "$SBX" run --box "$BOX" "${@:2}" >"$T/out" 2>"$T/err"
}
# makes the run directory, if this is the first run
"${AS[@]}" "$SBX" run --box "$BOX" -- ./die exit 0
mkdir "$T/slots"
cp "$RUN_DIR/host" "$T/kept"
# shellcheck disable=SC2016 # these too
own='mount --bind "$RUN_DIR/slots" "$T/slots"; mount -t tmpfs -o "mode=755,uid=$OWNER" none "$RUN_DIR"; mkdir "$RUN_DIR/slots"
mount --bind "$T/slots" "$RUN_DIR/slots"; '
# all of it a tmpfs, where every name that is asked for can be made, by anybody; what is there already are plain files
# shellcheck disable=SC2016
fake_cgroup='for d in /sys/fs/cgroup /sys/fs/cgroup/*/; do names="${names:-} ${d%/}"; done; mount -t tmpfs none /sys/fs/cgroup
for d in $names; do for s in $d $d/sbx $d/sbx/user-$OWNER $d/sbx/user-$OWNER/main; do mkdir -p $s
	for f in procs controllers subtree_control clone_children events type; do : >$s/cgroup.$f; done
	for f in cpuset.cpus cpuset.mems cpuset.cpus.effective tasks; do echo 0 >$s/$f; done
	for f in controllers subtree_control; do echo "cpuset cpu io memory pids" >$s/cgroup.$f; done; done; done; chmod -R a+rwX /sys/fs/cgroup; '
# a copy of what the launcher reads, and maps for each process that there will soon be
# shellcheck disable=SC2016
fake_proc='mkdir "$T/proc"; for f in mounts cgroups filesystems stat self/mounts self/mountinfo self/cgroup self/stat self/status self/uid_map self/gid_map; do
	[ ! -e /proc/$f ] || { mkdir -p "$(dirname "$T/proc/$f")"; cat /proc/$f >"$T/proc/$f"; }; done
mkdir -p "$T/proc/self/fd" "$T/proc/sys/kernel"; mkdir $(seq -f "$T/proc/%.0f" $$ $(($$ + 600))); for p in $(seq $$ $(($$ + 600))); do for f in uid_map gid_map setgroups oom_score_adj; do : >"$T/proc/$p/$f"; done; done
chmod -R a+rwX "$T/proc"; mount --bind "$T/proc" /proc; '
tried=0
for fake in "$own$fake_cgroup" "$own$fake_cgroup cp \"\$T/kept\" \"\$RUN_DIR/host\"; " "$own mount -t tmpfs none /proc; " "$own$fake_proc" \
	"$own cp \"\$T/kept\" \"\$RUN_DIR/host\"; $fake_proc"; do
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
in_fake "$own cp \"\$T/kept\" \"\$RUN_DIR/host\"; " --mem 64M -- /bin/echo ran
printed ran

