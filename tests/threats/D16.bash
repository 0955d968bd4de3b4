# Megabytes of errors: the author gets the first 64 KiB, the judge keeps no more, and the report is still one object.
mkdir "$T/tests"
: >"$T/tests/1.in"

# cut_off SOURCE: CE, its words are cut, and the judge itself, whose peak is looked at while it works, stays small.
cut_off() {
	local now peak=0 pid
	rm -f "$T/report" "$T/page"
	"$SBX" judge --tests "$T/tests" --report "$T/report" --format json --html "$T/page" "$1" >"$T/out" 2>"$T/err" &
	pid=$!
	while now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
		peak=$now
		sleep 0.02
	done
	wait "$pid" || :
	equal "$(field 'r["verdict"], r["error"], r["compile"]["output_cut"]')" "('CE', None, True)"
	equal "$(field '65532 <= len(r["compile"]["output"].encode()) <= 65536')" True
	between 1 32767 "$peak" # KiB; 0 had been no look at all
	between 1 999999 "$(stat -c %s "$T/report")"
	between 1 999999 "$(stat -c %s "$T/page")"
}

cat >"$T/chatty.pl" <<-'END'
	BEGIN { print STDERR "error " x 10, "\n" for 1..40000; die "end" }
END
cut_off "$T/chatty.pl"
cat >"$T/markup.pl" <<-'END'
	BEGIN { for (1..1000) { print STDERR "<script>&\e]0;x\a" x 1000; print STDOUT "y" x 10000 } die "end" }
END
cut_off "$T/markup.pl"
if [ -z "${SBX_VM:-}" ]; then
	{
		echo 'int main(void) {'
		for i in $(seq 2000); do printf 'x%0400d;\n' "$i"; done
		echo '}'
	} >"$T/errors.c"
	cut_off "$T/errors.c"
	for i in $(seq 3000); do printf '#warning "%0500d"\n' "$i"; done >"$T/warnings.c"
	cut_off "$T/warnings.c"
	"$SBX" judge --tests "$T/tests" "$T/errors.c" >"$T/table" 2>&1 || :
	between 1 199999 "$(stat -c %s "$T/table")"
fi
