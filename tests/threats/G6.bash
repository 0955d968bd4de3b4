# Without standard streams, each set of them: nothing of sbx's own lands on their numbers.
run=("$SBX" run --box "$BOX" --report "$T/report" --format json)
without() {
	case $1 in *0*) exec 0<&- ;; esac
	case $1 in *1*) exec 1>&- ;; esac
	case $1 in *2*) exec 2>&- ;; esac
	exec "${@:2}"
}
echo canary >"$T/file"
for closed in 0 1 2 01 02 12 012; do
	# a program that says nothing does not mind
	(without $closed "${run[@]}" -- ./die exit 0) </dev/null >"$T/out" 2>"$T/err"
	report verdict=OK
	equal "$(cat "$T/out" "$T/err")" ''
	# with files instead it has three streams, and what it writes is there and nowhere else
	(without $closed "${run[@]}" --stdin "$T/file" --stdout "$T/1" --stderr "$T/2" -- /bin/sh -c 'cat; echo error >&2; ls /proc/self/fd >&2') \
		</dev/null >"$T/out" 2>"$T/err"
	report verdict=OK
	equal "$(cat "$T/1")" canary
	equal "$(head -n 4 "$T/2" | tr '\n' ' ')" 'error 0 1 2 '
	equal "$(cat "$T/out" "$T/err" "$T/file")" canary
	rm "$T/1" "$T/2"
	# while it runs, the launcher has /dev/null there, not the slot, the socket or the leaf
	(without $closed "${run[@]}" --wall 100s -- ./stay sleep) </dev/null >"$T/out" 2>"$T/err" &
	launcher=$!
	within 60 pgrep -P "$launcher" >/dev/null
	sleep 0.1
	for fd in 0 1 2; do
		case $closed in *$fd*) equal "$(readlink "/proc/$launcher/fd/$fd")" /dev/null ;; esac
	done
	kill "$launcher"
	wait "$launcher" || :
done
# output for which there is no place is an error, not lost, and lands in no file of sbx's
status=0
(without 1 "${run[@]}" -- ./out 10) </dev/null >"$T/out" 2>"$T/err" || status=$?
equal "$status" 3
report verdict=IE error.stage=output
