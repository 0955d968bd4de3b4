# The clock on the wall jumps while a box runs: limits and times are as if it had not. Natively the launcher alone is made to
# see it jump; in the VM, whose clock is nobody else's, it does.
# shellcheck disable=SC2034 # verdict() looks at status
stepped() {
	rm -f "$T/report"
	status=0
	"$BOX/H12" "$SBX" run --box "$BOX" --report "$T/report" --format json "$@" >"$T/out" 2>"$T/err" || status=$?
	grep -Eq '^looks [0-9]+ timers 0 monotonic 1$' "$T/out" || {
		cat "$T/out" "$T/err"
		return 1
	}
}
# that is seen at all
/bin/date +%s >"$T/now"
"$BOX/H12" /bin/date +%s >"$T/out"
equal "$(sed -n 2p "$T/out" | cut -d ' ' -f 2,4)" '1 0'
[ "$(head -n 1 "$T/out")" -gt $(($(cat "$T/now") + 3600)) ]

for _ in $(rounds 5); do
	stepped --wall 60s -- ./D5 wall 150000
	verdict OK null 'wall_us>=150000' 'wall_us<=60000000'
	stepped --wall 300ms -- ./stay sleep
	verdict TLE wall killed_by=wall 'wall_us>=300001' 'wall_us<=30000000'
	stepped --time 50ms --wall 60s -- ./burn
	verdict TLE cpu killed_by=cpu 'cpu_us>=50001'
done
# another monotonic clock, as in a container that was moved
if unshare -T --monotonic=100000000 --boottime=200000000 true 2>/dev/null; then
	status=0
	# shellcheck disable=SC2034
	unshare -T --fork --monotonic=100000000 --boottime=200000000 "$SBX" run --box "$BOX" --wall 300ms --report "$T/report" --format json -- ./stay sleep 2>"$T/err" || status=$?
	verdict TLE wall 'wall_us>=300001' 'wall_us<=30000000'
fi
if [ -n "${SBX_VM:-}" ]; then
	: >"$T/step"
	box --wall 60s -- ./D5 wall 3000000
	verdict OK null 'wall_us>=3000000' 'wall_us<=60000000'
	[ -e "$T/stepped" ]
fi
