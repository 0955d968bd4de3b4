# What one box uses of processes takes nothing from another: four at once, each with as many as it may have, in a slot
# with an id of its own. The soft limit of the caller, which the kernel keeps for a namespace's creator, is lower than
# the sum, and than what one of them may have.
[ "$(ulimit -Su)" = unlimited ] || [ "$(ulimit -Su)" -gt 50 ]
crowd() {
	# an ordinary user's boxes have the user's id, and its limit, as SECURITY.md says
	# shellcheck disable=SC3045 # -u is bash's
	[ -n "$CALLER" ] || ulimit -Su 50
	mkfifo "$T/hold"
	for i in 1 2 3; do
		"$SBX" run --box "$BOX" --wall 60s --pids 60 --report "$T/report.$i" --format json \
			-- /bin/sh -c './forks exactly 59 && echo full && ./stay children 57' >"$T/crowd.$i" 2>&1 &
	done
	for i in 1 2 3; do
		within 20 grep -q ready "$T/crowd.$i" || {
			echo "box $i does not get as many processes as it may have"
			cat "$T/crowd.$i"
			exit 1
		}
	done
	box --pids 60 -- ./forks exactly 60
	verdict OK null
	box --pids 60 -- ./forks count
	verdict OK null
	printed '60 1'
	kill %1 %2 %3
	wait || :
}
(crowd)
no_processes
# and nothing of it counts for the next
box --pids 60 -- ./forks exactly 60
verdict OK null
