# TLE by the CPU clock, and soon after the limit: within 100 ms, or, since others may keep the launcher from its core, in
# one of five runs.
soon() {
	for _ in 1 2 3 4 5; do
		box --time 200ms -- ./C1 "$1"
		verdict TLE cpu killed_by=cpu 'cpu_us>=200000'
		! report 'cpu_us<=300000' || return 0
	done
	echo "$1: over the limit by more than 100 ms, five times"
	return 1
}

for how in code calls faults signals; do
	soon "$how"
done
