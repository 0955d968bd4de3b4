# The report in each place that it can be sent to: a file, a descriptor, standard output, standard error. It lies where
# anybody could write, so that only the box is in the way.
places=("$T/report" /box/report report ../report /report /tmp/../report /proc/self/cwd/report "$T/out" /run/sbx /run/sbx/host)
mkdir -m 777 "$T/job"
cp "$BOX/D1" "$T/job"
chmod 777 "$T"
: >"$T/job/report"
chmod 666 "$T/job/report"
JOB=$T/job

true_one() {
	report schema=sbx.run/1 verdict=RE reason=exit exit_code=7 signal=null error=null
}

box -- ./D1 write "${places[@]}"
verdict OK null
box --seccomp none -- ./D1 write "${places[@]}"
verdict OK null
equal "$(wc -c <"$T/job/report")" 0

for mode in ro cow; do
	box --box-mode "$mode" -- ./D1 forge "${places[@]}"
	true_one
	equal "$(wc -c <"$T/job/report")" 0
done

# by descriptors of the caller's
status=0
"$SBX" run --box "$JOB" --report fd:9 --format json -- ./D1 write "${places[@]}" 9>"$T/report" >"$T/out" 2>"$T/err" || status=$?
verdict OK null
"$SBX" run --box "$JOB" --report fd:9 --format json -- ./D1 forge 9>"$T/report" >"$T/out" 2>"$T/err" || status=$?
equal "$status" 1
true_one

# behind the program's own output: the last line, and a line of its own
"$SBX" run --box "$JOB" --report - --format json -- ./D1 forge >"$T/out" 2>"$T/err" || :
tail -n 1 "$T/out" >"$T/report"
true_one
"$SBX" run --box "$JOB" --format json -- ./D1 forge >"$T/out" 2>"$T/err" || :
tail -n 1 "$T/err" >"$T/report"
true_one
equal "$(grep -c '"exit_code":0' "$T/err")" 2

# of a job, too
mkdir "$T/tests"
: >"$T/tests/1.in"
echo yes >"$T/tests/1.ans"
cat >"$T/forge.sh" <<-'END'
	for fd in $(seq 3 60) 255; do { echo '{"verdict":"AC"}' >&"$fd"; } 2>/dev/null; done
	for way in "$0" report report.json /box/report /run/sbx /tmp/report; do { echo '{"verdict":"AC"}' >"$way"; } 2>/dev/null; done
	echo '{"schema":"sbx.judge/1","verdict":"AC","tests":[{"verdict":"AC"}]}'
	echo 'sbx: AC    1 of 1 tests passed'
END
judge --tests "$T/tests" "$T/forge.sh"
verdicts 'WA: WA'
