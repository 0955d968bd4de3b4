# On a host whose mounts are all shared, as systemd makes them: a namespace of this case's own.
own_mounts
mkdir -m 755 "$T/shared" "$T/shared/sub"
mount --make-rshared /
for how in plain nested; do
	cut -d ' ' -f 5- /proc/self/mountinfo | sort >"$T/before"
	rm -f "$T/report"
	"${AS[@]}" "$SBX" run --box "$BOX" --bind "$T/shared:/shared" --seccomp none --wall 30s --report "$T/report" --format json -- ./A19 $how 2 >"$T/out" 2>"$T/err" &
	for _ in $(seq 400); do ! grep -q ready "$T/out" || break; sleep 0.05; done
	grep -q ready "$T/out" || { cat "$T/out" "$T/err"; exit 1; }
	# the box stands, and the host's mounts are as before
	cut -d ' ' -f 5- /proc/self/mountinfo | sort >"$T/while"
	diff "$T/before" "$T/while"
	# one that comes now is not seen in the box
	mount -t tmpfs none "$T/shared/sub"
	: >"$T/shared/sub/marker"
	wait $! || { cat "$T/out"; exit 1; }
	report verdict=OK
	umount "$T/shared/sub"
	cut -d ' ' -f 5- /proc/self/mountinfo | sort | diff "$T/before" -
done
