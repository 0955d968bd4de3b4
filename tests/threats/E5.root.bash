# shellcheck source=tests/threats/network.bash
. "$ROOT/tests/threats/network.bash"
own_network
