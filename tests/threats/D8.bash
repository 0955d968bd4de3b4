# At the return of sbx nothing is alive, without any waiting: no process, and nothing that still writes.
mkdir -m 777 "$T/rw"
cp "$BOX/D8" "$T/rw"
for _ in $(rounds 10); do
	rm -f "$T/rw/beats"
	JOB=$T/rw box --box-mode rw -- ./D8 beat beats
	left=$(processes)
	size=$(stat -c %s "$T/rw/beats")
	verdict OK null
	equal "$left" ''
	[ "$size" -gt 0 ]
	sleep 0.05
	equal "$(stat -c %s "$T/rw/beats")" "$size"
	box -- ./D8 look
	verdict OK null
done
box --wall 100s -- ./D8 hold
verdict OK null
equal "$(processes)" ''
box --seccomp none -- ./D8 hold
verdict OK null
equal "$(processes)" ''

# of a job: the next test does not see them, nor what they would do
mkdir "$T/tests"
for i in 1 2 3; do
	: >"$T/tests/$i.in"
	echo alone >"$T/tests/$i.ans"
done
cat >"$T/daemons.sh" <<-'END'
	[ ! -e /tmp/late ] || echo 'somebody was here'
	for pid in /proc/[0-9]*; do [ "$pid" = "/proc/$$" ] || { kill -0 "${pid#/proc/}" 2>/dev/null && echo "there is $pid"; }; done
	for i in 1 2 3 4; do setsid sh -c 'trap "" TERM HUP INT; exec >/dev/null 2>&1 </dev/null; sleep 1234' & done
	setsid sh -c 'trap "" TERM HUP INT; while sleep 0.001; do echo late >>/tmp/late; done' >/dev/null </dev/null 2>/dev/null &
	echo alone
END
judge -j 1 --tests "$T/tests" "$T/daemons.sh"
verdicts 'AC: AC AC AC'
equal "$(pgrep -fx 'sleep 1234' || :)" ''
