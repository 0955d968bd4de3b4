# cgroup.kill passes over such a process; the end of init does not. Soon: within 100 ms, in one of five runs.
# emulation needs its time to start the children
unit=1
[ -z "${SBX_VM:-}" ] || unit=10
soon() {
	for _ in 1 2 3 4 5; do
		box --time $((200 * unit))ms --wall "$1" -- "${@:2}"
		no_processes
		no_cgroups
		! report 'teardown_us<=100000' || return 0
	done
	echo "$*: not gone within 100 ms, five times"
	return 1
}

soon $((150 * unit))ms ./stay leader
verdict TLE wall killed_by=wall
soon 60s ./stay leader-burn
verdict TLE cpu killed_by=cpu
soon 60s ./stay leader-exit
verdict RE exit exit_code=7
soon $((150 * unit))ms ./C7 stay
verdict TLE wall killed_by=wall
soon 60s ./C7 stay-burn
verdict TLE cpu killed_by=cpu
soon 60s ./C7 leave
verdict OK null
# the children may have burnt 0.2 s by then
soon 60s ./C7 leave-burn
report 'exit_code!=1'
