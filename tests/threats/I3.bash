# A run that used much of everything, and one in its place that uses nothing: numbers, limits and verdict are its own.
light() {
	box -- ./die exit 0
	report verdict=OK 'cpu_us<=200000' 'memory_peak_bytes<=8388608' oom_kills=0 stdout_bytes=0 stderr_bytes=0 killed_by=null \
		limits.time.value=10000000 limits.memory.value=268435456 limits.pids.value=64 limits.pids.hit=false limits.cpus.value=null \
		limits.cpus.hit=false
	# null where the host does not know
	equal "$(field '[r["pids_peak"] or 1, r["noise"]["throttled_us"] or 0]')" '[1, 0]'
}
for _ in $(rounds 5); do
	box --time 100s --wall 100s -- ./burn self 300
	report verdict=OK 'cpu_us>=300000'
	light
	box --mem 1G --pids 600 -- ./forks exactly 300
	report verdict=OK
	light
	box --pids 20 -- ./forks count
	report verdict=OK limits.pids.hit=true
	light
	box --mem 32M -- ./mem child 64
	report verdict=MLE 'oom_kills>=1'
	light
	box --cpus 0.2 --time 0.3s --wall 100s -- ./burn loop
	report verdict=TLE limits.cpus.value=200
	light
	box --output 1000 -- ./out 100000
	report verdict=OLE
	light
done
# limits that were raised are back
box --open-files 1000 --pids 200 --stack 32M --tmp 1M -- ./die exit 0
report verdict=OK
box -- ./see nofile
printed 256
box --fsize unlimited -- ./see space
printed 65536
box -- ./forks count
printed '64 1'

# tests of a job, which use one slot after the other
mkdir "$T/tests"
for n in 1 3 5; do echo heavy >"$T/tests/$n.in"; done
for n in 2 4 6; do echo light >"$T/tests/$n.in"; done
cat >"$T/either.c" <<-'C'
	#include <stdlib.h>
	#include <stdio.h>
	#include <string.h>
	#include <time.h>
	int main(void)
	{
		char what[16];
		scanf("%15s", what);
		if (strcmp(what, "heavy") == 0) {
			volatile char *mem = malloc(50 << 20);
			for (size_t i = 0; i < 50 << 20; i += 4096)
				mem[i] = 1;
			while (clock() < CLOCKS_PER_SEC / 4)
				;
		}
		return 0;
	}
C
judge -j 1 --time 100s --mem 128M --tests "$T/tests" "$T/either.c"
verdicts 'OK: OK OK OK OK OK OK'
# by its own clock, which has the building of the box too, a heavy one takes 250 ms
equal "$(field '[(t["run"]["cpu_us"] >= 200000, t["run"]["memory_peak_bytes"] >= 50 << 20) for t in r["tests"]]')" \
	"[(True, True), (False, False), (True, True), (False, False), (True, True), (False, False)]"
