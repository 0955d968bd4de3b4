mkdir -m 777 "$T/out-dir"
try() {
	box "$@"
	report verdict=OK || { cat "$T/out" "$T/err"; exit 1; }
}
try --bind "$T/out-dir:/out:rw,noexec" -- ./A20 /out noexec
try --bind "$T/out-dir:/out:rw,noexec" --seccomp none -- ./A20 /out noexec
try --bind "$T/out-dir:/out:rw,noexec" --seccomp none -- ./A20 /out nested
# where nobody asked for it, it can be executed
try --bind "$T/out-dir:/out:rw" -- ./A20 /out may
try -- ./A20 /tmp may

# what was left there is not executed by the next run either
box --bind "$T/out-dir:/out:noexec" -- /out/program x ran
report verdict=IE error.stage=exec error.errno_name=EACCES
box --bind "$T/out-dir:/out:noexec" -- /out/script
report verdict=IE error.stage=exec error.errno_name=EACCES
box --bind "$T/out-dir:/out" -- /out/script
report verdict=RE exit_code=33
