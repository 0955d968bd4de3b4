# Answers, other tests' inputs and the checker, read while compiling and carried into the program. All of it can be read
# by anybody on the host: only the compiler's box is in the way.
secret=sesame-$RANDOM$RANDOM
mkdir "$T/tests"
echo 1 >"$T/tests/1.in"
printf '"%s"\n' "$secret" >"$T/tests/1.ans"
cp "$T/tests/1.ans" "$T/answer.h"
chmod -R a+rX "$T"

# ce SOURCE...: does not compile, and nothing of the secret comes out.
ce() {
	judge --tests "$T/tests" --html "$T/page" "$@"
	equal "$(field 'r["verdict"], r["error"]')" "('CE', None)"
	if grep -qF "$secret" "$T/report" "$T/page" "$T/out" "$T/err"; then
		echo "the secret came out by $*"
		return 1
	fi
}

n=0
for path in "$T/tests/1.ans" ../tests/1.ans "../../../../../..$T/tests/1.ans" "/proc/self/root$T/tests/1.ans" "/proc/1/root$T/tests/1.ans" \
	"/proc/1/cwd/tests/1.ans" /judge/answer /dev/stdin; do
	# under emulation each of them takes seconds
	[ -z "${SBX_VM:-}" ] || [ "$n" -lt 2 ] || break
	n=$((n + 1))
	printf '#include <stdio.h>\nconst char a[] =\n#include "%s"\n;\nint main(void) { puts(a); }\n' "$path" >"$T/include.c"
	ce "$T/include.c"
	printf '#include <stdio.h>\nextern char a[];\n__asm__(".data\\n.globl a\\na:\\n.incbin \\"%s\\"\\n.byte 0\\n.text");\nint main(void) { puts(a); }\n' \
		"$path" >"$T/incbin.c"
	ce "$T/incbin.c"
done
if [ -z "${SBX_VM:-}" ] && [ -x /usr/bin/rustc ]; then
	printf 'fn main() { println!("{}", include_str!("%s")); }\n' "$T/tests/1.ans" >"$T/include.rs"
	ce "$T/include.rs"
	printf '#[path = "%s"]\nmod answer;\nfn main() {}\n' "$T/answer.h" >"$T/path.rs"
	ce "$T/path.rs"
fi

# perl runs what stands in BEGIN when it only looks for errors: all that it finds goes into the folder that the program
# will see
cat >"$T/begin.pl" <<-'END'
	BEGIN {
		open($out, ">", "/box/found") if $^C;
		for $way ("TESTS", "/tests", "/judge", "/run/sbx", "/run", "/tmp", "/proc/1/root") {
			$^C and print $out `ls -la $way 2>/dev/null; cat $way/* 2>/dev/null | head -c 100000`;
		}
		$^C and print $out `cat /etc/[a-z]* /dev/shm/* TESTS/* 2>/dev/null; cat /proc/self/environ /proc/self/mountinfo; ls -l /proc/self/fd`;
		close($out) if $out;
	}
	print "found: "; open($in, "<", "/box/found") and print -s $in, "\n", <$in>;
END
sed -i "s|TESTS|$T/tests|g" "$T/begin.pl"
judge --keep-output 1M --tests "$T/tests" "$T/begin.pl"
verdicts 'WA: WA'
equal "$(field 'r["tests"][0]["stdout"].startswith("found: ") and len(r["tests"][0]["stdout"]) > 100')" True
if grep -qF -e "$secret" -e "$T" <(field 'r["tests"][0]["stdout"].replace("TESTS", "").split("BEGIN")[0]'); then
	echo 'the secret, or a path of the host, was found'
	exit 1
fi
