# Through mounts that A12.root.bash has made of folders that anybody may write.
cp "$BOX/A12" "$T/job"
before=$(find "$T/job" "$T/open" -printf '%p %m %s %T@\n' | sort)

try() {
	JOB=$T/job box --bind "$T/open:/open" "$@"
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
