# For the cases about the network: a host of their own, whose only traffic is theirs.
# shellcheck shell=bash disable=SC2154

HERE_V4=(192.0.2.1 169.254.169.254 169.254.170.2 10.1.2.3)
HERE_V6=(2001:db8::1 fd00:ec2::254)

# For ID.root.bash: starts it again, in a network namespace in which all of these addresses are the host's.
own_network() {
	[ -n "${OWN_NETWORK:-}" ] || exec env OWN_NETWORK=1 unshare -n bash -eu "$ROOT/tests/threats/lib.bash"
	local addr
	ip link set lo up
	for addr in "${HERE_V4[@]}"; do ip addr add "$addr/32" dev lo; done
	for addr in "${HERE_V6[@]}"; do ip addr add "$addr/128" dev lo nodad; done
	ip route add default dev lo
}

# Starts a server on all of them, by TCP and UDP on $PORT and on the AF_UNIX sockets "\0sbx-e" and $T/socket. Whoever
# reaches it leaves a line in $T/hits.
serve() {
	PORT=5007
	"$BOX/E2" serve "$PORT" "$T/socket" >"$T/hits" 2>&1 &
	server=$!
	within 60 grep -q serving "$T/hits"
}

packets() {
	awk '/lo:/ { print $3, $11 }' /proc/net/dev
}

# Nobody has reached it, and could have.
not_reached() {
	equal "$(cat "$T/hits")" serving
	"$BOX/E2" connect "$PORT" 127.0.0.1 >/dev/null || :
	within 60 grep -q tcp "$T/hits"
	kill "$server"
	wait "$server" || :
}
