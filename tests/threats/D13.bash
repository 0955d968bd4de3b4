# Files of the host in a compiler's error text, of which an author gets to see the first 64 KiB.
mkdir "$T/tests"
: >"$T/tests/1.in"
echo 'hidden in plain sight' >"$T/plain"
paths=(/etc/shadow /etc/gshadow /etc/machine-id /etc/hostname /root/.bashrc "$T/plain" "$CANARY/public" "$CANARY/secret"
	"/proc/1/root$T/plain" /proc/self/mountinfo /proc/1/environ /proc/self/environ /proc/1/cmdline /proc/version /proc/cmdline
	/proc/cpuinfo /proc/kallsyms /sys/kernel/notes /run/sbx/host /var/lib/dpkg/status /dev/kmsg /dev/mem "../../../../..$T/plain")
[ -z "${SBX_VM:-}" ] || paths=("$T/plain" /etc/shadow /proc/self/mountinfo)
leaks=("$T" 'hidden in plain sight' /run/sbx /sys/fs/cgroup "$(hostname)" 'root:$' 'BEGIN PRIVATE'
	"$(sed -n 's/^root:\(....*\):.*/\1/p' /etc/shadow 2>/dev/null | cut -c 1-20)" "$(cat /etc/machine-id 2>/dev/null || :)" BOOT_IMAGE vmlinuz)

# no_leak PATH: the last judge's words, and what it says of the failure, hold nothing of the host.
no_leak() {
	equal "$(field 'r["verdict"], r["error"]')" "('CE', None)"
	field 'r["compile"]["output"]' >"$T/words"
	for text in "${leaks[@]}"; do
		[ "${#text}" -ge 6 ] || continue
		# the path itself is the author's own word
		if grep -F -- "$text" "$T/words" | grep -vF -- "$1" | grep .; then
			echo "\"$text\" is in the compiler's words of $1"
			return 1
		fi
	done
}

for path in "${paths[@]}"; do
	printf '#include "%s"\n#error end\nint main(void) {}\n' "$path" >"$T/leak.c"
	judge --tests "$T/tests" "$T/leak.c"
	no_leak "$path"
done
# as an argument of the assembler, as a linker script, and as a name in a language without an include
printf '__asm__(".include \\"%s\\"");\nint main(void) {}\n' "$T/plain" >"$T/leak.c"
judge --tests "$T/tests" "$T/leak.c"
no_leak "$T/plain"
printf '#pragma GCC dependency "%s"\n#error end\n' "$T/plain" >"$T/leak.c"
judge --tests "$T/tests" "$T/leak.c"
no_leak "$T/plain"
# perl can print what it likes as its error
cat >"$T/leak.pl" <<-'END'
	BEGIN { print STDERR `cat /proc/self/mountinfo /proc/1/mountinfo /proc/self/environ /proc/self/cgroup /proc/1/cmdline /etc/* /box/../* ; ls -la /proc/self/fd /proc/1 / /run /tmp /dev; hostname; id`; die "end" }
END
judge --tests "$T/tests" "$T/leak.pl"
no_leak 'nothing of the kind'
[ "$(wc -c <"$T/words")" -gt 500 ]
