mkdir -m 777 "$T/job" "$T/job/nodes"
cp "$BOX/A13" "$T/job"
mknod -m 666 "$T/job/nodes/null" c 1 3
mknod -m 666 "$T/job/nodes/zero" c 1 5
mknod -m 666 "$T/job/nodes/urandom" c 1 9
mknod -m 666 "$T/job/nodes/loop" b 7 1000
cp -a "$T/job/nodes" "$T/nodes"

try() {
	JOB=$T/job box --time 60s --wall 120s "$@"
	report verdict=OK || { cat "$T/out"; exit 1; }
}
try -- ./A13 filtered /box
try --bind "$T/nodes:/more" -- ./A13 filtered /box /more
try --bind "$T/nodes:/more:rw" --box-mode rw -- ./A13 filtered /box /more
try --bind "$T/nodes:/more:rw" --box-mode rw --seccomp none -- ./A13 alone /box /more
try --box-mode cow --seccomp none -- ./A13 alone /box
try --bind "$T/nodes:/more:rw" --box-mode rw --seccomp none -- ./A13 nested /box /more
equal "$(find "$T/job" "$T/nodes" -type c -o -type b | wc -l)" 8
