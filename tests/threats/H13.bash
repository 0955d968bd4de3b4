# A launcher that is stopped, as by a suspended machine: CPU time is the cgroup's, so nobody is over time by that.
# shellcheck disable=SC2034 # verdict() looks at status
k=1 # under emulation it takes a while to see that a box lives
[ -z "${SBX_VM:-}" ] || k=20
stopped_for() {
	local seconds=$1
	shift
	rm -f "$T/report"
	"$SBX" run --box "$BOX" --report "$T/report" --format json "$@" >"$T/out" 2>"$T/err" &
	launcher=$!
	within 10 a_box_lives
	sleep 0.05
	kill -STOP "$launcher"
	sleep "$((seconds * k))"
	kill -CONT "$launcher"
	status=0
	wait "$launcher" || status=$?
}
for _ in 1 2; do
	# it ends by itself meanwhile
	stopped_for 1 --time $((5 * k))s --wall 600s -- ./burn self $((200 * k))
	verdict OK null killed_by=null "cpu_us>=$((200000 * k))" "cpu_us<=$((5000000 * k))"
	# and goes on afterwards
	stopped_for 1 --time $((10 * k))s --wall 600s -- ./burn self $((1500 * k))
	verdict OK null "cpu_us>=$((1500000 * k))"
	agrees
done
# what burns on is over time, and says how much: the launcher's absence lets it go as far as the second fence, no further
stopped_for 1 --time $((100 * k))ms --wall 600s -- ./burn
report verdict=TLE reason=cpu
agrees
stopped_for 4 --time $((200 * k))ms --wall 600s -- ./burn
agrees
report verdict=TLE
[ "$(report cpu_us)" -lt $((200000 * k + 4300000)) ]
# the wall clock runs on: what sleeps beyond its end is over, whoever slept
stopped_for 1 --wall $((500 * k))ms -- ./stay sleep
verdict TLE wall
# ended in time, and only seen late
for _ in 1 2; do
	stopped_for 1 --wall $((700 * k))ms -- ./D5 wall $((300000 * k))
	agrees
	[ "$(report wall_us)" -gt $((700000 * k)) ] || report verdict=OK killed_by=null limits.wall.hit=false
done
# the box stopped, not the launcher: its clock runs as well
"$SBX" run --box "$BOX" --wall 700ms --report "$T/report" --format json -- ./stay children 3 >"$T/out" 2>"$T/err" &
launcher=$!
within 10 grep -q ready "$T/out"
pkill -STOP -P "$launcher" || :
status=0
# shellcheck disable=SC2034
wait "$launcher" || status=$?
verdict TLE wall
