# Two that set up at once.
user=()
[ -z "$CALLER" ] || user=(--user "$CALLER")
for _ in $(rounds 5); do
	"$SBX" setup "${user[@]}" >/dev/null &
	"$SBX" setup "${user[@]}" >/dev/null
	wait $!
done
