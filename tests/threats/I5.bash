# Init reaps what is orphaned in the box, and the launcher leaves nothing to its caller.
box --pids 8 --time 100s --wall 100s -- ./I5 orphans 1000
report verdict=OK
call=("$SBX" run --box "$BOX" --report "$T/report" --format json)
for _ in $(rounds 10); do
	for program in 'stay daemon' 'forks exactly 30' 'die segv' 'die all' 'I5 orphans 20'; do
		# shellcheck disable=SC2086 # words
		timeout 60 "$BOX/I5" caller "${call[@]}" -- ./$program >"$T/out" 2>&1 || not grep broke "$T/out"
	done
	timeout 60 "$BOX/I5" killed "${call[@]}" --wall 100s -- ./stay children 10 >"$T/out" 2>&1
done
# a judge has many children, and helpers
mkdir "$T/tests"
for n in 1 2 3 4; do echo >"$T/tests/$n.in"; done
echo 'int main(void) { return 0; }' >"$T/ok.c"
timeout 100 "$BOX/I5" caller "$SBX" judge --report "$T/report" --format json --tests "$T/tests" "$T/ok.c" >"$T/out" 2>&1
verdicts 'OK: OK OK OK OK'
# outside, an orphan is left
not "$BOX/I5" caller /bin/sh -c 'sleep 1 &' >"$T/out"
