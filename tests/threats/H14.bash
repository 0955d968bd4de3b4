# Whatever a caller hands down: the box is the same, or refused.
cd "$BOX" || exit
same() {
	"$@" run --report "$T/report" --format json -- ./see "$what" >"$T/out" 2>"$T/err"
	chmod u+r "$T/report"
	report verdict=OK
	equal "$(cat "$T/out")" "$wanted"
}
for what in signals umask fds session cpus stack nofile; do
	"$SBX" run -- ./see "$what" >"$T/wanted" 2>/dev/null
	wanted=$(cat "$T/wanted")
	same env --ignore-signal --block-signal "$SBX"
	same env --ignore-signal=CHLD "$SBX"
	same ./leaky fds "$SBX"
	same prlimit --nofile=100: --stack=65536: --core=0: "$SBX"
	same nice -n 5 "$SBX"
	(umask 777 && same "$SBX")
	if [ "$what" = cpus ]; then
		same chrt -b 0 "$SBX"
	fi
	[ -z "${SBX_VM:-}" ] || [ "$what" != umask ] || break
done
umask 777
"$SBX" run --report "$T/under" --stdout "$T/over" -- /bin/echo hi 2>"$T/err"
umask 022
chmod 644 "$T/over" "$T/under"
equal "$(cat "$T/over")" hi
# SIGCHLD ignored: who the program was is still known
env --ignore-signal=CHLD "$SBX" run --report "$T/report" --format json -- ./die exit 7 2>"$T/err" || :
report verdict=RE exit_code=7
env --block-signal --ignore-signal "$SBX" run --report "$T/report" --format json -- ./die raise 15 2>"$T/err" || :
report verdict=RE signal=15
env --block-signal --ignore-signal "$SBX" run --time 50ms --report "$T/report" --format json -- ./burn 2>"$T/err" || :
report verdict=TLE reason=cpu
# few descriptors
(ulimit -Sn 3 && exec "$SBX" run --report "$T/report" --format json -- ./die exit 0) 2>"$T/err"
report verdict=OK limits.open-files.value=256
for limit in 3 47; do
	status=0
	(ulimit -n "$limit" && exec "$SBX" run -- ./die exit 0) 2>"$T/err" || status=$?
	equal "$status" 3
	one_line "$T/err" "^sbx: IE \\(host.*48"
done
# descriptors of the caller's stay the caller's
exec 8<"$CANARY/secret" 9>"$T/mine"
box -- ./see fds
printed $'0 char r\n1 pipe w\n2 pipe w'
exec 8<&- 9>&-
equal "$(cat "$T/mine")" ''
# a working directory that is gone, unreadable, or outside of the root
mkdir "$T/shut"
(
	run_in_deleted_folder
	"$SBX" run --box "$BOX" -- ./die exit 0 2>"$T/err"
)
(
	cd "$T/shut" || exit
	chmod 0 "$T/shut"
	status=0
	"$SBX" run -- /bin/true 2>"$T/err" || status=$?
	equal "$status" 3
)
# no arguments, an environment of rubbish
"$BOX/leaky" bare "$SBX" >"$T/out" 2>"$T/err" && exit 1
env -i $'A\tB=1' "=x" PATH= IFS=/ "$SBX" run --box "$BOX" --report "$T/report" --format json -- ./die exit 0 2>"$T/err"
report verdict=OK
