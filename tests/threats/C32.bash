box --time 1s --wall 3s -- ./C32
report verdict=TLE error=null
no_processes
# ended from outside and by its own exit, again and again, at other moments
for i in $(rounds 15); do
	box --wall "$((20 + i))ms" --time 10s -- ./C32
	verdict TLE wall killed_by=wall error=null
	no_processes
	no_cgroups
	box --wall 120s --time 60s -- ./C32 exit
	verdict OK null
	no_processes
	no_cgroups
done
box -- ./forks threads
verdict OK null limits.pids.hit=true
printed 64
