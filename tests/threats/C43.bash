# As the lines in C43.c say, of a caller that has a priority, and whose own limits would let the program have more of them
# where they can be raised.
[ -n "$CALLER" ] || renice -n -10 -p $$ >/dev/null # which an ordinary user cannot
prlimit --pid $$ --rtprio=99:99 --nice=40:40 2>/dev/null || :
while read -r line; do
	run_line "${line#// run:}"
done < <(grep '^// run:' "$ROOT/tests/threats/C43.c")
