# The input is a file that anybody may write, which belongs to the box's own user: only its mount protects it.
for owner in 0 "$BOX_ID"; do
	in=$T/in.$owner
	for options in '' '--seccomp none'; do
		echo original >"$in"
		# shellcheck disable=SC2086
		box $options --stdin "$in" -- ./D10
		verdict OK null
		# shellcheck disable=SC2086
		box $options -- ./D10 <"$in"
		verdict OK null
		# shellcheck disable=SC2086
		box $options -- ./D10 0<>"$in"
		verdict OK null
		equal "$(cat "$in") $(stat -c %a "$in")" 'original 666'
	done
done

# of a job: the checker reads input and answer after the program, from where no program can write
mkdir "$T/tests"
for i in 1 2; do
	echo original >"$T/tests/$i.in"
	echo right >"$T/tests/$i.ans"
done
cp "$T/tests/1.in" "$T/in"
chmod 666 "$T/tests"/*
cat >"$T/change.pl" <<-'END'
	for $path ("/proc/self/fd/0", "/dev/stdin", "/judge/input", "/judge/answer", "/judge/output", "$ENV{HOME}/input", "TESTS/1.in", "TESTS/1.ans") {
		for $how ("+<", ">", ">>") { if (open($file, $how, $path)) { print $file "evil\n" unless -p $file; close $file } }
		truncate($path, 0); unlink($path); rename($path, "/tmp/gone");
	}
	syswrite(STDIN, "evil\n");
	print "evil\n";
END
sed -i "s|TESTS|$T/tests|g" "$T/change.pl"
cat >"$T/check.sh" <<-'END'
	[ "$(cat "$1")" = original ] && [ "$(cat "$2")" = right ] || exit 1
	{ echo evil >"$1" || echo evil >"$2" || rm "$1" || mv "$2" "$1"; } 2>/dev/null && exit 1
	[ "$(cat "$1")" = original ] && [ "$(cat "$2")" = right ] || exit 1
	grep -qx right && exit 42
	echo compared >"$3/judgemessage.txt"
	exit 43
END
cat >"$T/job.json" <<-END
	{"files": [{"path": "change.pl"}], "checker": {"kind": "kattis", "files": [{"path": "check.sh"}]}, "tests": [
	 {"stdin_path": "tests/1.in", "answer_path": "tests/1.ans"}, {"stdin_path": "tests/2.in", "answer_path": "tests/2.ans"},
	 {"stdin": "original\n", "answer": "right\n"}]}
END
judge -j 1 --job "$T/job.json"
verdicts 'WA: WA WA WA'
equal "$(field '[t["checker"]["message"].strip() for t in r["tests"]]')" "['compared', 'compared', 'compared']"
equal "$(cat "$T"/tests/*.in "$T"/tests/*.ans | sort -u)" $'original\nright'
judge -j 1 --tests "$T/tests" "$T/change.pl"
verdicts 'WA: WA WA'
