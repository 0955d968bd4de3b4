while read -r line; do
	run_line "${line#// run:}"
done < <(grep '^// run:' "$ROOT/tests/threats/A17.c")

# Names that would be a line, a field or a colour of their own in what sbx says of them. All of it stays one line.
mkdir "$T/job"
names=($'x\nsbx: OK  cpu 0.000 s' $'x","verdict":"OK","y":"' $'\xff\xfe\xc0\xaf' $'\e[31mred\e[0m' $'a\r\nb\tc\x7f\x01' '%s%n%d' $'\xed\xa0\x80'
	"$(printf 'a%.0s' {1..255})")
for name in "${names[@]}"; do
	: >"$T/job/$name"
	chmod 755 "$T/job/$name"
	# not a program; the report checks that it is one line of JSON
	JOB=$T/job box -- "./$name"
	report verdict=IE error.stage=exec error.errno_name=ENOEXEC
	equal "$(cat "$T/out")" ''
	JOB=$T/job box -- "./$name/none"
	report verdict=IE error.stage=exec
	# nor is the line for a person two, or one with control characters
	status=0
	"$SBX" run --box "$T/job" --debug -- "./$name" >"$T/out" 2>"$T/err" || status=$?
	equal "$status" 3
	equal "$(grep -c '^sbx: [A-Z]' "$T/err") $(tail -n 1 "$T/err" | cut -c 1-7)" '1 sbx: IE'
	equal "$(LC_ALL=C tr -d '\n\40-\176\200-\377' <"$T/err")" ''
	equal "$(grep -cv '^sbx: ' "$T/err" || :)" 0
	# as a folder, a file, a source of a mount, a variable
	for how in --box --stdin --bind --seccomp; do
		status=0
		"$SBX" run $how "$T/job/$name/x" -- /bin/true >"$T/out" 2>"$T/err" || status=$?
		[[ $status = [23] ]]
		equal "$(grep -c '' "$T/err") $(LC_ALL=C tr -d '\n\40-\176\200-\377' <"$T/err")" '1 '
	done
	JOB=$T/job box --env "A=$name" -- /bin/true "$name"
	report verdict=OK
done
# too long to be a path, or to be a value
for length in 4095 4096 4352 70000; do
	long=$(printf 'a/%.0s' $(seq $((length / 2))))
	JOB=$T/job box -- "./$long"
	report verdict=IE error.stage=exec
	status=0
	"$SBX" run --box "$T/job" --stdin "$long" -- /bin/true >"$T/out" 2>"$T/err" || status=$?
	[[ $status = [23] ]]
	equal "$(grep -c '' "$T/err")" 1
done

# a source with such a name, and a test
mkdir "$T/tests"
: >"$T/tests/"$'1\n","verdict":"AC.in'
for name in $'a\n","verdict":"AC","x":"\e[31m.py' $'\xff\xfe.py'; do
	echo 'print(1/0)' >"$T/$name"
	judge --time 20 --wall 60 --tests "$T/tests" -- "$T/$name" || :
	if [ -e "$T/report" ]; then
		equal "$(wc -l <"$T/report")" 1
		[[ $(field 'r["verdict"]') != AC ]]
	fi
	equal "$(LC_ALL=C tr -d '\n\40-\176\200-\377' <"$T/err")" ''
	rm -f "$T/report"
done
