# MLE, or the kernel said no before there was much more than the limit in them.
for how in pairs datagrams unaccepted; do
	box --mem 32M --open-files 4000 --time 60s --wall 120s -- ./C16 "$how"
	verdict MLE memory 'oom_kills>=1' 'memory_peak_bytes<=33554432' || {
		verdict OK null
		[ "$(cat "$T/out")" -le 45 ]
	}
done
box --mem 32M --open-files 4000 --time 60s --wall 120s -- ./C16 pairs
verdict MLE memory
# more is possible where the limit is higher: it was the limit that held
box --mem 128M --open-files 600 --time 60s --wall 120s -- ./C16 pairs
report verdict=MLE >/dev/null 2>&1 || {
	verdict OK null
	[ "$(cat "$T/out")" -gt 45 ]
}
# TCP, by a program that fills as many connections as the limit twice over; v1 counts them apart, up to a tenth of it
box --net loopback --mem 32M --time 60s --wall 120s -- ./socks 40
verdict MLE memory || {
	verdict OK null
	[ "$(cat "$T/out")" -le 32 ]
}
# and there is nobody to talk to without a network
box -- ./socks 1
verdict RE exit
