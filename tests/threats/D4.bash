# Each signal that ends a program, sent by itself, is RE with its number; no limit is read out of it.
names=(KILL XCPU SYS SEGV XFSZ ALRM)
[ -n "${SBX_VM:-}" ] ||
	names+=(HUP INT QUIT ILL TRAP ABRT BUS FPE USR1 USR2 PIPE TERM STKFLT VTALRM PROF IO PWR RTMIN RTMAX)
for name in "${names[@]}"; do
	n=$(kill -l "$name")
	box -- ./D4 self "$n"
	verdict RE signal "signal=$n" exit_code=null killed_by=null oom_kills=0 denied_syscall=null limits.seccomp.hit=false \
		limits.time.hit=false limits.wall.hit=false limits.memory.hit=false
done
for name in KILL XCPU SYS; do
	n=$(kill -l "$name")
	for mode in child queue; do
		box -- ./D4 "$mode" "$n"
		verdict RE signal "signal=$n" killed_by=null oom_kills=0 denied_syscall=null
	done
done
# just below both limits: still not said to have reached them
box --mem 64M --time 20s --wall 100s -- ./D4 full 9
verdict RE signal signal=9 oom_kills=0 killed_by=null 'memory_peak_bytes>=50000000'
box --mem 64M --time 20s --wall 100s -- ./D4 full 24
verdict RE signal signal_name=SIGXCPU oom_kills=0 killed_by=null
# and the other way round: a limit that was reached cannot be made to look like a crash
box --mem 64M -- ./D4 hidden
report verdict=MLE reason=memory 'oom_kills>=1'
# SIGSTOP ends nothing: the clock does
box --wall 300ms -- ./die raise 19
verdict TLE wall killed_by=wall
