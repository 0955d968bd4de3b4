# On a mount that is not nosuid, which /tmp often is. Of root; of another user; with capabilities (DAC_OVERRIDE, KILL, SETUID).
own_mounts
mkdir "$T/job"
mount -t tmpfs -o mode=755 none "$T/job"
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
first=$("${ORDINARY[@]}" "$T/job/priv-root") || :
[[ $first == 'broke: '*uids* ]]
first=$("${ORDINARY[@]}" "$T/job/priv-caps") || :
[[ $first == 'broke: '* ]]

[ -z "$CALLER" ] || chown "$CALLER" "$T/job"
