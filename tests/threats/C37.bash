# All of it goes with its tmpfs, at once and in a bounded time, however deep it is; and the next run finds nothing of it.
JOB=$T/job levels=100000
[ -z "${SBX_VM:-}" ] || levels=20000
mkdir -m 777 "$JOB"
cp "$BOX/C37" "$BOX/see" "$JOB"
for dir in /tmp /dev/shm /box /more; do
	box --mem 1G --tmp 64M,200000 --tmpfs /more:64M --box-mode cow --time 60s --wall 120s -- ./C37 closed "$dir"
	verdict OK null 'teardown_us<=10000000'
	box --mem 1G --tmp 64M,200000 --tmpfs /more:64M --box-mode cow --time 60s --wall 120s -- ./C37 unlinked "$dir"
	verdict OK null 'teardown_us<=10000000'
	no_cgroups
done
for dir in /tmp /dev/shm; do
	box --mem 1G --tmp 64M,200000 --time 60s --wall 120s -- ./C37 deep "$dir" "$levels"
	verdict OK null 'teardown_us<=10000000'
	no_cgroups
done
box --mem 1G --tmp 64M,200000 --box-mode cow --time 60s --wall 120s -- ./C37 deep /box 1000
verdict OK null 'teardown_us<=10000000'
equal "$(cd "$JOB" && echo *)" 'C37 see'
box -- /bin/sh -c 'ls -A /tmp /dev/shm'
equal "$(tr -d '\n' <"$T/out")" '/dev/shm:/tmp:'
