# On a host whose mounts are all shared, as systemd makes them: a namespace of this case's own.
mkdir -m 755 "$T/shared" "$T/shared/sub"
# shellcheck disable=SC2016 # for the shell in that namespace
cat >"$T/inner" <<'END'
set -eu
mount --make-rshared /
for how in plain nested; do
	cut -d ' ' -f 5- /proc/self/mountinfo | sort >"$T/before"
	rm -f "$T/report"
	"$SBX" run --box "$BOX" --bind "$T/shared:/shared" --seccomp none --wall 30s --report "$T/report" --format json -- ./A19 $how 2 >"$T/out" 2>"$T/err" &
	for _ in $(seq 400); do ! grep -q ready "$T/out" || break; sleep 0.05; done
	grep -q ready "$T/out" || { cat "$T/out" "$T/err"; exit 1; }
	# the box stands, and the host's mounts are as before
	cut -d ' ' -f 5- /proc/self/mountinfo | sort >"$T/while"
	diff "$T/before" "$T/while"
	# one that comes now is not seen in the box
	mount -t tmpfs none "$T/shared/sub"
	: >"$T/shared/sub/marker"
	wait $! || { cat "$T/out"; exit 1; }
	"$SUITE/report" "$T/report" verdict=OK
	umount "$T/shared/sub"
	cut -d ' ' -f 5- /proc/self/mountinfo | sort | diff "$T/before" -
done
# the launcher's own, of a job: nobody else sees its tmpfs, and it is gone with it
mkdir "$T/tests"
echo 1 | tee "$T/tests/1.in" >"$T/tests/1.ans"
echo 'import time; time.sleep(1); print(input())' >"$T/slow.py"
"$SBX" judge --time 20 --wall 60 --tests "$T/tests" -- "$T/slow.py" >"$T/out" 2>"$T/err" &
judge=$!
while kill -0 $judge 2>/dev/null; do
	cut -d ' ' -f 5- /proc/self/mountinfo | sort | diff "$T/before" -
	sleep 0.1
done
wait $judge || { cat "$T/out"; exit 1; }
END
export T SBX BOX SUITE
unshare -m --propagation private /bin/bash "$T/inner"
