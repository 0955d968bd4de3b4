# A service of the host's that listens on all addresses, loopback among them: no box reaches it, whatever network it has.
# shellcheck source=tests/threats/network.bash
. "$ROOT/tests/threats/network.bash"
serve
before=$(packets)
for options in '' '--net loopback' '--net none --seccomp none' '--net loopback --seccomp none' '--seccomp interpreted' \
	'--seccomp jvm' '--seccomp compile' '--seccomp contest --net loopback'; do
	# shellcheck disable=SC2086 # words
	box $options -- ./E2 connect "$PORT" 127.0.0.1 127.0.0.53 127.1.2.3 0.0.0.0 ::1 :: ::ffff:127.0.0.1 "${HERE_V4[@]}" "${HERE_V6[@]}"
	report verdict=OK
done
equal "$(packets)" "$before"
not_reached
