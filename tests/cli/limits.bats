#!/usr/bin/env bats
# Limits that do not end a run by themselves, but bound what the program can have.

load common

setup_file() { common_setup_file; }
teardown_file() { assert_clean; }
setup() { cd "$BOX" && T=$BATS_TEST_TMPDIR; }

@test "--fsize: up to the limit, not a byte more" {
	box --fsize 4096 -- /bin/sh -c 'head -c 4096 /dev/zero >/tmp/a && wc -c </tmp/a'
	verdict OK null limits.fsize.hit=false
	printed 4096
	box --fsize 4096 -- /bin/sh -c 'head -c 4097 /dev/zero >/tmp/a; wc -c </tmp/a'
	printed 4096
}

@test "--fsize does not touch stdout, which --output bounds" {
	box --fsize 1K -- ./out 100000
	verdict OK null stdout_bytes=100000
}

@test "--open-files: exactly so many" {
	box --open-files 20 -- ./see nofile
	printed 20
	box -- ./see nofile
	printed 256
}

@test "--open-files above the caller's soft limit" {
	ulimit -Sn 64
	box --open-files 200 -- ./see nofile
	printed 200
}

@test "--open-files 4 is enough for a program that opens nothing, 3 only without a filter" {
	box --open-files 4 -- ./die exit 0
	verdict OK null
	box --open-files 3 --seccomp none -- ./die exit 0
	verdict OK null
	status=0
	"$SBX" run --open-files 3 -- ./die exit 0 2>"$T/err" || status=$?
	equal "$status" 2
	one_line "$T/err" '^sbx: --open-files: '
}

@test "--tmp: its size bounds what can be written" {
	box --tmp 1M -- ./see space
	verdict OK null
	[ "$(cat "$T/out")" -ge 900 ]
	[ "$(cat "$T/out")" -le 1280 ]
}

@test "--tmp: its inodes bound how many files there can be" {
	box --tmp 16M,50 -- ./see inodes
	verdict OK null
	[ "$(cat "$T/out")" -ge 40 ]
	[ "$(cat "$T/out")" -le 120 ]
}

@test "--tmp: inodes are bounded even when nobody says so" {
	box --mem unlimited -- ./see inodes
	verdict OK null
	[ "$(cat "$T/out")" -le 70000 ]
}

@test "--tmp: /tmp and /dev/shm are empty in each run, and gone after it" {
	box -- /bin/sh -c 'ls -A /tmp /dev/shm; echo x >/tmp/a; echo x >/dev/shm/a'
	verdict OK null
	printed $'/dev/shm:\n\n/tmp:'
	box -- /bin/sh -c 'ls -A /tmp /dev/shm'
	printed $'/dev/shm:\n\n/tmp:'
}

@test "--stack: the main thread's" {
	box --stack 1M -- ./see stack
	printed 1048576
	box --stack 8M -- ./mem stack 4
	verdict OK null
	box --stack 8M -- ./mem stack 16
	verdict RE signal signal_name=SIGSEGV oom_kills=0
	box --stack unlimited -- ./see stack
	printed 18446744073709551615
}

@test "--pids: exactly so many processes" {
	box --pids 10 -- ./forks count
	verdict OK null pids_peak=10 limits.pids.hit=true
	printed '10 1'
	box --pids 10 -- ./forks exactly 10
	verdict OK null limits.pids.hit=false
}

@test "--pids: threads count too" {
	box --pids 10 -- ./forks threads
	verdict OK null pids_peak=10
	printed 10
}

@test "--pids 1: the program alone" {
	box --pids 1 -- ./die exit 0
	verdict OK null pids_peak=1
	box --pids 1 -- ./forks count
	printed '1 1'
}

@test "--pids: 64 unless said otherwise" {
	box -- ./forks count
	printed '64 1'
}

@test "--cpus: half a core" {
	box --cpus 0.5 -- ./burn self 300
	verdict OK null 'wall_us>=350000' limits.cpus.value=500
}

@test "--cpus is measured in thousandths, and small ones work" {
	box --cpus 0.01 --wall 60s -- ./die exit 0
	report limits.cpus.value=10
	[ "$(report verdict)" = OK ]
}

@test "--pin LIST: on these cores only" {
	box -- ./see cpus
	printed "$(nproc)"
	box --pin 0 -- ./see cpus
	verdict OK null limits.pin.value=0 limits.pin.mechanism!=none
	printed 1
}

