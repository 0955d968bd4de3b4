#!/usr/bin/env bats
# Every verdict, with real programs, honest and not. Bounds on times are one-sided: a machine may be slow.

load common

setup_file() { common_setup_file; }
teardown_file() { assert_clean; }
setup() { cd "$BOX" && T=$BATS_TEST_TMPDIR; }

# ---- OK and RE ----

@test "OK: a program that stays below its limits" {
	box --time 20s --mem 64M -- ./mem touch 8
	verdict OK null exit_code=0 oom_kills=0 'memory_peak_bytes>=8388608' 'memory_peak_bytes<=12582912'
}

@test "RE: exits other than 0, 137 among them" {
	for code in 1 2 3 124 125 126 127 137 139 143 255; do
		box -- ./die exit "$code"
		verdict RE exit "exit_code=$code" signal=null killed_by=null oom_kills=0
	done
}

@test "RE: crashes, with the signal's name" {
	while read -r mode name; do
		box -- ./die "$mode"
		verdict RE signal "signal_name=$name" exit_code=null killed_by=null
	done <<-END
		segv SIGSEGV
		abort SIGABRT
		div SIGFPE
		trap SIGILL
	END
}

@test "RE: signals that a program sends itself are not limits" {
	for name in KILL XCPU SYS TERM INT HUP QUIT PIPE ALRM USR1 XFSZ; do
		box -- ./die raise "$(kill -l "$name")"
		verdict RE signal "signal_name=SIG$name" "signal=$(kill -l "$name")" killed_by=null denied_syscall=null
	done
}

@test "RE: a real-time signal has a name too" {
	box -- ./die raise 35
	verdict RE signal signal=35 signal_name=SIGRTMIN+1
}

@test "RE: killing its own process group reaches nobody else" {
	box -- ./die group
	verdict RE signal signal_name=SIGKILL
}

@test "OK: killing everybody, and pid 1, does nothing to the judge" {
	box -- ./die all
	verdict OK null
	box -- ./die init
	verdict OK null
}

@test "RE: the exit of another thread, after the main one has gone, is the program's" {
	box -- ./stay leader-exit
	verdict RE exit exit_code=7
}

@test "RE: a write behind the end of the largest file" {
	box --fsize 1M -- ./mem tmp 2
	verdict RE signal signal_name=SIGXFSZ limits.fsize.hit=true
}

# ---- TLE ----

@test "TLE cpu: a busy loop" {
	box --time 200ms -- ./burn
	verdict TLE cpu killed_by=cpu exit_code=null 'cpu_us>=200001' limits.time.hit=true limits.wall.hit=false
}

@test "TLE cpu: a loop that ignores every signal" {
	box --time 100ms -- ./burn catch
	verdict TLE cpu killed_by=cpu 'cpu_us>=100001'
}

@test "TLE cpu: a child burns under a parent that ignores SIGCHLD" {
	box --time 100ms --wall 60s -- ./burn ignored
	verdict TLE cpu killed_by=cpu 'cpu_us>=100001'
}

@test "TLE cpu: an orphan in a session of its own burns" {
	box --time 100ms --wall 60s -- ./burn orphan
	verdict TLE cpu killed_by=cpu 'cpu_us>=100001'
}

@test "TLE cpu: threads are added up" {
	box --time 200ms --wall 60s -- ./burn threads 4
	verdict TLE cpu killed_by=cpu 'cpu_us>=200001'
}

@test "TLE cpu: the main thread has gone, another burns" {
	box --time 100ms --wall 60s -- ./stay leader-burn
	verdict TLE cpu killed_by=cpu 'cpu_us>=100001'
}

@test "TLE cpu: stopped in time does not help: what was used is over" {
	box --time 20ms -- ./burn self 60
	verdict TLE cpu 'cpu_us>=20001'
}

@test "TLE cpu: burnt by a child that has ended before its parent" {
	box --time 50ms -- /bin/sh -c './burn self 100; true'
	verdict TLE cpu 'cpu_us>=50001'
}

@test "OK: just below the limit" {
	box --time 10s -- ./burn self 100
	verdict OK null 'cpu_us>=100000' 'cpu_us<=10000000'
}

