# First links that lie there, then links that come and go while the launcher opens. Only root can write the target, and the
# launcher is root's: what it opened there it would change.
target=$CANARY/folder/file
unchanged() {
	[ ! -s "$target" ] && equal "$(cd "$CANARY" && find . | sort | paste -sd ' ')" '. ./folder ./folder/file ./public ./secret'
}
mkdir -m 777 "$T/rw"
box --bind "$T/rw:/rw:rw" -- ./A7 plant /rw "$target"
verdict OK null || { cat "$T/out"; exit 1; }

# option NAME PLACE: the launcher refuses it, writes nothing there, and the program is not run
option() {
	status=0
	"$SBX" run --box "$BOX" "$1" "$2" -- /bin/echo ran >"$T/out" 2>"$T/err" || status=$?
	[[ $status = [23] ]] && equal "$(cat "$T/out")" '' && unchanged
}
for name in out err in new self dir dir/file dir/new report/ ./out ../rw/out fd; do
	for opt in --stdin --stdout --stderr --report; do
		option "$opt" "$T/rw/$name"
	done
	option --box "$T/rw/$name"
	option --bind "$T/rw/$name:/x"
	option --seccomp "$T/rw/$name/"
done
echo 1 | tee "$T/1.in" >"$T/1.ans"
echo 'print(input())' >"$T/echo.py"
for opt in --report --html --events --transcript --compile-cache; do
	for place in "$T/rw/page" "$T/rw/new" "$T/rw/dir/page"; do
		status=0
		"$SBX" judge "$opt" "$place" --tests "$T" -- "$T/echo.py" >"$T/out" 2>"$T/err" || status=$?
		[ "$status" != 0 ]
		unchanged
	done
done

# in a race: another box exchanges them while launchers open
mkdir -m 777 "$T/race"
quietly() { "$SBX" run --box "$BOX" "$@" >/dev/null 2>&1; }
quietly --wall 20s --time 10s --bind "$T/race:/rw:rw" -- ./A7 flip /rw "$target" 8 &
flipper=$!
within 20 [ -e "$T/race/ready" ]
written=0 refused=0
for _ in $(rounds 60); do
	if quietly --stdout "$T/race/out" -- /bin/echo overwritten; then written=$((written + 1)); else refused=$((refused + 1)); fi
	quietly --stderr "$T/race/sub/file" --report "$T/race/sub/report" -- /bin/sh -c 'echo overwritten >&2' || :
	unchanged
	kill -0 "$flipper" 2>/dev/null || break
done
wait "$flipper" || :
unchanged
# both happened, or the race was none
echo "written $written refused $refused"
[ "$written" -gt 0 ]
[ "$refused" -gt 0 ]
