# As many inodes as there may be, by default one for each 4 KiB of the size, at most 65536, whatever the memory is.
for how in inodes dirs symlinks links; do
	for dir in /tmp /dev/shm; do
		box --mem unlimited --tmp 16M --wall 120s --time 60s -- ./C25 "$how" "$dir"
		verdict OK null
		between 1001 4096 "$(cat "$T/out")"
	done
	# a --tmpfs has no such limit of its own: there they are the memory's
	box --mem 16M --tmpfs /more:16M --wall 120s --time 60s -- ./C25 "$how" /more
	verdict MLE memory 'memory_peak_bytes<=16777216'
done
box --mem 1G --tmp 16G --wall 120s --time 60s -- ./C25 inodes
verdict OK null
between 60001 65536 "$(cat "$T/out")"
# the changes of a cow folder are on the same tmpfs
JOB=$T/job
mkdir -m 777 "$JOB"
cp "$BOX/C25" "$JOB"
box --mem 1G --tmp 16M --box-mode cow --wall 120s --time 60s -- ./C25 inodes /box
verdict OK null
between 1001 4096 "$(cat "$T/out")"
equal "$(ls -A "$JOB")" C25
# and a read-only one takes none
box -- ./C25 inodes /box
verdict RE exit
