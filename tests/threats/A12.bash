# Folders that anybody may write, so that it is the mount alone that forbids it; one of them with a mount below it, which
# in a namespace of this case's own is there.
mkdir -m 777 "$T/job" "$T/open" "$T/open/below"
echo text | tee "$T/job/file" "$T/open/file" >/dev/null
chmod 666 "$T/job/file" "$T/open/file"
cp "$BOX/A12" "$T/job"
before=$(find "$T/job" "$T/open" -printf '%p %m %s %T@\n' | sort)

try() {
	rm -f "$T/report"
	# shellcheck disable=SC2016 # for the shell in that namespace
	unshare -m --propagation private /bin/sh -euc 'mount -t tmpfs -o mode=777 none "$1/below"; echo text >"$1/below/file"; chmod 666 "$1/below/file"; shift; exec "$@"' \
		sh "$T/open" "$SBX" run --box "$T/job" --bind "$T/open:/open" --report "$T/report" --format json "$@" >"$T/out" 2>"$T/err" || :
	report verdict=OK || { cat "$T/out" "$T/err"; exit 1; }
	equal "$(find "$T/job" "$T/open" -printf '%p %m %s %T@\n' | sort)" "$before"
}
try -- ./A12 filtered /box /open /open/below
try --box-mode cow -- ./A12 writable /open /open/below
try --seccomp none -- ./A12 alone /box /open /open/below
try --seccomp none -- ./A12 nested /box /open /open/below
# where it is mounted for writing it can be written
box --bind "$T/open:/open:rw" -- ./A12 filtered /open
report verdict=RE
