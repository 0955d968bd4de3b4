# Names that do not exist are the kernel's to throw away, which it may be slow to do. All else is charged, and counted:
# by default an inode for each 4 KiB.
box --mem 24M --wall 120s --time 60s -- ./C25 names
report verdict=MLE 2>/dev/null || {
	verdict OK null
	printed 100000
}
report 'memory_peak_bytes<=25165824'
for how in inodes dirs symlinks links; do
	box --mem 128M --wall 120s --time 60s -- ./C25 "$how"
	verdict OK null 'memory_peak_bytes<=134217728'
	between 1001 16384 "$(cat "$T/out")"
	box --mem 8M --tmp 1G --wall 120s --time 60s -- ./C25 "$how"
	verdict MLE memory 'memory_peak_bytes<=8388608'
done
