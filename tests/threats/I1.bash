# Many boxes at once that end in every way, with processes still dying in them, while somebody looks into their cgroups:
# no run fails for that, and no cgroup is left.
(
	while [ ! -e "$T/done" ]; do
		find "${SLICES[@]}" -name cgroup.procs -exec cat {} + 2>/dev/null || :
		sleep 0.02
	done
) >"$T/procs" &
looker=$!
for _ in $(rounds 10); do
	n=0 pids=()
	while read -r wanted options; do
		n=$((n + 1))
		# shellcheck disable=SC2086 # words
		"$SBX" run --box "$BOX" --report "$T/$n" --format json $options >"$T/out$n" 2>&1 &
		pids+=($!)
		echo "$wanted" >"$T/wanted$n"
	done <<-'L'
		OK --pids 64 -- ./forks exactly 60
		OK -- ./stay daemon
		RE -- ./die segv
		OK --mem 256M -- ./mem tmp 20
		MLE --mem 16M -- ./mem child 64
		TLE --wall 0.3s -- ./stay children 30
		TLE --time 0.1s --wall 100s -- ./burn threads 8
		OK -- ./die exit 0
	L
	for pid in "${pids[@]}"; do wait "$pid" || :; done
	for i in $(seq $n); do
		mv "$T/$i" "$T/report"
		report "verdict=$(cat "$T/wanted$i")" error=null
	done
done
: >"$T/done"
wait "$looker"
within 10 no_cgroups
