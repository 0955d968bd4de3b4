# Files in memory, whose charge outlives all processes: the next run starts from nothing, time and again.
for _ in $(rounds 15); do
	for where in tmp shm; do
		box --mem 64M -- ./mem $where 40
		report verdict=OK 'memory_peak_bytes>=41943040' oom_kills=0
		box --mem 64M -- ./die exit 0
		report verdict=OK 'memory_peak_bytes<=8388608' oom_kills=0
	done
done
# also after one that was full, and one that was killed
box --mem 32M -- ./mem shm 60
report verdict=MLE
box --mem 32M -- ./die exit 0
report verdict=OK 'memory_peak_bytes<=8388608' oom_kills=0
box --mem 64M --wall 1s -- /bin/sh -c 'head -c 40M /dev/zero >/tmp/f; sleep 1000'
report verdict=TLE
box --mem 64M -- ./mem tmp 40
report verdict=OK
# and what a box wrote over its job directory
box --mem 64M --box-mode cow -- /bin/sh -c 'head -c 30M /dev/zero >/tmp/f'
report verdict=OK
box --mem 64M --box-mode cow -- ./die exit 0
report verdict=OK 'memory_peak_bytes<=8388608'
