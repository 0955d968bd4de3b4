# Devices without end as a header: the compiler is stopped by its limits.
mkdir "$T/tests"
: >"$T/tests/1.in"
# with limits that are soon reached: the judge's own, of 30 s and 2 GiB, are the same for these boxes
mkdir -m 777 "$T/job"
for device in /dev/urandom /dev/zero /dev/random /dev/full; do
	printf '#include <%s>\n' "$device" >"$T/job/x.c"
	JOB=$T/job box --box-mode cow --seccomp compile --mem 64M --time 2 --wall 10 --output 1M -- /usr/bin/gcc -c x.c
	agrees
	equal "$(field 'r["verdict"] in ("MLE", "TLE")')" True
	report 'memory_peak_bytes<=67108864'
done

# by the judge, what has an end in its box
devices=(/dev/stdin /dev/tty /dev/null /dev/fd/3)
[ -z "${SBX_VM:-}" ] || devices=(/dev/stdin)
for device in "${devices[@]}"; do
	printf '#include <%s>\n#error end\nint main(void) {}\n' "$device" >"$T/device.c"
	judge --tests "$T/tests" "$T/device.c"
	equal "$(field 'r["verdict"], r["error"]')" "('CE', None)"
	report 'compile.run.memory_peak_bytes<=2147483648'
done
