# So many for a box, all its processes together, and no less for another box meanwhile.
for how in timers signals; do
	rm -f "$T/hold" "$T/first.out"
	mkfifo "$T/hold"
	"$SBX" run --box "$BOX" --wall 60s --report "$T/first" --format json -- ./C23 "$how" <"$T/hold" >"$T/first.out" &
	first=$!
	exec 9>"$T/hold"
	within 10 grep -q . "$T/first.out"
	box -- ./C23 "$how"
	verdict OK null
	for out in "$T/first.out" "$T/out"; do
		between 200 256 "$(cat "$out")"
	done
	box --seccomp none -- ./C23 "$how"
	verdict OK null
	between 200 256 "$(cat "$T/out")"
	exec 9>&-
	wait "$first"
done
