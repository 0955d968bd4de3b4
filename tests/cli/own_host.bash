# A host of their own for tests that make and remove the slice, so that runs which others have on this machine are
# not disturbed. On v1: a mount namespace with a /run of its own, and an own group bound over the root of each
# hierarchy. On v2 the suite runs in a VM, which is that already.
# shellcheck shell=bash

GROUP=sbx-test-$PPID
HIERARCHIES=(memory pids cpuacct cpu cpuset)

own_host_setup() {
	[ "$(cgroup_version)" = 1 ] || return 0
	local h
	for h in "${HIERARCHIES[@]}"; do
		mkdir "/sys/fs/cgroup/$h/$GROUP"
	done
	for h in cpus mems; do
		cat "/sys/fs/cgroup/cpuset/cpuset.$h" >"/sys/fs/cgroup/cpuset/$GROUP/cpuset.$h"
	done
	# shellcheck disable=SC2016
	unshare -m --propagation private sh -c 'group=$1 ready=$2; shift 2
		mount -t tmpfs -o mode=755 none /run
		for h; do mount --bind "/sys/fs/cgroup/$h/$group" "/sys/fs/cgroup/$h"; done
		: >"$ready"
		exec sleep infinity' sh "$GROUP" "$BATS_FILE_TMPDIR/ready" "${HIERARCHIES[@]}" 3>&- &
	export OWN_HOST=$! GROUP
	within 10 test -e "$BATS_FILE_TMPDIR/ready"
}

# Fails where something is left: in the own groups on v1, anywhere on v2.
own_host_teardown() {
	if [ -z "${OWN_HOST:-}" ]; then
		assert_clean
		return
	fi
	kill "$OWN_HOST"
	for h in "${HIERARCHIES[@]}"; do
		rmdir "/sys/fs/cgroup/$h/$GROUP"
	done
}

# Runs a command there, in this directory.
there() {
	if [ -n "${OWN_HOST:-}" ]; then
		nsenter --target "$OWN_HOST" --mount --wdns="$PWD" "$@"
	else
		"$@"
	fi
}

sbx() {
	there "$SBX" "$@"
}
