# While boxes are built without end, processes with their very ids try to get hold of them. (An ordinary user's box has
# that user's own ids, who gains nothing by it.)
not_as_user "it takes on the ids of boxes, which only root may, and which an ordinary user has already"
: >"$T/go"
"$SBX" run --box "$BOX" --wall 100s --report "$T/other" -- ./stay children 1 >"$T/ready" 2>&1 &
other=$!
within 60 grep -q ready "$T/ready"
"$BOX/B8" "$SBX" "$T/go" >"$T/attack" 2>&1 &
attacker=$!
for _ in $(rounds 50); do
	box --tmpfs /a --tmpfs /b -- ./die exit 0
	report verdict=OK
done
rm "$T/go"
status=0
wait "$attacker" || status=$?
kill "$other"
wait "$other" || :
# a line of what worked may be of a program that had just been executed, so the status decides
cat "$T/attack"
equal "$status" 0
