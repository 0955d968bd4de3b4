# The host's sockets: those that are usual, and two that are surely there.
# shellcheck source=tests/threats/network.bash
. "$ROOT/tests/threats/network.bash"
serve
export NOTIFY_SOCKET=$T/socket DBUS_SESSION_BUS_ADDRESS=unix:path=$T/socket SSH_AUTH_SOCK=$T/socket DOCKER_HOST=$T/socket DISPLAY=:0
for options in '' '--net loopback' '--seccomp none' '--seccomp compile' '--seccomp contest' '--box-mode cow'; do
	# shellcheck disable=SC2086 # words
	box $options -- ./E5 "$T/socket"
	report verdict=OK
done
not "$BOX/E5" "$T/socket" >"$T/out"
not_reached
