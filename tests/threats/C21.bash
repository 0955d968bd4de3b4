# Not tried with `--seccomp none`: the kernel counts inotify instances for the creator of a user namespace too, all boxes
# of a caller and the caller itself in one number, so only the filter holds here, as SECURITY.md says.
for profile in default interpreted jvm compile contest; do
	box --seccomp "$profile" -- ./C21
	verdict OK null
	box --seccomp "$profile" -- ./C21 fanotify
	verdict SV syscall denied_syscall=fanotify_init
done
