# A full disk, in a mount namespace of our own: a report is there whole or not at all, and the old one stays.
own_mounts
mkdir "$T/full" "$T/tests"
chown "${CALLER:-0}" "$T/full"
: >"$T/tests/1.in"
# shellcheck disable=SC2028 # for tr
echo 'head -c 30000 /dev/zero | tr "\0" y' >"$T/long.sh"
fail() { echo "$*"; exit 1; }
# full SIZE INODES [BYTES]: a disk of this size, with an old report and so much beside it
full() {
	umount "$T/full" 2>/dev/null || :
	mount -t tmpfs -o "size=$1,nr_inodes=$2,uid=${CALLER:-0}" none "$T/full"
	echo old >"$T/full/report"
	head -c "${3:-0}" /dev/zero >"$T/full/rest" 2>/dev/null || :
	chown "${CALLER:-0}" "$T/full"/*
}
# whole: nothing but the old report is there
whole() {
	[ "$1" = 3 ] || fail "exit status $1"
	[ "$(cat "$T/full/report")" = old ] || fail "the report is $(head -c 100 "$T/full/report")"
	# shellcheck disable=SC2010 # the names are ours
	[ "$(ls -A "$T/full" | grep -vxE 'report|rest|out|html')" = '' ] || fail "left: $(ls -A "$T/full")"
	[ "$(wc -l <"$T/err")" -ge 1 ] || fail 'nothing was said'
}
for disk in '4k 8' '8k 3' '8k 8 100000' '64k 8 61440'; do
	# shellcheck disable=SC2086 # words
	full $disk
	status=0
	"${AS[@]}" "$SBX" run --box "$BOX" --report "$T/full/report" --format json -- ./die exit 0 2>"$T/err" || status=$?
	if [ "$disk" != '64k 8 61440' ] || [ "$status" != 0 ]; then whole "$status"; fi
done
# a report of which only the beginning has room
for rest in 61440 40960 20480; do
	full 64k 8 "$rest"
	status=0
	"${AS[@]}" "$SBX" judge --tests "$T/tests" --keep-output 1M --report "$T/full/report" --format json "$T/long.sh" 2>"$T/err" || status=$?
	if [ "$status" = 0 ]; then
		python3 -IS -c 'import json, sys; json.load(open(sys.argv[1]))' "$T/full/report" || fail 'half a report'
	else
		whole "$status"
	fi
	full 64k 8 "$rest"
	status=0
	"${AS[@]}" "$SBX" judge --tests "$T/tests" --keep-output 1M --report "$T/r" --html "$T/full/html" --format json "$T/long.sh" 2>"$T/err" || status=$?
	[ "$status" = 3 ] || tail -c 20 "$T/full/html" | grep -q '</html>' || fail 'half a page'
	[ "$status" = 0 ] || [ ! -e "$T/full/html" ] || fail 'a page of a judge that failed'
done
# an output's disk
full 8k 8 100000
status=0
"${AS[@]}" "$SBX" run --box "$BOX" --stdout "$T/full/out" --report "$T/r" -- ./out 100000 2>"$T/err" || status=$?
[ "$status" = 3 ] || fail "exit status $status with a full disk behind stdout"
grep -q '^sbx: IE (output' "$T/r" || fail "$(cat "$T/r")"
# read-only
full 64k 8
mount -o remount,ro "$T/full"
status=0
"${AS[@]}" "$SBX" run --box "$BOX" --report "$T/full/report" -- ./die exit 0 2>"$T/err" || status=$?
whole "$status"
umount "$T/full"
# a quota, as far as a limit of the size of files is one: it holds for what sbx writes, too, and kills nobody silently
echo old >"$T/full/report"
status=0
prlimit --fsize=100:100 "${AS[@]}" "$SBX" run --box "$BOX" --fsize 100B --report "$T/full/report" --format json -- ./die exit 0 2>"$T/err" || status=$?
whole "$status"
