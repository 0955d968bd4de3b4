# i386: getpid 20, mount 21, ptrace 26, chroot 61, reboot 88, init_module 128, unshare 310, bpf 357; what these numbers are to
# x86_64 the profiles allow for the most part (20 is writev).
for way in 64 32; do
	for call in 20:getpid 21:mount 26:ptrace 61:chroot 88:reboot 128:init_module 310:unshare 357:bpf 600:600; do
		run_line "-- $way ${call%:*} => verdict=SV denied_syscall=i386:${call#*:}"
	done
done
for profile in interpreted jvm compile contest; do
	run_line "--seccomp $profile -- 32 26 => verdict=SV denied_syscall=i386:ptrace"
done
# the program could do it, where the kernel has 32-bit calls at all and nobody stops them
for way in 64 32; do
	box --seccomp none -- ./F8 "$way" 20
	report verdict=RE
	grep -q 'call 20 of i386 gave' "$T/out" || report signal_name=SIGSEGV
done
