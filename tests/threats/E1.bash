# On a host that would answer, and that counts every packet.
# shellcheck source=tests/threats/network.bash
. "$ROOT/tests/threats/network.bash"
serve
before=$(packets)
for options in '' '--net loopback' '--seccomp interpreted' '--seccomp jvm' '--net none --seccomp none' '--net loopback --seccomp none'; do
	# shellcheck disable=SC2086 # words
	box $options -- ./E1 unreachable 192.0.2.1 "$PORT" 10.1.2.3 "$PORT" 1.1.1.1 53
	report verdict=OK
	# shellcheck disable=SC2086
	box $options -- ./E1 out
	report verdict=OK
	# shellcheck disable=SC2086
	box $options -- ./E2 connect "$PORT" "${HERE_V4[@]}" "${HERE_V6[@]}" 2606:4700::1111
	report verdict=OK
done
# names: no server is known, and no file says one
box -- /bin/sh -c 'cat /etc/resolv.conf; getent hosts example.org'
report verdict=RE
equal "$(cat "$T/out")" ''
equal "$(packets)" "$before"
not_reached
