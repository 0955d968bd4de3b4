# Closed streams, and readers that go: the output is whole, or the run is IE and its status 3. Never OK with less.
for closed in 0 1 2 01 02 12 012; do
	for program in './out 5 0' './out 0 5' './die exit 0'; do
		status=0
		(
			case $closed in *0*) exec <&- ;; esac
			case $closed in *1*) exec >&- ;; *) exec >"$T/out" ;; esac
			case $closed in *2*) exec 2>&- ;; *) exec 2>"$T/err" ;; esac
			# shellcheck disable=SC2086
			exec "$SBX" run --box "$BOX" --report "$T/report" --format json -- $program
		) || status=$?
		# what is written to where nobody is
		lost=
		case $closed/$program in *1*/'./out 5 0' | *2*/'./out 0 5') lost=1 ;; esac
		if [ -n "$lost" ]; then
			verdict IE error error.stage=output
		else
			verdict OK null
			case $program in
			'./out 5 0') printed xxxxx ;;
			'./out 0 5') equal "$(cat "$T/err")" xxxxx ;;
			esac
		fi
		rm -f "$T/report" "$T/out" "$T/err"
	done
done
# the report itself has nowhere to go
for closed in '2>&-' '>&- --report -' '<&- >&- 2>&-'; do
	status=0
	case $closed in
	'2>&-') "$SBX" run --box "$BOX" -- ./die exit 0 2>&- || status=$? ;;
	'>&- --report -') "$SBX" run --box "$BOX" --report - -- ./die exit 0 >&- 2>"$T/err" || status=$? ;;
	*) "$SBX" run --box "$BOX" -- ./die exit 0 <&- >&- 2>&- || status=$? ;;
	esac
	equal "$status" 3
done
# a reader that has gone already, that goes in the middle, and SIGPIPE ignored or not, blocked or not
for how in '' '--ignore-signal=PIPE' '--block-signal=PIPE'; do
	for take in 0 1 100000; do
		rm -f "$T/report"
		# shellcheck disable=SC2086
		(
			status=0
			env $how "$SBX" run --box "$BOX" --report "$T/report" --format json --time 60 --output unlimited -- ./out flood 2>"$T/err" || status=$?
			echo "$status" >"$T/status"
		) | head -c "$take" >/dev/null
		within 20 [ -s "$T/status" ]
		equal "$(cat "$T/status")" 3
		report verdict=IE error.stage=output
		rm "$T/status"
		# a report that nobody reads
		# shellcheck disable=SC2086
		(
			status=0
			sleep 0.1
			env $how "$SBX" run --box "$BOX" --report - --format json -- ./die exit 0 2>"$T/err" || status=$?
			echo "$status" >"$T/status"
		) | true
		within 20 [ -s "$T/status" ]
		equal "$(cat "$T/status")" 3
		rm "$T/status"
	done
done
# of a job: table, events and page
mkdir "$T/tests"
: >"$T/tests/1.in"
echo 'echo hi' >"$T/x.sh"
for to in --report --events --html; do
	status=0
	"$SBX" judge --tests "$T/tests" --report "$T/r" "$to" fd:7 "$T/x.sh" 7>/dev/full 2>"$T/err" >"$T/out" || status=$?
	if [ "$to" = --report ]; then equal "$status" 2; else equal "$status" 3; fi
done
status=0
"$SBX" judge --tests "$T/tests" "$T/x.sh" >&- 2>"$T/err" || status=$?
equal "$status" 3
