#!/usr/bin/env bats
# sbx judge --reruns: times near the limit on a machine that is busy with something else, which each test here makes busy.

load common

setup_file() { common_setup_file; }
teardown_file() { assert_clean; }
setup() {
	[ -z "${SBX_VM:-}" ] || skip "the same on both versions of cgroups"
	T=$BATS_TEST_TMPDIR
	mkdir "$T/tests"
	cd "$T" || return
	busy=()
	# burns 380 ms of CPU time, then says what it was given
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
			} while (!is_quick && (word[0] == 'l' || now.tv_sec * 1000 + now.tv_nsec / 1000000 < 380));
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
		def due(run, limits):
		    noise, cpu, wall = run["noise"], run["cpu_us"], run["wall_us"]
		    near = lambda us, limit: abs(us - limit["value"]) <= limit["value"] // 10
		    disturbed = above(noise["throttled_us"], wall // 100) or above(noise["cpu_pressure_us"], wall // 100) or \
		        above(noise["steal_us"], wall // 100 + 10000) or above(noise["involuntary_switches"], 10 + cpu // 20000)
		    waited = noise["involuntary_switches"] is None and noise["cpu_pressure_us"] is None and wall > cpu + cpu // 10
		    if run["verdict"] not in ("AC", "WA", "TLE"): return False
		    if near(cpu, limits["time"]): return disturbed or waited
		    return near(wall, limits["wall"]) and disturbed
		times = []
		for test in report["tests"]:
		    if test["verdict"] == "SKIP": continue
		    limits, runs = test["run"]["limits"], test["runs"]
		    if runs is None:
		        assert test["reruns"] == 0 and test["counted"] is None and (most == 0 or not due(test | test["run"] | {"verdict": test["verdict"]}, limits)), test
		        times.append(1)
		        continue
		    assert len(runs) == test["reruns"] + 1 <= most + 1, test
		    assert all(due(run, limits) for run in runs[:-1]), runs
		    is_last = not due(runs[-1], limits)
		    assert is_last or test["reruns"] == most, runs
		    counted = len(runs) - 1 if is_last else min(range(len(runs)), key=lambda i: (runs[i]["cpu_us"], i))
		    assert test["counted"] == counted, runs
		    assert all(test["run"][k] == runs[counted][k] for k in ("cpu_us", "wall_us", "noise")), test
		    assert test["verdict"] == runs[counted]["verdict"], test
		    times.append(len(runs))
		print(*times)
	E
}

@test "a time near the limit on a busy machine is taken again, a time far from it is not" {
	testcase 1 burn burn
	testcase 2 quick quick
	testcase 3 loop loop
	busy
	judge -t 400ms -w 60s --reruns 0 --tests tests burn.c
	equal "$(consistent 0)" '1 1 1'
	judge -t 400ms -w 60s --reruns 1 --events events --html page --tests tests burn.c
	idle
	verdicts 'TLE: AC AC TLE'
	equal "$(consistent 1)" '2 1 2'
	# put aside while others run, run again when they have ended, one after the other
	equal "$(python3 -c 'import json, sys
print(*[e["event"][5:] + e["test"] for e in map(json.loads, open("events")) if e["event"].startswith("test_")][-4:])')" \
		'started1 finished1 started3 finished3'
	equal "$(grep -c '"test_aside"' events)" 2
	equal "$(grep -c 'run 2 times</span></td></tr>$' page)" 2
	equal "$(grep -c '<caption>Run again, since' page)" 1
	equal "$(grep -c '<td>counts</td>' page)" 1
}

@test "the run that counts, the table, and a JSON job" {
	testcase 1 burn burn
	busy
	cat >job.json <<-'J'
		{"files": [{"path": "burn.c"}], "limits": {"time": "400ms", "wall": "60s"}, "reruns": 2,
		 "tests": [{"stdin": "burn", "answer": "burn"}, {"stdin": "burn", "answer": "other"}]}
	J
	judge --job job.json
	verdicts 'WA: AC WA'
	consistent 2
	consistent 2 | grep -Eq '^[23] [23]$'
	"$SBX" judge -t 400ms -w 60s --reruns 1 --tests tests burn.c >out
	grep -q '^1  *AC .*(run 2 times)$' out
}

@test "--stop-on-first-failure: what was put aside may still fail, and then decides" {
	testcase 1 loop loop
	testcase 2 quick other
	testcase 3 burn burn
	busy
	judge -j 2 -t 400ms -w 60s --reruns 1 --stop-on-first-failure --tests tests burn.c
	verdicts 'TLE: TLE SKIP SKIP'
	equal "$(consistent 1)" 2
	testcase 1 burn burn
	judge -j 2 -t 400ms -w 60s --reruns 1 --stop-on-first-failure --tests tests burn.c
	verdicts 'WA: AC WA SKIP'
	equal "$(consistent 1)" '2 1'
}

@test "a checker judges each run" {
	busy
	cat >check.sh <<-'E'
		cmp -s "$2" "$3"
	E
	cat >job.json <<-'J'
		{"files": [{"path": "burn.c"}], "limits": {"time": "400ms", "wall": "60s"}, "reruns": 1,
		 "checker": {"kind": "testlib", "files": [{"path": "check.sh"}]},
		 "tests": [{"stdin": "burn", "answer": "burn\n"}, {"stdin": "burn", "answer": "other"}]}
	J
	judge --job job.json
	verdicts 'WA: AC WA'
	equal "$(consistent 1)" '2 2'
}

@test "TERM while a test is run again" {
	testcase 1 loop loop
	busy
	"$SBX" judge -t 400ms -w 60s --reruns 10 --events events --format json --report report --tests tests burn.c 3>&- &
	local judge=$! status=0
	within 60 grep -q test_aside events
	kill "$judge"
	wait "$judge" || status=$?
	equal "$status" 3
	equal "$(field 'r["verdict"], r["interrupted"]')" "('IE', True)"
}
