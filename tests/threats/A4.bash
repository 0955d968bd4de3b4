# Callers that leave folders of the host open, for sbx to inherit: 3 to 20, a high one, and the standard streams.
try() {
	rm -f "$T/report"
	"$@" --box "$BOX" --report "$T/report" --format json -- ./A4 >"$T/out" 2>"$T/err" || cat "$T/out" "$T/err"
	report verdict=OK
}
# the program does find them where there is no box
first=$("$BOX/leaky" fds "$BOX/A4") || :
[[ $first == 'broke: fcntl'* ]]

try "$BOX/leaky" fds "$SBX" run
try "$BOX/leaky" fds "$SBX" run --seccomp none
try "$BOX/leaky" fds "$SBX" run --box-mode cow --net loopback --bind "$CANARY:/canary"
exec 200<"$CANARY" 201<"$CANARY/secret" 9<>"$CANARY/public"
try "$SBX" run
"$SBX" run --box "$BOX" --report fd:9 --format json -- ./A4 9>"$T/report" >"$T/out" 2>"$T/err"
report verdict=OK

# a folder as standard input is none of the program's: it fails to be read, or is refused
for how in "--stdin $CANARY" ''; do
	# shellcheck disable=SC2086
	box $how -- ./A4 <"$CANARY"
	report verdict=OK || report verdict=IE
done
exec 200<&- 201<&- 9>&-
