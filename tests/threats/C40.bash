# The kernel says a line or two of a crash, but not of a thousand: it limits that by itself to ten in five seconds. Other
# boxes crash meanwhile, so only lines with this program's name are counted.
log() {
	if [ -n "$CALLER" ]; then cat "$T/log"; else dmesg; fi
}
lines() {
	log | grep -c 'C40\[' || :
}

before=$(lines) start=$SECONDS
box --time 60s --wall 120s -- ./C40 crash
verdict OK null
[ $(($(lines) - before)) -le $((20 * (2 + (SECONDS - start) / 5))) ]
no_processes
for profile in default none; do
	box --seccomp "$profile" -- ./C40 syslog
	verdict OK null
done
[ -z "$CALLER" ] || sleep 1
not grep sbx-threat <(log)
