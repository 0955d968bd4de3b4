# A launcher whose session keyring has a key. Started through Python, so that no keyring of ours is touched.
with_key() {
	python3 -IS -c 'import ctypes, os, sys
libc = ctypes.CDLL(None)
KEYCTL, ADD_KEY, JOIN_SESSION_KEYRING, SESSION = 250, 248, 1, -3
key = -1
if libc.syscall(KEYCTL, JOIN_SESSION_KEYRING, None) >= 0:
    key = libc.syscall(ADD_KEY, b"user", b"threat", b"secret", 6, SESSION)
os.execv(sys.argv[1], [a.replace("KEY", str(key)) for a in sys.argv[1:]])' "$@"
}

for profile in default interpreted jvm compile contest; do
	for call in add_key request_key keyctl; do
		run_line "--seccomp $profile -- $call => verdict=SV denied_syscall=$call"
	done
done

# the caller has it, the program has not, even without a filter
if grep -qw keyring /proc/filesystems || [ -e /proc/keys ]; then
	with_key /bin/sh -c 'grep -q threat /proc/keys'
fi
with_key "$SBX" run --seccomp none --box "$BOX" --report "$T/report" --format json -- ./F7 all KEY >"$T/out" || cat "$T/out"
report verdict=OK
# keys go a while after who held them
keys_gone() { ! grep -q threat /proc/keys 2>/dev/null; }
within 20 keys_gone
