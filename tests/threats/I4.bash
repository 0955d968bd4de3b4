# What is left of a run, however it ends: no mount, no object of IPC, no key, no lock on a file of the host's.
inode=$(stat -c %i "$BOX/I4")
locks() {
	# those on our file: others come and go
	awk -v end=":$inode" 'substr($6, length($6) - length(end) + 1) == end || substr($7, length($7) - length(end) + 1) == end' /proc/locks
}
left() {
	mountinfo
	cat /proc/sysvipc/*
	grep sbx-i4 /proc/keys || :
	locks
	ls -A /dev/shm
	find /dev/mqueue -name 'sbx*' 2>/dev/null || :
}
nothing_new() {
	left | diff "$T/before" -
}
left >"$T/before"
for options in '--box-mode ro' '--box-mode cow --net loopback' "--tmpfs /a/b --tmpfs /c --bind $CANARY/folder:/d"; do
	for filter in filtered none; do
		seccomp=$([ $filter = none ] || echo default)
		# shellcheck disable=SC2086 # words
		box $options --seccomp "${seccomp:-none}" -- ./I4 $filter
		report verdict=OK
		within 10 nothing_new
		# killed: by the wall clock, and with its launcher
		# shellcheck disable=SC2086
		box $options --seccomp "${seccomp:-none}" --wall 0.5s -- ./I4 $filter wait
		report verdict=TLE
		within 10 nothing_new
		: >"$T/ready"
		# shellcheck disable=SC2086
		"$SBX" run --box "$BOX" $options --seccomp "${seccomp:-none}" --wall 100s -- ./I4 $filter wait >"$T/ready" 2>&1 &
		launcher=$!
		within 60 grep -q ready "$T/ready"
		[ $filter = filtered ] || [ -n "$(locks)" ]
		kill -KILL "$launcher"
		wait "$launcher" || :
		within 10 nothing_new
	done
done
rm -f "$T"/.sbx-report-*
# the cgroup of a launcher that was killed goes with the next run
box -- ./die exit 0
report verdict=OK
