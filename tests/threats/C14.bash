# charged to the box, in a namespace of its own: nothing of it is left (which `run` compares)
for how in msg small sem; do
	box --mem 32M -- ./C14 "$how"
	report verdict=MLE || report verdict=OK
	report 'memory_peak_bytes<=33554432'
done
box --mem 32M -- ./C14 sem
verdict MLE memory 'oom_kills>=1'
box --mem 32M -- ./C14 msg
verdict MLE memory 'oom_kills>=1'
# POSIX queues are counted for each id, for all boxes together: none can be made
for profile in default interpreted jvm compile contest none; do
	box --seccomp "$profile" -- ./C14 mq
	verdict OK null
done
