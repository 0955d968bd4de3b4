for how in memfd shared sysv /tmp /dev/shm; do
	box --mem 64M --tmp 1G -- ./C13 "$how"
	verdict MLE memory 'oom_kills>=1' 'memory_peak_bytes<=67108864'
done
box --mem 64M --tmpfs /more:1G -- ./C13 /more
verdict MLE memory 'oom_kills>=1' 'memory_peak_bytes<=67108864'
JOB=$T/job
mkdir -m 777 "$JOB"
cp "$BOX/C13" "$JOB"
box --mem 64M --tmp 1G --box-mode cow -- ./C13 /box
verdict MLE memory 'oom_kills>=1' 'memory_peak_bytes<=67108864'
unset JOB

# where memory is plenty, the size of the tmpfs holds, of all that lies on it together
for how in /tmp /dev/shm /more; do
	box --mem 256M --tmp 32M --tmpfs /more:32M -- ./C13 "$how"
	verdict OK null 'memory_peak_bytes<=67108864'
done