@test "--pin auto: on one core" {
	box --pin auto -- ./see cpus
	verdict OK null limits.pin.value=auto limits.pin.mechanism!=none
	printed 1
}

@test "--pin: a core that this machine has not is an error of one line" {
	run -3 "$SBX" run --pin 4000 -- ./die exit 0
	equal "${#lines[@]}" 1
	[[ $output == *--pin* ]]
}

@test "--no-aslr: the same address each time; otherwise not" {
	address() { "$SBX" run "$@" -- ./see address 2>/dev/null; }
	equal "$(address --no-aslr)" "$(address --no-aslr)"
	for _ in 1 2 3; do address; done | sort -u >"$T/addresses"
	[ "$(wc -l <"$T/addresses")" -gt 1 ]
}

@test "unlimited, written out, for everything" {
	box --time unlimited --wall unlimited --mem unlimited --pids unlimited --stack unlimited --fsize unlimited \
		--output unlimited --open-files unlimited --tmp unlimited --cpus unlimited -- ./burn self 20
	verdict OK null
	for limit in time wall memory pids stack fsize output open-files tmp cpus; do
		report "limits.$limit.value=null" "limits.$limit.mechanism=none"
	done
}

@test "swap is never used" {
	box -- ./die exit 0
	report limits.swap.value=0
	box --mem 32M -- ./mem touch 64
	verdict MLE memory
}

@test "the limits of a run are its own: four at once, each with as many processes as it may have" {
	local pids=()
	for _ in 1 2 3 4; do
		"$SBX" run --pids 40 -- ./forks exactly 40 2>/dev/null &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
}

@test "no core is dumped" {
	box --box-mode cow -- /bin/sh -c './die segv; ls /box /tmp; ulimit -c'
	verdict OK null
	[[ $(cat "$T/out") != *core* && $(tail -n 1 "$T/out") == 0 ]]
}

@test "memory: what kind it was, seen near the peak" {
	box -- /usr/bin/python3 -c 'import time; x = bytearray(100 << 20); time.sleep(4)'
	verdict OK null 'memory.anonymous>=104857600' 'memory.anonymous<=120000000' 'memory.shared<=1000000'
	box --tmp 100M -- /bin/sh -c 'head -c 40M /dev/zero >/tmp/f; exec sleep 4'
	verdict OK null 'memory.shared>=41943040' 'memory.shared<=50000000' 'memory.anonymous<=20000000'
}

@test "memory v2: the kernel's own share is told" {
	only_on_v2
	box -- /bin/sh -c './mem touch 1; exec sleep 4' # a run that nobody looked at has no kinds
	verdict OK null 'memory.kernel>=1'
}

@test "--mem: arguments count, and a limit below them is the program's to pay for" {
	head -c 120000 /dev/zero | tr '\0' x >"$T/long"
	local words=() word
	word=$(cat "$T/long")
	for _ in $(seq 13); do words+=("$word"); done
	# at the edge of sharing the launcher's memory, and just below it
	for limit in 16M 16777215; do
		box --mem "$limit" -- ./die exit 0 "${words[@]}"
		verdict OK null
	done
	for limit in 1 64K 1M; do
		box --mem "$limit" --stack 64M -- ./die exit 0 "${words[@]}"
		verdict MLE memory killed_by=memory cpu_us=null wall_us=null setup_us=null
	done
	box --mem 1M -- ./die exit 0 "${words[@]}"
	report verdict=IE error.stage=exec error.errno_name=E2BIG
	report error.message | grep -q -- --stack
	"$SBX" run --mem 1 -- ./die exit 0 2>"$T/err" || status=$?
	one_line "$T/err" '^sbx: MLE  cpu unknown  wall unknown  memory unknown of 1 B$'
}

@test "--mem: the buffers of sockets count" {
	box --net loopback --mem 32M --time 60s --wall 120s -- ./socks 40
	case $(cgroup_version) in
	1)
		verdict OK null
		[ "$(cat "$T/out")" -le 16 ]
		;;
	2) verdict MLE memory || [ "$(cat "$T/out")" -le 32 ] ;;
	esac
}

@test "cgroup v1: a box takes its share of the cores as one, however many processes it has" {
	only_on_v1
	"$SBX" run --wall 60s -- ./stay children 4 >"$T/ready" 2>/dev/null &
	within 30 grep -q ready "$T/ready"
	members=$(cat /sys/fs/cgroup/cpu/sbx/run-*/tasks | wc -l)
	kill $!
	wait $! || true
	[ "$members" -ge 5 ]
}
