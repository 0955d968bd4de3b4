# Counted, also when the burner's parents are gone; and what the program leaves behind ends with it.
box --time 300ms --wall 60s -- ./burn orphan
verdict TLE cpu killed_by=cpu 'cpu_us>=300000'
box --time 300ms --wall 60s -- ./C4 relay
verdict TLE cpu killed_by=cpu 'cpu_us>=300000'
no_processes
for _ in $(rounds 10); do
	box --time 5s --wall 60s -- ./C4 leave
	verdict OK null 'wall_us<=5000000'
	no_processes
done
