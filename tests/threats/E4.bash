# Three boxes and the host have one port and one name at the same time, and each hears only itself.
# shellcheck source=tests/threats/network.bash
. "$ROOT/tests/threats/network.bash"
"$BOX/E4" h hold >"$T/host" 2>&1 &
pids=($!)
for id in a b; do
	"$SBX" run --box "$BOX" --net loopback --time 100s --wall 100s --report "$T/report-$id" -- ./E4 $id hold >"$T/$id" 2>/dev/null &
	pids+=($!)
done
for who in host a b; do within 60 grep -q talked "$T/$who"; done
box --net loopback --time 100s --wall 100s -- ./E4 c
report verdict=OK
for pid in "${pids[@]}"; do kill -0 "$pid"; done
equal "$(cat "$T/host" "$T/a" "$T/b" | sort -u)" talked
kill "${pids[@]}"
wait "${pids[@]}" || :

# and one after the other, which find no port in use from before
for id in $(rounds 10); do
	box --net loopback --time 100s --wall 100s -- ./E4 "$((id % 10))"
	report verdict=OK
done
