# Of root; of another user; with capabilities (DAC_OVERRIDE, KILL, SETUID); and of the id that init has outside, whichever slot the run gets: with
# that it could kill init, and so choose the verdict.
mkdir "$T/job"
cp "$BOX/F1" "$T/job"
privileged() {
	cp "$BOX/F1" "$T/job/priv-$1"
	chown "$2" "$T/job/priv-$1"
	chmod "$3" "$T/job/priv-$1"
}
privileged root 0:0 6755
privileged nobody nobody: 6755
privileged caps 0:0 755
python3 -IS -c 'import os, struct, sys
os.setxattr(sys.argv[1], "security.capability", struct.pack("<5I", 0x02000001, 1 << 1 | 1 << 5 | 1 << 7, 0, 0, 0))' "$T/job/priv-caps"

# the kernel does give it to who is not in a box
first=$(setpriv --reuid nobody --regid nogroup --clear-groups "$T/job/priv-root") || :
[[ $first == 'broke: '*uids* ]]
first=$(setpriv --reuid nobody --regid nogroup --clear-groups "$T/job/priv-caps") || :
[[ $first == 'broke: '* ]]

# the lowest slot that is free is taken, and each has two ids; the kernel looks at such a file only if it knows both its
# owner and its group
box --debug -- /bin/cat /proc/self/uid_map
slot=$(sed -n 's/.* ok  slot //p' "$T/err")
init=$(awk '$1 == 999 { print $2 }' "$T/out")
for i in $(seq 0 23); do
	owner=$((init + 2 * (i - slot)))
	privileged "init$i" "$owner:$owner" 6755
done

for how in '--box-mode ro' '--box-mode cow --mem 512M' '--box-mode rw' '--seccomp none'; do
	# shellcheck disable=SC2086
	JOB=$T/job box $how -- ./F1
	verdict OK null || { cat "$T/out"; exit 1; }
done
JOB=$BOX box --bind "$T/job:/more" -- ./F1 x /more
verdict OK null
JOB=$BOX box --bind "$T/job:/more:rw" --seccomp none -- ./F1 x /more
verdict OK null
