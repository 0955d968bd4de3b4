# Nobody reads what the program writes, or it reads nothing of what it is sent: its own wall clock ends it, and the
# launcher waits for nobody for long.
mkfifo "$T/full" "$T/flood"
exec 9<>"$T/full" 8<>"$T/flood"

# unread WANTED REPORT-CHECK... -- PROGRAM...: with a standard output and error that nobody reads
unread() {
	local start=$SECONDS
	rm -f "$T/report"
	timeout 60 "$SBX" run --box "$BOX" --wall 500ms --report "$T/report" --format json -- "$@" >&9 2>&9 </dev/null || :
	[ $((SECONDS - start)) -le 50 ]
}

unread ./out flood
report verdict=TLE reason=wall killed_by=wall
no_processes
unread ./out 0 10000000
report verdict=TLE reason=wall killed_by=wall
no_processes
# it ends by itself, and leaves what fits into our pipes, but nowhere else: not OK, since the output is not all there
unread ./out 10000
report verdict=IE error.stage=output
no_processes
# input that the program does not read
(while printf '%065536d' 0; do :; done) 2>/dev/null | box --wall 500ms -- ./stay sleep || :
report verdict=TLE reason=wall
(while printf '%065536d' 0; do :; done) 2>/dev/null | box -- ./die exit 0 || :
report verdict=OK
# both at once
(while printf '%065536d' 0; do :; done) 2>/dev/null |
	timeout 60 "$SBX" run --box "$BOX" --wall 500ms --report "$T/report" --format json -- /bin/cat >&9 2>&9 || :
report verdict=TLE reason=wall
exec 8>&- 9>&-
no_processes