@test "TLE wall: sleeping, reading what never comes, stopping itself" {
	mkfifo "$T/fifo"
	exec 9<>"$T/fifo"
	for mode in sleep read stop leader; do
		box --time 5s --wall 300ms -- ./stay "$mode" <&9
		verdict TLE wall killed_by=wall exit_code=null 'wall_us>=300000' 'cpu_us<=5000000' limits.wall.hit=true \
			limits.time.hit=false
	done
}

@test "TLE wall: the CPU rate is capped, the clock is not" {
	box --time 100s --wall 500ms --cpus 0.1 -- ./burn
	verdict TLE wall 'wall_us>=500000' 'noise.throttled_us>=1' limits.cpus.hit=true
}

@test "TLE wall: many children, all gone afterwards" {
	box --wall 4s --pids 300 -- ./stay children 256
	verdict TLE wall 'pids_peak>=100'
	within 5 no_processes
}

# ---- MLE ----

@test "MLE: more than it may have" {
	box --mem 32M -- ./mem touch 64
	verdict MLE memory 'oom_kills>=1' 'memory_peak_bytes>=33000000' 'memory_peak_bytes<=33554432' limits.memory.hit=true
}

@test "MLE: a child was killed, its parent exits 0" {
	box --mem 32M -- ./mem child 64
	verdict MLE memory 'oom_kills>=1'
}

@test "MLE: a child was killed, its parent waits for ever: no need to wait for the clock" {
	box --mem 32M --time unlimited --wall 120s -- ./mem child-wait 64
	verdict MLE memory 'oom_kills>=1' 'wall_us<=100000000'
}

@test "MLE: in a shell's child" {
	box --mem 32M -- /bin/sh -c './mem touch 64; exit 0'
	verdict MLE memory 'oom_kills>=1'
}

@test "MLE: files in /tmp and /dev/shm, and pipes, are memory" {
	box --mem 16M --tmp 64M -- ./mem tmp 32
	verdict MLE memory 'oom_kills>=1'
	box --mem 16M --tmp 64M -- ./mem shm 32
	verdict MLE memory 'oom_kills>=1'
	box --mem 8M -- ./mem pipes
	verdict MLE memory 'oom_kills>=1'
}

@test "MLE: a stack as large as the memory" {
	box --mem 32M -- ./mem stack 64
	report 'verdict!=OK' 'verdict!=TLE' 'verdict!=IE'
}

@test "MLE beats TLE: the memory ran out, and so did the time" {
	box --mem 32M --time 10ms --wall 60s -- ./mem child 1000
	if [ "$(report oom_kills)" = 0 ]; then verdict TLE cpu; else verdict MLE memory; fi
}

@test "MLE: the smallest limits are the program's failure, not the sandbox's" {
	for size in 1 4K 64K; do
		box --mem "$size" -- ./die exit 0
		verdict MLE memory
	done
}

@test "OK: memory that is asked for and not used does not count" {
	box --mem 32M -- ./mem reserve 1024
	verdict OK null 'memory_peak_bytes<=4194304'
}

@test "memory of a program that touches 100 MiB" {
	box --mem 256M -- ./mem touch 100
	verdict OK null 'memory_peak_bytes>=104857600' 'memory_peak_bytes<=106954752'
}

# ---- OLE ----

@test "OLE: one byte more than allowed; what fits comes out" {
	box --output 100000 -- ./out 100000
	verdict OK null stdout_bytes=100000 limits.output.hit=false
	box --output 100000 -- ./out 100001
	verdict OLE output killed_by=output stdout_bytes=100000 limits.output.hit=true
	equal "$(wc -c <"$T/out")" 100000
}

@test "OLE: stdout and stderr count together" {
	box --output 1000 -- ./out 600 400
	verdict OK null stdout_bytes=600 stderr_bytes=400
	box --output 1000 -- ./out 600 401
	verdict OLE output
	# the byte that is too much is the one read last, and both streams may wait to be read by then
	equal $(($(report stdout_bytes) + $(report stderr_bytes))) 1000
}

@test "OLE: byte by byte, and by a flood" {
	box --output 500 -- ./out 501 0 drip
	verdict OLE output stdout_bytes=500
	box --output 1M --time 60s -- ./out flood
	verdict OLE output stdout_bytes=1048576
}

