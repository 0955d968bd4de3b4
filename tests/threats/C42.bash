# What slows the host down is refused, and what remains is charged to the box. How much a neighbour is slowed down cannot
# be told on a machine that others use; that it gets its half of the cores is the CPU controller's (tests/cli/limits.bats).
for profile in default interpreted jvm compile contest; do
	box --seccomp "$profile" -- ./C42 sync
	verdict OK null
done
box --mem 32M --time 1s --wall 60s -- ./C42 storm
verdict TLE cpu 'memory_peak_bytes<=33554432'
box --mem 16M --time 60s --wall 120s -- ./C42 cache
verdict OK null 'memory_peak_bytes<=16777216'
between 17 1000000 "$(cat "$T/out")"
