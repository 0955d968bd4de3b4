# Another box exchanges the folder that is to be mounted, the place where, and what lies on the way to them, for links,
# while boxes are built: what is mounted is the caller's folder or nothing is, and where it is mounted is in the box.
mkdir -m 777 "$T/rw"
mkdir "$T/mine"
echo mine >"$T/mine/marker"
# A7 exchanges sub, a folder, and sublink, a link to the canaries' folder
"$SBX" run --box "$BOX" --bind "$T/rw:/rw:rw" --wall 25s --time 12s -- ./A7 flip /rw "$CANARY/secret" 10 >/dev/null 2>&1 &
flipper=$!
within 20 [ -e "$T/rw/ready" ]
ran=0 refused=0

# one ARGS...: the run is well, or refused by name before anything ran
one() {
	rm -f "$T/report"
	"$SBX" run --report "$T/report" --format json "$@" >"$T/out" 2>"$T/err" || :
	if report verdict=OK 2>/dev/null; then
		ran=$((ran + 1))
	else
		refused=$((refused + 1))
		report verdict=IE stdout_bytes=0 || { cat "$T/out"; exit 1; }
	fi
}

for _ in $(rounds 40); do
	# as a source: what is there is the flipper's own folder, in which there is neither
	one --box "$BOX" --bind "$T/rw/sub:/x" -- /bin/sh -c '! ls /x/secret 2>/dev/null'
	one --box "$T/rw/sub" -- /bin/sh -c '! ls /box/secret 2>/dev/null'
	# as a target, and on the way to one: in the box's own view a link to the canaries leads nowhere
	one --box "$BOX" --bind "$T/rw:/rw:rw" --bind "$T/mine:/rw/sub" -- /bin/true
	one --box "$BOX" --bind "$T/rw:/rw:rw" --bind "$T/mine:/rw/sub/deep/er" --bind "$T/mine:/certain" -- ./A10 /certain
	equal "$(ls -A "$CANARY")" $'folder\npublic\nsecret'
	equal "$(ls -A "$CANARY/folder")" file
	kill -0 "$flipper" 2>/dev/null || break
done
echo "ran $ran refused $refused"
kill "$flipper" 2>/dev/null || :
wait "$flipper" || :
# both happened, or the race was none
[ "$ran" -gt 0 ]
[ "$refused" -gt 0 ]
# the checks can fail
box --bind "$CANARY:/x" -- ./A10 /x
report verdict=RE
