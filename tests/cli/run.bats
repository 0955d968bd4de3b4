#!/usr/bin/env bats
# sbx run: how it is called, what it prints, how it exits.

load common

setup_file() { common_setup_file; }
teardown_file() { assert_clean; }
setup() { cd "$BOX" && T=$BATS_TEST_TMPDIR; }

@test "the program's output comes out, and one line of report on stderr" {
	"$SBX" run -- /bin/echo hello >"$T/out" 2>"$T/err"
	printed hello
	one_line "$T/err" '^sbx: OK  cpu [0-9.]+ s  wall [0-9.]+ s  memory [0-9.]+ [KM]iB$'
}

@test "arguments reach the program as they are" {
	box -- /bin/sh -c 'printf "[%s]" "$@"' sh '' 'a b' "it's" '*' $'new\nline' --help
	printed $'[][a b][it\'s][*][new\nline][--help]'
	verdict OK null
}

@test "options after PROGRAM are the program's, also without --" {
	box /bin/echo --time 0
	printed '--time 0'
	verdict OK null
}

@test "a program without a slash is found along the PATH of the box" {
	box -- echo found
	printed found
	box --env PATH=/box -- out 3
	printed xxx
}

@test "exit 0: OK" {
	box -- ./die exit 0
	verdict OK null exit_code=0 signal=null signal_name=null killed_by=null error=null
}

@test "exit 1: another verdict" {
	box -- ./die exit 3
	verdict RE exit exit_code=3 signal=null
}

@test "exit 2: wrong usage, and one line that names the option" {
	run -2 "$SBX" run --time soon -- /bin/true
	equal "${#lines[@]}" 1
	[[ $output == *--time* ]]
}

@test "exit 3: the sandbox failed, and the report says at which stage" {
	box -- ./missing
	verdict IE error error.stage=exec error.errno=2 error.errno_name=ENOENT exit_code=null cpu_us=null
}

