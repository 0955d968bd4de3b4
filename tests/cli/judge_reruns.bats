#!/usr/bin/env bats
# sbx judge --reruns: times near the limit on a machine that is busy with something else, which each test here makes busy.

load common
load tests

setup() {
	# of a program that was ended for its time, v1 tells nothing that shows a disturbance
	only_on_v2
	tests_folder
	busy=()
	# burns 1.9 s of CPU time, then says what it was given
	cat >burn.c <<-'C'
		#include <stdio.h>
		#include <time.h>
		int main(void)
		{
			struct timespec now;
			char word[16] = "";
			int is_quick = scanf("%15s", word) == 1 && word[0] == 'q';
			do {
				for (volatile int i = 0; i < 100000; i++)
					;
				clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
			} while (!is_quick && (word[0] == 'l' || now.tv_sec * 1000 + now.tv_nsec / 1000000 < 1900));
			puts(word);
		}
	C
}
teardown() {
	idle
}

# Two endless loops on each core.
busy() {
	local core
	for core in $(seq 0 $(($(nproc) - 1))); do
		for _ in 1 2; do
			taskset -c "$core" bash -c 'while :; do :; done' 3>&- &
			busy+=($!)
		done
	done
}
idle() {
	[ ${#busy[@]} = 0 ] || kill "${busy[@]}" 2>/dev/null || true
	busy=()
}

# testcase NAME WORD ANSWER: the word is what burn.c does, and prints: quick, loop, or another.
testcase() {
	echo "$2" >"tests/$1.in"
	echo "$3" >"tests/$1.ans"
}

# What the report says of reruns agrees with the facts that it gives itself; prints how often each test was run.
consistent() {
	python3 - "$T/report" "$1" <<-'E'
		import json, sys
		report, most = json.load(open(sys.argv[1])), int(sys.argv[2])
		def above(n, bound): return n is not None and n > bound
		def due(run, limits, alone):
		    noise, cpu, wall = run["noise"], run["cpu_us"], run["wall_us"]
		    near = lambda us, limit: abs(us - limit["value"]) <= limit["value"] // 10
		    disturbed = above(noise["steal_us"], wall // 100 + 10000) or alone and (
		        above(noise["cpu_pressure_us"], wall // 100) or above(noise["involuntary_switches"], 10 + cpu // 20000))
		    return run["verdict"] == "TLE" and (near(cpu, limits["time"]) or near(wall, limits["wall"])) and disturbed
		times = []
		for test in report["tests"]:
		    if test["verdict"] == "SKIP": continue
		    limits, runs, alone = test["run"]["limits"], test["runs"], test["run"]["pids_peak"] == 1
		    if runs is None:
		        assert test["reruns"] == 0 and test["counted"] is None and (most == 0 or not due(test | test["run"] | {"verdict": test["verdict"]}, limits, alone)), test
		        times.append(1)
		        continue
		    assert len(runs) == test["reruns"] + 1 <= most + 1, test
		    assert all(due(run, limits, alone) for run in runs[:-1]), runs
		    is_last = not due(runs[-1], limits, alone)
		    assert is_last or test["reruns"] == most, runs
		    counted = len(runs) - 1 if is_last else min(range(len(runs)), key=lambda i: (runs[i]["cpu_us"], i))
		    assert test["counted"] == counted, runs
		    assert all(test["run"][k] == runs[counted][k] for k in ("cpu_us", "wall_us", "noise")), test
		    assert test["verdict"] == runs[counted]["verdict"], test
		    times.append(len(runs))
		print(*times)
	E
}

@test "a program over time on a busy machine is run again, one that is right is not, nor one in its own way" {
	testcase 1 quick quick
	testcase 2 quick quick
	testcase 3 loop loop
	busy
	judge -t 2s -w 60s --reruns 0 --tests tests burn.c
	equal "$(consistent 0)" '1 1 1'
	judge -t 2s -w 60s --reruns 1 --events events --html page --tests tests burn.c
	verdicts 'TLE: AC AC TLE'
	equal "$(consistent 1)" '1 1 2'
	# put aside while others run, run again when they have ended
	equal "$(python3 -IS -c 'import json, sys
print(*[e["event"][5:] + e["test"] for e in map(json.loads, open("events")) if e["event"].startswith("test_")][-2:])')" \
		'started3 finished3'
	equal "$(grep -c '"test_aside"' events)" 1
	equal "$(grep -c 'run 2 times</span></td></tr>$' page)" 1
	equal "$(grep -c '<caption>Run again, since' page)" 1
	equal "$(grep -c '<td>counts</td>' page)" 1
	echo ':& while :; do :; done' >two.sh
	judge -t 2s -w 60s --reruns 1 --tests tests --stop-on-first-failure two.sh
	equal "$(consistent 1)" 1
}

@test "the run that counts, the table, and a JSON job" {
	not_in_vm
	testcase 1 loop loop
	busy
	cat >job.json <<-'J'
		{"files": [{"path": "burn.c"}], "limits": {"time": "2s", "wall": "60s"}, "reruns": 2,
		 "tests": [{"stdin": "loop"}, {"stdin": "quick", "answer": "other"}]}
	J
	judge --job job.json
	verdicts 'TLE: TLE WA'
	equal "$(consistent 2)" '3 1'
	"$SBX" judge -t 2s -w 60s --reruns 1 --tests tests burn.c >out || equal $? 1
	grep -q '^1  *TLE .*(run 2 times)$' out
}

@test "--stop-on-first-failure: what was put aside may still fail, and then decides" {
	not_in_vm
	testcase 1 loop loop
	testcase 2 quick other
	testcase 3 burn burn
	busy
	judge -j 2 -t 2s -w 60s --reruns 1 --stop-on-first-failure --tests tests burn.c
	verdicts 'TLE: TLE SKIP SKIP'
	equal "$(consistent 1)" 2
}

@test "TERM while a test is run again" {
	testcase 1 loop loop
	busy
	"$SBX" judge -t 2s -w 60s --reruns 10 --events events --format json --report report --tests tests burn.c 3>&- &
	local judge=$! status=0
	within 60 grep -q test_aside events
	kill "$judge"
	wait "$judge" || status=$?
	equal "$status" 3
	equal "$(field 'r["verdict"], r["interrupted"]')" "('IE', True)"
}
