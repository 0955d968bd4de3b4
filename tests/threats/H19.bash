# Durations, sizes, rates and user ids are what they say, to the last digit: as the plan shows them, and the report.
limit() {
	"$SBX" run --dry-run --box "$BOX" "--$1" "$2" -- x >"$T/plan"
	box "--$1" "$2" -- ./die exit 0
	report "limits.$3.value=$4"
}
while read -r option value field wanted; do
	limit "$option" "$value" "$field" "$wanted"
done <<-'END'
	time 1us time 1
	time 999us time 999
	time 1ms time 1000
	time 0.001 time 1000
	time 0.000001 time 1
	time 1.9999999 time 1999999
	time 0.1 time 100000
	time 0.7s time 700000
	time 2.3 time 2300000
	time 4.35s time 4350000
	time 1.5m time 90000000
	time 60 time 60000000
	time 4294967296us time 4294967296
	time 4294.967296 time 4294967296
	time 9223372036854775807us time 9223372036854775807
	wall 0.3 wall 300000
	wall 1.1s wall 1100000
	wall 2147483.648 wall 2147483648000
	wall 9000000000000s wall 9000000000000000000
	mem 16777217 memory 16777217
	mem 16.5M memory 17301504
	mem 0.1G memory 107374182
	mem 4294967297 memory 4294967297
	mem 1T memory 1099511627776
	output 1 output 1
	output 1.1K output 1126
	output 9223372036854775807 output 9223372036854775807
	fsize 0.3M fsize 314572
	pids 4194304 pids 4194304
	cpus 0.01 cpus 10
	cpus 0.333 cpus 333
	cpus 1.5 cpus 1500
END
# the wall limit follows from the time, also where that is large
while read -r time wall; do
	box --time "$time" -- ./die exit 0
	report "limits.wall.value=$wall"
done <<-'END'
	0.000001 1000002
	1 3000000
	1.25s 3500000
	100000000 200000001000000
END
# one more than there is
for value in 9223372036854775808us 9223372036854775808 9223372036855s 153722867281m 0.0000009 0.0009ms; do
	status=0
	"$SBX" run --time "$value" -- /bin/echo ran >"$T/out" 2>"$T/err" || status=$?
	equal "$status $(cat "$T/out")" '2 '
done
# they are in force to that digit: not early, and not at once where a sum would overflow
box --wall 250ms -- ./stay sleep
verdict TLE wall 'wall_us>=250001'
for wall in 9223372036854775807us 9223372036854.775s 18446744073s 18446744074s unlimited; do
	box --wall "$wall" -- ./D5 wall 20000
	verdict OK null 'wall_us>=20000'
done
for time in 9223372036854775807us 9223372036854s unlimited; do
	box --time "$time" --wall 60s -- ./burn self 20
	verdict OK null 'cpu_us>=20000'
done
# ids (their names are H19.root.bash's)
mkdir -m 777 "$T/rw"
JOB=$T/rw box --box-mode rw -- /bin/sh -c 'id -u; id -g; id -G; echo >mine'
printed $'1000\n1000\n1000'
# outside it is an id of its own, beyond those of users and their subordinates; or the user's
if [ -n "$CALLER" ]; then
	equal "$(stat -c %u:%g "$T/rw/mine")" "$CALLER:$CALLER_GROUP"
else
	[ "$(stat -c %u "$T/rw/mine")" -ge "$BOX_ID" ]
	equal "$(stat -c %u "$T/rw/mine")" "$(stat -c %g "$T/rw/mine")"
fi
