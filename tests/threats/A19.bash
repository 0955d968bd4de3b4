# After A19.root.bash, in whose namespace all mounts are shared: none of a judge's is seen there.
# the launcher's own, of a job: nobody else sees its tmpfs, and it is gone with it
mountinfo >"$T/mounts"
mkdir "$T/tests"
echo 1 | tee "$T/tests/1.in" >"$T/tests/1.ans"
echo 'import time; time.sleep(1); print(input())' >"$T/slow.py"
"$SBX" judge --time 20 --wall 60 --tests "$T/tests" -- "$T/slow.py" >"$T/out" 2>"$T/err" &
judge=$!
while kill -0 $judge 2>/dev/null; do
	mountinfo | diff "$T/mounts" -
	sleep 0.1
done
wait $judge || { cat "$T/out"; exit 1; }