@test "no command, an unknown one, help, version" {
	run -2 "$SBX"
	[[ $output == usage:* ]]
	run -2 "$SBX" fly
	[[ $output == *'"fly"'* && ${#lines[@]} == 1 ]]
	run -0 "$SBX" --help
	[[ $output == usage:* ]]
	run -0 "$SBX" run --help
	[[ $output == 'usage: sbx run'* ]]
	run -0 "$SBX" --version
	[[ $output =~ ^sbx\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "every option of the issue is in the help" {
	"$SBX" run --help >"$T/out"
	for name in time wall mem pids stack fsize output open-files tmp cpus pin box box-mode bind tmpfs chdir env \
		clear-env stdin stdout stderr stderr-to-stdout net seccomp no-aslr report format require \
		allow-weaker dry-run debug passthrough; do
		grep -q -- "--$name" "$T/out" || { echo "--$name" && return 1; }
	done
}

@test "--report FILE: whole, and the old one is replaced" {
	echo old >"$T/report"
	"$SBX" run --report "$T/report" -- ./die exit 0 2>"$T/err"
	one_line "$T/report" '^sbx: OK '
	equal "$(cat "$T/err")" ''
	equal "$(stat -c %a "$T/report")" 644
}

@test "--report fd:N, which the program does not see" {
	"$SBX" run --report fd:7 --format json -- ./see fds 7>"$T/report" >"$T/out"
	report verdict=OK
	printed $'0 pipe r\n1 pipe w\n2 pipe w' || printed $'0 char r\n1 pipe w\n2 pipe w'
}

@test "--report -: behind the program's output" {
	"$SBX" run --report - -- /bin/echo first >"$T/out"
	equal "$(head -n 1 "$T/out")" first
	[[ $(sed -n 2p "$T/out") == 'sbx: OK '* ]]
	equal "$(wc -l <"$T/out")" 2
}

@test "text: each verdict with its proof, readable at a glance" {
	text() {
		"$SBX" run --report "$T/report" "$@" >/dev/null 2>&1 || true
		cat "$T/report"
	}
	text -- ./die exit 3 | grep -Eq '^sbx: RE \(exit 3\)  cpu '
	text -- ./die segv | grep -Eq '^sbx: RE \(signal SIGSEGV\)  cpu '
	text --time 50ms -- ./burn | grep -Eq '^sbx: TLE \(cpu\)  cpu 0\.[0-9]+ s of 0\.050 s  wall '
	text --wall 50ms -- ./stay | grep -Eq '^sbx: TLE \(wall\)  cpu .*  wall [0-9]\.[0-9]+ s of 0\.050 s  memory '
	text --mem 16M -- ./mem touch 32 | grep -Eq '^sbx: MLE  cpu .*  memory 16.* of 16 MiB, [0-9]+ OOM kills?$'
	text --output 10 -- ./out 11 | grep -Eq '^sbx: OLE \(output over 10 B\)  cpu '
	text -- ./call ptrace | grep -Eq '^sbx: SV \(ptrace\)  cpu '
	text --seccomp none -- ./die exit 0 | grep -Eq '^sbx: OK .*  not enforced: seccomp$'
	text -- ./missing | grep -Eq '^sbx: IE \(exec: No such file or directory\) .*\./missing'
}

@test "json: every field of the schema is there, null where nothing is known" {
	box -- ./burn self 30
	verdict OK null schema=sbx.run/1
	for field in verdict reason exit_code signal signal_name killed_by cpu_us user_us system_us wall_us \
		memory_peak_bytes memory.anonymous memory.file memory.shared memory.kernel oom_kills pids_peak \
		stdout_bytes stderr_bytes denied_syscall limits.time.value limits.time.mechanism limits.time.hit \
		limits.wall limits.memory limits.swap limits.pids limits.stack limits.fsize limits.output \
		limits.open-files limits.tmp limits.cpus limits.pin limits.seccomp noise.throttled_us \
		noise.cpu_pressure_us noise.steal_us noise.involuntary_switches host.kernel host.cgroup_version \
		setup_us teardown_us error; do
		report "$field" >/dev/null || { echo "$field" && return 1; }
	done
	report 'cpu_us>=30000' 'wall_us>=1' 'memory_peak_bytes>=4096' oom_kills=0 'pids_peak>=1' stdout_bytes=0 \
		denied_syscall=null "host.cgroup_version=$(cgroup_version)" "host.kernel=$(uname -r)" 'setup_us>=1'
}

@test "json: the mechanism that holds each limit is named" {
	box -- ./die exit 0
	if [ "$(cgroup_version)" = 2 ]; then
		report 'limits.memory.mechanism=cgroup-v2 memory.max' 'limits.pids.mechanism=cgroup-v2 pids.max' \
			'limits.swap.mechanism=cgroup-v2 memory.swap.max'
	else
		report 'limits.memory.mechanism=cgroup-v1 memory.limit_in_bytes' \
			'limits.pids.mechanism=cgroup-v1 pids.max'
	fi
	report limits.time.value=10000000 limits.wall.value=21000000 limits.memory.value=268435456 \
		limits.pids.value=64 limits.stack.value=268435456 limits.fsize.value=67108864 \
		limits.output.value=67108864 limits.open-files.value=256 limits.tmp.value=67108864 \
		limits.cpus.value=null limits.cpus.mechanism=none limits.seccomp.value=default
	# with a network it is not held for what lies in sockets, but where none can be made
	mechanism=$(report limits.memory.mechanism)
	box --net loopback -- ./die exit 0
	report "limits.memory.mechanism=$mechanism, not for TCP and UDP"
	box --net loopback --seccomp contest -- ./die exit 0
	report "limits.memory.mechanism=$mechanism"
}

@test "json: bytes of stdout and stderr are counted exactly" {
	box -- ./out 100001 77
	verdict OK null stdout_bytes=100001 stderr_bytes=77
	equal "$(wc -c <"$T/out") $(wc -c <"$T/err")" '100001 77'
}

@test "json: user and system time add up to the CPU time" {
	box -- ./burn self 200
	verdict OK null 'cpu_us>=200000'
	equal "$(($(report user_us) + $(report system_us)))" "$(report cpu_us)"
}

@test "--wall defaults to twice the time and a second" {
	box --time 1.5 -- ./die exit 0
	report limits.time.value=1500000 limits.wall.value=4000000
	box --time unlimited -- ./die exit 0
	verdict OK null limits.time.value=null limits.wall.value=null limits.time.mechanism=none
}

@test "--stack defaults to the memory limit" {
	box --mem 32M -- ./see stack
	printed 33554432
}

@test "sizes and durations with units and fractions" {
	box --mem 0.5G --time 1500ms --wall 0.1m --output 1k --fsize 2M --tmp 1.5M -- ./die exit 0
	verdict OK null limits.memory.value=536870912 limits.time.value=1500000 limits.wall.value=6000000 \
		limits.output.value=1024 limits.fsize.value=2097152 limits.tmp.value=1572864
}

@test "--passthrough: the program's status, 124 on a limit, 128 + signal" {
	run -0 --separate-stderr "$SBX" run --passthrough -- ./die exit 0
	run -42 --separate-stderr "$SBX" run --passthrough -- ./die exit 42
	run -139 --separate-stderr "$SBX" run --passthrough -- ./die segv
	run -124 --separate-stderr "$SBX" run --passthrough --time 50ms -- ./burn
	run -124 --separate-stderr "$SBX" run --passthrough --wall 50ms -- ./stay
	run -124 --separate-stderr "$SBX" run --passthrough --mem 16M -- ./mem touch 32
	run -3 --separate-stderr "$SBX" run --passthrough -- ./missing
}

@test "--dry-run: the whole plan, and nothing is run or made" {
	"$SBX" run --dry-run --mem 16M --env A=1 --bind /etc:/host:maybe --tmpfs /x:1M --report "$T/report" -- \
		./die exit 3 >"$T/out" 2>"$T/err"
	equal "$(cat "$T/err")" ''
	[ ! -e "$T/report" ]
	for line in 'arg ./die' 'arg exit' 'arg 3' 'env A=1' 'cwd /box' 'limit memory 16 MiB' 'network none' \
		'mount bind /host from /etc ro maybe' 'mount tmpfs /x size 1 MiB rw' 'seccomp default'; do
		grep -Fq "$line" "$T/out" || { echo "$line" && cat "$T/out" && return 1; }
	done
}

@test "--dry-run needs no root, and is the same twice" {
	"$SBX" run --dry-run -- ./x >"$T/root"
	setpriv --reuid 65534 --regid 65534 --clear-groups "$SBX" run --dry-run -- ./x >"$T/nobody"
	cmp "$T/root" "$T/nobody"
}

@test "--debug: each step with its time" {
	"$SBX" run --debug --report "$T/report" -- ./die exit 0 2>"$T/err"
	for stage in slot cgroup namespaces ids sources spawn root mount pivot network lockdown enter session fds \
		rlimits credentials chdir seccomp; do
		grep -Eq "^sbx: debug: $stage +[0-9]+ us  ok" "$T/err" || { echo "$stage" && return 1; }
	done
	run ! grep -v '^sbx: debug: ' "$T/err"
}

@test "--debug: the step that failed is shown too" {
	run -3 "$SBX" run --debug -- ./missing
	[[ $output == *'sbx: debug: exec'* ]]
}

@test "--require and --allow-weaker take lists, and the later wins" {
	box --allow-weaker memory,pids --allow-weaker all --require all -- ./die exit 0
	verdict OK null limits.memory.hit=false
}
