# What is missing of cgroups is found out before anything runs. It is made up in a mount namespace of our own, with a /run of
# its own, so that nothing that is known of the host helps.
# one as it should be: what killed launchers left goes with it
"${AS[@]}" "$SBX" run --box "$BOX" -- ./die exit 0
cp "$RUN_DIR/host" "$T/host"
export T SBX BOX RUN_DIR OWNER=${CALLER:-0}
cat >"$T/script" <<-'END'
	kept=$1 what=$2
	shift 2
	set -eu
	mount -t tmpfs -o mode=755 none /run
	if [ "$kept" = kept ]; then
		mkdir -p -m 755 "$RUN_DIR/slots"
		chown "$OWNER" "$RUN_DIR" "$RUN_DIR/slots"
		cp "$T/host" "$RUN_DIR/host"
	fi
	case $what in
	nothing) umount -R /sys/fs/cgroup ;;
	empty) umount -R /sys/fs/cgroup && mount -t tmpfs none /sys/fs/cgroup ;;
	no-memory) if [ -d /sys/fs/cgroup/memory ]; then umount /sys/fs/cgroup/memory; else mount -t tmpfs none /sys/fs/cgroup; fi ;;
	read-only)
		for dir in /sys/fs/cgroup /sys/fs/cgroup/*/; do
			mountpoint -q "$dir" && mount -o remount,bind,ro "$dir"
		done
		;;
	no-proc) mount -t tmpfs none /proc ;;
	esac
	status=0
	"$@" "$SBX" run --box "$BOX" -- /bin/echo ran >"$T/out" 2>"$T/err" || status=$?
	echo "$status" >"$T/status"
END
for kept in kept new; do
	for what in nothing empty no-memory read-only no-proc; do
		unshare -m --propagation private bash "$T/script" "$kept" "$what" "${AS[@]}"
		equal "$(cat "$T/status") $(cat "$T/out")" '3 ' || {
			echo "of: $what, $kept"
			exit 1
		}
		one_line "$T/err" '^sbx: IE \((host|cgroup|namespaces|slot|supervise)' || {
			echo "of: $what, $kept"
			exit 1
		}
	done
done
# `sbx check` says so, too
# shellcheck disable=SC2016
unshare -m --propagation private bash -c 'umount -R /sys/fs/cgroup; mount -t tmpfs none /run; "$@" "$SBX" check' bash "${AS[@]}" >"$T/out" 2>&1 && exit 1
grep -q ' fail ' "$T/out"
