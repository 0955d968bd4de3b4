# A neighbour's limits, priority and cores are the same before and after.
"$SBX" run --box "$BOX" --wall 100s --report "$T/other" -- ./stay children 1 >"$T/ready" 2>&1 &
other=$!
within 60 grep -q ready "$T/ready"
neighbours() {
	local pid init program
	init=$(pgrep -P "$other")
	program=$(pgrep -P "$init")
	for pid in "$other" "$init" $program $(pgrep -P "$program"); do
		cat "/proc/$pid/limits"
		cut -d ' ' -f 1,5,18,19,40,41 "/proc/$pid/stat"
		grep -E '_allowed_list|^Uid' "/proc/$pid/status"
	done
}
neighbours >"$T/before"
[ -s "$T/before" ]
while read -r line; do
	run_line "${line#// run:}"
done < <(grep '^// run:' "$ROOT/tests/threats/B11.c")
neighbours | diff "$T/before" -
kill "$other"
wait "$other" || :
