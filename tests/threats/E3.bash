# The metadata service of a cloud: here it is there, on the host.
# shellcheck source=tests/threats/network.bash
. "$ROOT/tests/threats/network.bash"
serve
before=$(packets)
for options in '' '--net loopback' '--net none --seccomp none' '--net loopback --seccomp none' '--seccomp interpreted'; do
	# shellcheck disable=SC2086 # words
	box $options -- ./E2 connect "$PORT" 169.254.169.254 169.254.170.2 fd00:ec2::254 ::ffff:169.254.169.254 100.100.100.200
	report verdict=OK
	# shellcheck disable=SC2086
	box $options -- ./E1 unreachable 169.254.169.254 80 169.254.170.2 80 100.100.100.200 80
	report verdict=OK
done
equal "$(packets)" "$before"
not_reached
