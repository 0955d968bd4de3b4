# Under emulation a look at all processes takes seconds, in which it is to go on.
time=1s wall=3s
[ -z "${SBX_VM:-}" ] || time=20s wall=30s
# While it goes on there are no more than allowed, and the host can start what it likes; then none is left.
for how in plain setsid daemon vfork threads; do
	rm -f "$T/report"
	"$SBX" run --box "$BOX" --time "$time" --wall "$wall" --pids 40 --report "$T/report" --format json -- ./C31 "$how" >"$T/out" 2>&1 &
	launcher=$!
	within 10 a_box_lives
	for _ in $(seq 20); do
		/bin/true
		# launcher and init are among them, and while they are counted some end and others begin
		between 0 100 "$(processes | wc -l)"
	done
	wait "$launcher" || :
	no_processes
	no_cgroups
	report verdict=TLE error=null 'cpu_us<=30000000'
	report pids_peak=null 2>/dev/null || report 'pids_peak<=40'
	[ "$how" = daemon ] || report limits.pids.hit=true
done
box --time 500ms --wall 60s -- ./forks bomb
verdict TLE cpu
no_processes
# with more processes than the machine gives anybody quickly
box --time 500ms --wall 3s --pids 500 -- ./C31 setsid
report verdict=TLE error=null
no_processes
