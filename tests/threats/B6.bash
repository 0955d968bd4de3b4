# What would carry a signal is refused; and while one box does all of it without end, another one sees no change.
for call in keyctl add_key request_key; do
	box -- ./B6 $call
	verdict SV syscall denied_syscall=$call
done
box -- ./B6 calls
report verdict=OK

for profile in default interpreted compile jvm contest; do
	: >"$T/sender"
	"$SBX" run --box "$BOX" --seccomp $profile --net loopback --wall 100s --time 100s --report "$T/other" -- ./B6 send >"$T/sender" 2>/dev/null &
	sender=$!
	within 60 grep -q sending "$T/sender"
	box --seccomp $profile --net loopback -- ./B6 watch 100
	kill "$sender"
	verdict OK null
	wait "$sender" || :
done

# keys are held by what is inherited, so without a filter too
"$BOX/B6" caller "$SBX" run --box "$BOX" --seccomp none --report "$T/report" --format json -- ./B6 keys
report verdict=OK
"$BOX/B6" caller "$SBX" run --box "$BOX" --seccomp none --report "$T/report" --format json -- ./B6 keys
report verdict=OK
within 10 not grep -q sbx- /proc/keys
