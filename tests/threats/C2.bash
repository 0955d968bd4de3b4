# The sum counts. The last run shows that what is below the limit is not TLE, and counted all the same.
for how in threads processes; do
	box --time 400ms --wall 60s -- ./C2 "$how" 8
	verdict TLE cpu killed_by=cpu 'cpu_us>=400000' 'pids_peak>=1'
done
box --time 400ms --wall 60s -- ./burn threads 4
verdict TLE cpu killed_by=cpu 'cpu_us>=400000'
box --time 10s --wall 60s -- ./C2 threads 3 finite
verdict OK null 'cpu_us>=300000' 'cpu_us<=9000000'
