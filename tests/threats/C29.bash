# An OOM kill is MLE, on whomever, and whatever the program says then.
for how in child many vfork daemon; do
	box --mem 32M -- ./C29 "$how"
	verdict MLE memory 'oom_kills>=1' limits.memory.hit=true
done
# The kernel's kill and the parent's end are a race; the verdict is none.
for _ in $(rounds 40); do
	box --mem 8M -- ./mem child 64
	verdict MLE memory 'oom_kills>=1'
done
box --mem 8M -- ./mem child-wait 64
verdict MLE memory
