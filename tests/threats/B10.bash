# A crash is RE with its signal, and leaves no core, neither where the program may write nor anywhere else. A pattern
# that starts a process on the host does so for a box's crash, whatever its limits: not shown here, since it is a setting
# of the whole machine; that `sbx check` warns of one is, by B10.root.bash.
mkdir -m 777 "$T/job"
cp "$BOX/B10" "$T/job"
chmod -R a+rX "$T"
JOB=$T/job
for how in segv:SIGSEGV abort:SIGABRT bus:SIGBUS fpe:SIGFPE ill:SIGILL trap:SIGTRAP quit:SIGQUIT sys:SIGSYS xfsz:SIGXFSZ \
	threads:SIGSEGV; do
	box --box-mode rw -- ./B10 "${how%:*}"
	verdict RE signal "signal_name=${how#*:}" killed_by=null
done
box --box-mode rw --stack 1M -- ./B10 stack
verdict RE signal signal_name=SIGSEGV
box --box-mode rw -- ./B10 child
verdict OK null
equal "$(ls -A "$JOB")" B10
