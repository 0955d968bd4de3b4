# The timer of the wall clock is due while the box is being cleared away, or its output still being read: what had ended
# before is not over time. Whether it had is what the numbers say, however slow the machine is.
fine=0
for i in $(rounds 20); do
	box --pids 200 --mem 512M --time 10s --wall "$((190 + 3 * i))ms" -- ./D6 180
	agrees
	[ "$(report verdict)" != OK ] || fine=$((fine + 1))
done
echo "$fine of them OK"

# the program has ended before the limit, its output is read only after it
mkfifo "$T/fifo"
exec 9<>"$T/fifo"
head -c 60000 /dev/zero >"$T/fifo" # so that the pipe takes no more
"$SBX" run --box "$BOX" --pids 200 --mem 512M --wall 3s --report "$T/report" --format json -- ./D6 2000 >"$T/fifo" &
launcher=$!
sleep 4
head -c 121440 "$T/fifo" >/dev/null
exec 9>&-
wait "$launcher" || :
[ "$(report wall_us)" -gt 3000000 ] || report verdict=OK killed_by=null stdout_bytes=61440
agrees

# by CPU time: what still burns when the program has ended is killed, and is no reason for a look too many
for _ in $(rounds 10); do
	box --pids 200 --mem 512M --time 10s -- ./D6 0
	verdict OK null killed_by=null 'cpu_us<=10000000'
done
