try() {
	box "$@"
	report verdict=OK || { cat "$T/out"; exit 1; }
}
try -- ./A15
try --seccomp none -- ./A15 alone
# even where the caller mounts them, as long as it does not say rw; and where it does, there are no rights to go with it
try --bind /proc/sys:/p --bind /sys:/s -- ./A15 filtered /p /s
try --bind /proc/sys:/p --bind /sys:/s --seccomp none -- ./A15 nested /p /s
try --bind /proc/sys:/p:rw --bind /sys:/s:rw --seccomp none -- ./A15 alone /p /s
