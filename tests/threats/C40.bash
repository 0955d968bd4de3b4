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
said=$(($(lines) - before))
# some there are, where they are asked for, or nothing would be seen here
between "$(cat /proc/sys/debug/exception-trace)" $((20 * (2 + (SECONDS - start) / 5))) "$said"
no_processes
for profile in default none; do
	box --seccomp "$profile" -- ./C40 syslog
	verdict OK null
done
[ -z "$CALLER" ] || sleep 1
log >"$T/lines"
not grep sbx-threat "$T/lines"