@test "OLE: over the limit, then sleeping" {
	box --output 10 --wall 60s -- ./out 11 0 late
	verdict OLE output 'wall_us<=50000000'
}

@test "OLE: to a file as well" {
	box --output 1000 --stdout "$T/file" -- ./out 2000
	verdict OLE output
	equal "$(wc -c <"$T/file")" 1000
}

@test "OLE: reopening /dev/stdout does not get round it" {
	box --output 1000 -- /bin/sh -c 'for i in 1 2 3; do ./out 500 >/dev/stdout; done'
	verdict OLE output stdout_bytes=1000
}

# ---- SV ----

@test "SV: calls that kill are named" {
	for name in ptrace unshare mount bpf keyctl reboot; do
		box -- ./call "$name"
		verdict SV syscall killed_by=syscall "denied_syscall=$name" limits.seccomp.hit=true
		printed ''
	done
}

@test "SV: in a child whose parent would exit 0" {
	box -- ./call ptrace-child
	verdict SV syscall denied_syscall=ptrace
}

@test "SV: a 32-bit call by int 0x80" {
	local outside=0
	./call int80 >/dev/null 2>&1 || outside=$?
	box -- ./call int80
	printed ''
	if [ "$outside" != 0 ]; then
		report signal_name=SIGSEGV # this kernel has no 32-bit calls
	else
		report verdict=SV reason=syscall
		[[ $(report denied_syscall) == *getpid* ]]
	fi
}

@test "SV: an x32 call" {
	box -- ./call x32
	verdict SV syscall
	[[ $(report denied_syscall) == *getpid* ]]
	printed ''
}

@test "calls that are only refused: their errno" {
	while read -r name errno; do
		box -- ./call "$name"
		verdict OK null denied_syscall=null
		printed "$name: $errno"
	done <<-END
		clone3 ENOSYS
		unknown ENOSYS
		io_uring ENOSYS
		netlink EAFNOSUPPORT
	END
}

@test "a new user namespace by clone is refused" {
	box -- ./call clone-newuser
	[ "$(report verdict)" = SV ] || printed 'clone-newuser: EPERM'
}

@test "--seccomp none: no call is denied, and the report says that there is no filter" {
	box --seccomp none -- ./call ptrace
	verdict OK null limits.seccomp.mechanism=none limits.seccomp.value=none
	printed 'ptrace: ok'
}

@test "--seccomp FILE: a profile of the caller's own" {
	cat >"$T/own.json" <<-END
		{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
		 "syscalls": [{"names": ["getpid"], "action": "SCMP_ACT_KILL_PROCESS"}]}
	END
	box --seccomp "$T/own.json" -- ./die raise 10
	verdict SV syscall denied_syscall=getpid "limits.seccomp.value=$T/own.json"
}

# ---- who outlives whom ----

@test "OK: a daemon left behind does not outlive the run, nor hold it up" {
	box --wall 60s -- ./stay daemon
	verdict OK null 'wall_us<=50000000'
	within 5 no_processes
	box --wall 60s -- ./stay daemon-output
	verdict OK null 'wall_us<=50000000'
	within 5 no_processes
}

@test "a fork bomb ends by a limit, and wholly" {
	box --time 2s --wall 20s --pids 32 -- ./forks bomb
	report 'verdict=TLE' limits.pids.hit=true 'pids_peak<=32'
	within 5 no_processes
}

@test "a fork bomb in a shell" {
	box --time 3s --wall 20s --pids 16 -- /bin/sh -c 'f() { f | f & }; f; sleep 100'
	report 'verdict!=IE' 'verdict!=SV' limits.pids.hit=true
}

@test "the verdict agrees with the numbers, whatever the limit" {
	for us in 1000 2000 3000 5000 8000; do
		box --time "${us}us" -- ./burn self 4
		if [ "$(report cpu_us)" -gt "$us" ]; then verdict TLE cpu; else verdict OK null; fi
	done
}

@test "a setuid program gains nothing" {
	box -- /bin/su -c id
	[ "$(report verdict)" = RE ]
}
