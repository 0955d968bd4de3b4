# Nothing means "no limit" but the word: not zero, not nothing, not a value that is forgotten.
for option in time wall mem stack fsize output tmp pids open-files cpus; do
	for value in 0 '' -1 0.0 none max infinity; do
		status=0
		"$SBX" run --box "$BOX" "--$option" "$value" -- /bin/echo ran >"$T/out" 2>"$T/err" || status=$?
		equal "$status $(cat "$T/out")" '2 '
		one_line "$T/err" "^sbx: --$option"
	done
done
# without any option there are limits, and they hold
box -- ./die exit 0
report limits.time.value=10000000 limits.wall.value=21000000 limits.memory.value=268435456 limits.swap.value=0 limits.pids.value=64 \
	limits.stack.value=268435456 limits.fsize.value=67108864 limits.output.value=67108864 limits.open-files.value=256 \
	limits.tmp.value=67108864 limits.seccomp.value=default
equal "$(field '[n for n, l in r["limits"].items() if l["value"] is not None and l["mechanism"] == "none"]')" '[]'
box -- ./mem touch 300
verdict MLE memory
box -- ./forks count
printed '64 1'
box -- ./out 67108865
verdict OLE output
# one limit that is taken away takes no other with it
box --time unlimited -- ./die exit 0
report limits.time.value=null limits.wall.value=null limits.memory.value=268435456 limits.pids.value=64
box --mem unlimited --wall 300ms -- ./stay sleep
verdict TLE wall

# of a job, in each way to say it
mkdir "$T/tests" "$T/p" "$T/p/data" "$T/p/data/sample" "$T/p/data/secret"
cd "$T" || exit
: >tests/1.in
echo 'while :; do :; done' >loop.sh
for option in time wall mem pids output; do
	for value in 0 '' -1; do
		judge "--$option" "$value" --tests tests loop.sh
		equal "$status" 2
		one_line err "--$option"
	done
done
for limits in '"time": 0' '"time": null' '"time": ""' '"time": "0s"' '"time": -1' '"time": "none"' '"memory": 0' '"memory": null' '"memory": ""' \
	'"pids": 0' '"pids": -1' '"output": 0' '"wall": 0' '"wall": false' '"memory": 1e999' '"time": 18446744073709551616' '"tiem": 1' \
	'"time": 1, "time": 2'; do
	for where in "\"limits\": {$limits}, \"tests\": [{}]" "\"tests\": [{\"limits\": {$limits}}]"; do
		echo "{\"files\": [{\"path\": \"loop.sh\"}], $where}" >job.json
		judge --job job.json
		equal "$status" 2
		one_line err 'job\.json'
	done
done
echo '{"files": [{"path": "loop.sh"}], "limits": {}, "tests": [{"limits": {}}]}' >job.json
sed 's/"limits": {}, //; s/"limits": {}/"name": "a"/' job.json >bare.json
echo 'exit 0' >loop.sh
for job in job.json bare.json; do
	judge --job "$job"
	equal "$(field '[l["value"] for n, l in r["tests"][0]["run"]["limits"].items() if n in ("time", "wall", "memory", "output")]')" \
		'[10000000, 21000000, 268435456, 67108864]'
	equal "$(field 'r["tests"][0]["run"]["limits"]["pids"]["value"] is None')" False
done
# a package's time limit is not made up where it is missing
echo 1 | tee p/data/secret/1.in >p/data/secret/1.ans
printf 'name: x\nvalidation: default\n' >p/problem.yaml
judge --problem p loop.sh
equal "$status" 2
for limit in 0 -1 nan inf '' unlimited 1e999; do
	echo "$limit" >p/.timelimit
	judge --problem p loop.sh
	equal "$status" 2
done
rm p/.timelimit
for limit in 'memory: 0' 'memory: -1' 'output: 0' 'memory: unlimited' 'compilation_time: 0'; do
	printf 'name: x\nlimits:\n  %s\n' "$limit" >p/problem.yaml
	judge -t 1 --problem p loop.sh
	equal "$status" 2
done
