# With streams of every kind: files, pipes, /dev/null, a terminal.
call=("$BOX/G5" caller "$SBX" run --box "$BOX" --report "$T/report" --format json)
for options in '' '--seccomp none'; do
	# shellcheck disable=SC2206 # words
	now=("${call[@]}" $options -- ./G5 box)
	echo input >"$T/in"
	"${now[@]}" <"$T/in" >"$T/out" 2>"$T/err"
	report verdict=OK
	"${now[@]}" </dev/null >/dev/null 2>/dev/null
	report verdict=OK
	"${now[@]}" < <(echo input) > >(cat >"$T/out") 2> >(cat >"$T/err")
	report verdict=OK
	"$BOX/leaky" tty "${now[@]}" >"$T/out"
	report verdict=OK
done
# outside they are changed
not "$BOX/G5" caller "$BOX/G5" box <"$T/in" >"$T/out" 2>"$T/err"
grep -q 'broke: flags' "$T/err"
