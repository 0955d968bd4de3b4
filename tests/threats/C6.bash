# The wall clock runs on, and none is left stopped. TSTP, TTIN and TTOU stop nobody in the orphaned group that the
# program's is, so that it ends by itself.
for whom in self group threads vfork sessions; do
	box --wall 150ms -- ./C6 "$whom"
	verdict TLE wall killed_by=wall 'wall_us>=150000'
	no_processes
	no_cgroups
done
box --wall 150ms -- ./stay stop
verdict TLE wall killed_by=wall
no_processes
for sig in TSTP TTIN TTOU; do
	box --wall 20s -- ./C6 group "$(kill -l "$sig")"
	verdict RE exit exit_code=1
	printed 'broke: continued'
	no_processes
done
