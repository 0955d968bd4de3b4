# The kernel gives each id 64 MiB of pipes, and then only small ones: memory's limit is below that.
for how in hold flight; do
	box --mem 32M --open-files 2000 -- ./C15 "$how"
	verdict MLE memory 'oom_kills>=1' 'memory_peak_bytes<=33554432'
	box --mem 256M -- ./C15 "$how"
	report 'memory_peak_bytes<=268435456' 'exit_code!=1'
done
box --mem 32M --open-files 2000 -- ./mem pipes 64
verdict MLE memory
