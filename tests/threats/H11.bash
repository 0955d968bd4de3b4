# Signals that end a launcher: the box is killed, and the report says by what. Sent once, twice and in any order; also
# where the caller had them blocked or ignored, HUP aside, which nohup(1) ignores on purpose.
start() {
	rm -f "$T/ready" "$T/report"
	"$@" run --box "$BOX" --wall 100s --report "$T/report" --format json -- ./stay children 8 >"$T/ready" 2>"$T/err" &
	launcher=$!
	within 30 grep -q ready "$T/ready"
}
interrupted() {
	status=0
	wait "$launcher" || status=$?
	left=$(processes)
	equal "$left" ''
	verdict IE interrupted killed_by=interrupt error.stage=supervise "error.message=interrupted by SIG$1" exit_code=null
}
for signal in TERM INT HUP QUIT; do
	start "$SBX"
	kill "-$signal" "$launcher"
	interrupted "$signal"
	start "$SBX"
	kill -STOP "$launcher"
	kill "-$signal" "$launcher"
	sleep 0.05
	kill -CONT "$launcher"
	interrupted "$signal"
done
for signal in TERM INT QUIT; do
	for how in block ignore; do
		start env "--$how-signal=$signal" "$SBX"
		kill "-$signal" "$launcher"
		interrupted "$signal"
	done
done
start env --ignore-signal=HUP "$SBX"
kill -HUP "$launcher"
sleep 0.1
[ -n "$(processes)" ]
kill "$launcher"
interrupted TERM
# many at once: the first one is named
for _ in $(rounds 10); do
	start "$SBX"
	for _ in 1 2 3 4 5; do kill -TERM "$launcher" 2>/dev/null && kill -INT "$launcher" 2>/dev/null && kill -QUIT "$launcher" 2>/dev/null; done || :
	status=0
	wait "$launcher" || status=$?
	left=$(processes)
	equal "$left" ''
	verdict IE interrupted killed_by=interrupt
done
# the program cannot send them: its launcher is not there for it
# shellcheck disable=SC2016
box -- /bin/sh -c 'kill -TERM $PPID; kill -INT 1; kill -TERM 0' || :
verdict RE signal signal_name=SIGTERM
# at any moment: one of the two, and a report that agrees
for i in $(rounds 40); do
	rm -f "$T/report"
	"$SBX" run --box "$BOX" --report "$T/report" --format json -- ./die exit 0 2>"$T/err" &
	launcher=$!
	sleep "0.00$((i % 8))"
	kill "$launcher" 2>/dev/null || :
	status=0
	wait "$launcher" || status=$?
	case $status in
	0) report verdict=OK killed_by=null ;;
	3) report verdict=IE reason=interrupted ;;
	143) [ ! -e "$T/report" ] ;; # before it had a handler, and so before there was anything
	*) equal "$status" '0, 3 or 143' ;;
	esac
done
