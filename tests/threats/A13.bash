cp "$BOX/A13" "$T/job"
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
