# By each way, in each place that is writable: neither more than its size, nor a file larger than --fsize.
JOB=$T/job
mkdir -m 777 "$JOB"
cp "$BOX/C35" "$JOB"
for dir in /tmp /dev/shm /box /more; do
	for how in write fallocate sparse truncate; do
		box --mem 256M --tmp 16M --tmpfs /more:16M --box-mode cow -- ./C35 "$how" "$dir"
		verdict OK null 'memory_peak_bytes<=134217728'
		[ "$(cat "$T/out")" -le 16384 ]
		box --mem 256M --tmp 16M --tmpfs /more:16M --box-mode cow --fsize unlimited -- ./C35 "$how" "$dir"
		verdict OK null 'memory_peak_bytes<=134217728'
		[ "$(cat "$T/out")" -le 16384 ]
		box --mem 256M --tmp 16M --tmpfs /more:16M --box-mode cow --fsize 1M -- ./C35 "$how" "$dir"
		verdict OK null
		[ "$(cat "$T/out")" -le 1024 ]
	done
	box --mem 256M --tmp 16M --tmpfs /more:16M --box-mode cow --fsize 1M -- ./C35 many "$dir"
	verdict OK null 'memory_peak_bytes<=134217728'
done
box --fsize 1M -- /bin/sh -c 'exec head -c 2M /dev/zero >/tmp/a'
verdict RE signal signal_name=SIGXFSZ limits.fsize.hit=true
# of all that was written to the job directory, nothing reached the host's
equal "$(ls -A "$JOB")" C35
# on the host's own disk, where that is asked for, a file is as large as --fsize
box --box-mode rw --fsize 1M -- ./C35 write /box
verdict OK null
[ "$(stat -c %s "$JOB/huge")" = 1048576 ]
rm "$JOB/huge"
