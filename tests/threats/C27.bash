# Each kind of namespace, alone and as an attacker needs them, with bits that the kernel does not look at too.
for profile in default contest; do
	for flags in 80 20000 2000000 4000000 8000000 10000000 20000000 40000000 50000000 7e020000; do
		box --seccomp "$profile" -- ./C27 unshare "$flags"
		verdict SV syscall denied_syscall=unshare
		# in clone the lowest bits are a signal's number, and CLONE_NEWTIME has none of its own
		[ "$flags" != 80 ] || continue
		box --seccomp "$profile" -- ./C27 clone "$flags"
		verdict SV syscall denied_syscall=clone
		box --seccomp "$profile" -- ./C27 clone "ffffffff$flags"
		verdict SV syscall denied_syscall=clone
	done
done
for profile in default interpreted jvm compile contest; do
	box --seccomp "$profile" -- ./C27 unshare 50000000
	verdict SV syscall denied_syscall=unshare
	box --seccomp "$profile" -- ./C27 clone 50000000
	verdict SV syscall denied_syscall=clone
	box --seccomp "$profile" -- ./C27 clone3
	verdict OK null
	box --seccomp "$profile" -- ./C27 setns
	verdict SV syscall denied_syscall=setns
	box --seccomp "$profile" -- ./C27 pidfd
	verdict SV syscall denied_syscall=setns
done
# Without a filter a user namespace can be had, which SECURITY.md says, but no other kind without it.
for flags in 20000 2000000 4000000 8000000 20000000 40000000; do
	box --seccomp none -- ./C27 unshare "$flags"
	verdict OK null
done
