# Much to free, all of it in use when the launcher ends the run: the verdict is the same, and the box is gone.
mib=256
box --wall 60s --mem 4G --output 1 -- ./C9 hold "$mib"
verdict OLE output killed_by=output
report "memory_peak_bytes>=$((mib << 20))"
no_processes
no_cgroups

# A process that does not die: IE within a bound, its slot stays taken, other boxes are not disturbed.
program() {
	local pid
	for pid in $(processes); do
		[ "$(readlink "/proc/$pid/exe")" != /box/C9 ] || echo "$pid"
	done
}

stuck() {
	pid=$(program)
	[ -n "$pid" ]
}

mkfifo "$T/hold"
# under emulation it takes a while to be found
wall=2s most=60
[ -z "${SBX_VM:-}" ] || wall=30s most=90
"$SBX" run --box "$BOX" --wall "$wall" --report "$T/stuck" --format json -- ./C9 hold 1 >"$T/stuck.out" 2>&1 &
launcher=$!
within 5 stuck
"$BOX/C9" trace "$pid" <"$T/hold" >"$T/trace" &
tracer=$!
exec 9>"$T/hold"
within 2 grep -q ready "$T/trace"
ended=0 start=$SECONDS
wait "$launcher" || ended=$?
equal "$ended" 3
[ $((SECONDS - start)) -le "$most" ]
cp "$T/stuck" "$T/report"
report verdict=IE reason=error killed_by=wall error.stage=teardown
[ -n "$(program)" ]
box -- ./die exit 0
verdict OK null
exec 9>&-
wait "$tracer"
within 5 no_processes
box -- ./die exit 0
verdict OK null
