# The launcher is killed at each step: by strace at its Nth call, which is a step whatever the machine's speed, and
# while the program runs. Nothing is alive a second later, and the next start takes what is left.
gone() {
	within 1 no_processes || {
		echo "left: $(ps -o pid,stat,args -p "$(processes | paste -sd ,)")"
		return 1
	}
}
step=4
[ -z "${SBX_VM:-}" ] || step=25
for n in $(seq 1 "$step" 290); do
	rm -f "$T/report"
	status=0
	strace -qq -o "$T/trace" -e trace=all -e "inject=all:signal=SIGKILL:when=$n" \
		"$SBX" run --box "$BOX" --box-mode cow --wall 100s --report "$T/report" --format json -- ./burn self 5 >"$T/out" 2>"$T/err" || status=$?
	gone
	# a report that is there is whole
	[ ! -e "$T/report" ] || report verdict=OK
	rm -f "$T"/.sbx-report-*
done
for _ in $(rounds 10); do
	"$SBX" run --box "$BOX" --wall 100s -- ./stay children 8 >"$T/out" 2>"$T/err" &
	launcher=$!
	within 30 grep -q ready "$T/out"
	kill -KILL "$launcher"
	wait "$launcher" || :
	gone
	: >"$T/out"
done
# daemons that flee, and init alone
"$SBX" run --box "$BOX" --wall 100s -- ./D8 hold >"$T/out" 2>"$T/err" &
sleep 0.02
kill -KILL $!
wait $! || :
gone
"$SBX" run --box "$BOX" --wall 100s --report "$T/report" --format json -- ./stay children 8 >"$T/out" 2>"$T/err" &
launcher=$!
within 30 grep -q ready "$T/out"
pkill -KILL -P "$launcher"
status=0
wait "$launcher" || status=$?
equal "$status" 3
report verdict=IE
gone
# a judge, with its folder and mounts
mkdir "$T/tests"
: | tee "$T/tests/1.in" >"$T/tests/2.in"
echo 'exec sleep 4321' >"$T/sleep.sh"
"$SBX" judge --tests "$T/tests" --wall 100s --report "$T/report" "$T/sleep.sh" 2>"$T/err" &
judge=$!
within 30 pgrep -fx 'sleep 4321' >/dev/null
kill -KILL "$judge"
wait "$judge" || :
no_sleepers() { ! pgrep -fx 'sleep 4321' >/dev/null; }
within 1 no_sleepers
equal "$(ls -A "$RUN_DIR/jobs")" '' || within 10 [ -z "$(ls -A "$RUN_DIR/jobs")" ]
box -- ./die exit 0
verdict OK null
no_cgroups || within 5 no_cgroups
