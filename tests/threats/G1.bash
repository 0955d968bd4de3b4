# In a terminal whose input is read after sbx has ended, by who called it.
in_terminal() {
	# shellcheck disable=SC2016 # for the other shell
	"$BOX/leaky" tty /bin/bash -c '"$@"; read -r -t 0.3 line; echo "read:$line."' bash "$@" | tr -d '\r' >"$T/screen"
}
for options in 'default EPERM' 'interpreted EPERM' 'jvm EPERM' 'compile EPERM' 'contest EPERM' 'none ENOTTY'; do
	# shellcheck disable=SC2086 # words
	set -- $options
	in_terminal "$SBX" run --box "$BOX" --report "$T/report" --format json --seccomp "$1" --bind /dev/pts:/pts -- ./G1 "$2" /pts
	report verdict=OK
	equal "$(cat "$T/screen")" read:.
done
# outside it would have been read
in_terminal "$BOX/G1" outside
grep -q 'read:typed' "$T/screen"
