# While another box of ours runs, with a canary in its environment, its arguments and its folder.
"$SBX" run --box "$BOX" --report "$T/other" --format json --wall 100s --env CANARY=canary-of-another -- \
	./stay children 2 canary-of-another >"$T/ready" 2>/dev/null &
other=$!
within 60 grep -q ready "$T/ready"
for options in '' '--seccomp none' '--seccomp interpreted'; do
	# shellcheck disable=SC2086 # words
	box $options -- ./B4
	verdict OK null
done
kill "$other"
wait "$other" || :
