# Four times as many busy programs as cores: each takes much longer than alone, and none is over its limit of CPU time by that,
# nor by that of the wall clock, which leaves room.
cores=$(nproc)
[ "$cores" -le 4 ] || cores=4
for _ in 1 2; do
	pids=()
	for i in $(seq $((4 * cores))); do
		what=('./burn' self 150)
		[ $((i % 4)) != 0 ] || what=('./D7' thread)
		"$SBX" run --box "$BOX" --time 2s --wall 120s --report "$T/report-$i" --format json -- "${what[@]}" 2>/dev/null &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid" || :; done
	for i in $(seq $((4 * cores))); do
		mv "$T/report-$i" "$T/report"
		report verdict=OK killed_by=null 'cpu_us>=150000' 'cpu_us<=2000000'
		agrees
	done
done
# those that do go on for ever are over, each by itself, whatever the others do
pids=()
for i in $(seq $((4 * cores))); do
	what=(loop)
	[ $((i % 4)) != 0 ] || what=(threads 3)
	"$SBX" run --box "$BOX" --time 100ms --wall 120s --report "$T/report-$i" --format json -- ./burn "${what[@]}" 2>/dev/null &
	pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || :; done
for i in $(seq $((4 * cores))); do
	mv "$T/report-$i" "$T/report"
	report verdict=TLE reason=cpu 'cpu_us>=100001'
	agrees
done
# many that sleep: their wall clocks do not add up
pids=()
for i in $(seq $((8 * cores))); do
	"$SBX" run --box "$BOX" --wall 60s --report "$T/report-$i" --format json -- ./D5 wall 200000 2>/dev/null &
	pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || :; done
for i in $(seq $((8 * cores))); do
	mv "$T/report-$i" "$T/report"
	report verdict=OK 'wall_us>=200000'
done
