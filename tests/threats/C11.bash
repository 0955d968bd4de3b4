# The stack's own limit is a signal, the memory's is MLE, whichever comes first; neither is more than was given.
box --mem 256M --stack 8M -- ./C11 deep
verdict RE signal signal_name=SIGSEGV 'memory_peak_bytes<=33554432'
box --mem 256M --stack 8M -- ./C11 array
verdict RE signal signal_name=SIGSEGV
for how in deep thread; do
	box --mem 32M --stack unlimited -- ./C11 "$how"
	verdict MLE memory 'memory_peak_bytes<=33554432' 'oom_kills>=1'
done
# by default the stack may be as large as the memory, of which something else is used too
box --mem 32M -- ./C11 deep
report verdict=MLE || report verdict=RE signal_name=SIGSEGV
report 'memory_peak_bytes<=33554432'
