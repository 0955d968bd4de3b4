# A caller whose streams are sockets, and servers of the host's that would take a descriptor.
# shellcheck source=tests/threats/network.bash
. "$ROOT/tests/threats/network.bash"
serve
for options in '' '--seccomp none' '--seccomp contest' '--net loopback'; do
	rm -f "$T/report"
	# shellcheck disable=SC2086 # words
	"$BOX/G8" caller "$SBX" run --box "$BOX" --report "$T/report" --format json $options -- ./G8 box @sbx-e "$T/socket" || :
	report verdict=OK
done
not_reached
# outside it would come
not "$BOX/G8" caller "$BOX/G8" box >"$T/out"
grep -q 'descriptors came' "$T/out"
