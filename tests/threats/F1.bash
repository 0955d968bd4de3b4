# Those of F1.root.bash, and one of the id that init has outside, whichever slot the run gets: with that it could kill init,
# and so choose the verdict.
cp "$BOX/F1" "$T/job"
if [ -n "$CALLER" ]; then
	# init and the program have one id, the user's
	init=1000
	cp "$BOX/F1" "$T/job/priv-own"
	chmod 6755 "$T/job/priv-own"
else
	# the lowest slot that is free is taken, and each has two ids; the kernel looks at such a file only if it knows both
	# its owner and its group
	init=999
	box --debug -- /bin/cat /proc/self/uid_map
	slot=$(sed -n 's/.* ok  slot //p' "$T/err")
	first=$(awk '$1 == 999 { print $2 }' "$T/out")
	for i in $(seq 0 23); do
		owner=$((first + 2 * (i - slot)))
		cp "$BOX/F1" "$T/job/priv-init$i"
		chown "$owner:$owner" "$T/job/priv-init$i"
		chmod 6755 "$T/job/priv-init$i"
	done
fi
for how in '--box-mode ro' '--box-mode cow --mem 512M' '--box-mode rw' '--seccomp none'; do
	# shellcheck disable=SC2086
	JOB=$T/job box $how -- ./F1 $init /box
	verdict OK null || { cat "$T/out"; exit 1; }
done
JOB=$BOX box --bind "$T/job:/more" -- ./F1 $init /more
verdict OK null
JOB=$BOX box --bind "$T/job:/more:rw" --seccomp none -- ./F1 $init /more
verdict OK null
