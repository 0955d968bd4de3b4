# The wall clock runs on, and none is left stopped. TSTP, TTIN and TTOU stop nobody in the orphaned group that the
# program's is; if they did, they would be caught in the same way.
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
	box --wall 150ms -- ./C6 group "$(kill -l "$sig")"
	report 'wall_us<=60000000'
	no_processes
done
