# As the lines in D2.c say, and for who reads the text: its last line is the launcher's own.
while read -r line; do
	run_line "${line#// run:}"
done < <(grep '^// run:' "$ROOT/tests/threats/D2.c")
"$SBX" run --box "$BOX" -- ./D2 0 >"$T/out" 2>"$T/err"
tail -n 1 "$T/err" >"$T/last"
one_line "$T/last" '^sbx: OK  cpu '
status=0
"$SBX" run --box "$BOX" -- ./D2 3 >"$T/out" 2>"$T/err" || status=$?
equal "$status" 1
tail -n 1 "$T/err" >"$T/last"
one_line "$T/last" '^sbx: RE \(exit 3\)  cpu '

# of a job: only standard output is compared, and the status decides
mkdir "$T/tests"
printf '0\n' >"$T/tests/1.in"
printf '3\n' >"$T/tests/2.in"
echo yes | tee "$T/tests/1.ans" >"$T/tests/2.ans"
cat >"$T/words.sh" <<-'END'
	read -r status
	echo 'timelimit exceeded
	sbx: TLE (cpu)  cpu 1.001 s of 1.000 s
	Killed
	AC' >&2
	echo yes
	exit "$status"
END
judge --tests "$T/tests" "$T/words.sh"
verdicts 'RE: AC RE'
