# Names of sources that could be taken for options, lists, commands or lines.
mkdir "$T/tests"
: >"$T/tests/1.in"
echo fine >"$T/tests/1.ans"
cd "$T" || exit

# an option that were obeyed would leave its mark, or take the place of the program
names=('-o x.c' '@args.c' '-wrapper sh,-c,id.c' '--help.c' 'a b#c.c' $'new\nline.c' "it's \"\$(id)\` .c" '*.c')
[ -z "${SBX_VM:-}" ] || names=('-o x.c' $'new\nline.c')
for name in "${names[@]}"; do
	printf '#include <stdio.h>\nint main(void) { puts("fine"); }\n' >"./$name"
	judge --tests tests -t 20s -- "$name"
	verdicts 'AC: AC'
	rm "./$name"
done
for name in '-c x.sh' '-x.sh' 'a b#c.sh' $'new\nline.sh' "it's \$(id);reboot.sh" $'\e]0;x\a.sh'; do
	echo 'echo fine' >"./$name"
	judge --tests tests -- "$name"
	verdicts 'AC: AC'
	# no name is more than text on a terminal
	"$SBX" judge --tests tests -- "$name" >table 2>&1
	LC_ALL=C grep -aqP '[\x00-\x08\x0b-\x1f]' table && exit 1
	rm "./$name"
done
equal "$(ls -A)" $'err\nout\nreport\ntable\ntests'

# behind the program's name nothing is an option of sbx, and a name is never given to a shell
mkdir -m 755 "$T/job"
# shellcheck disable=SC2016 # it is a name
for name in '-o x' '--seccomp' 'a b#c' $'new\nline' '$(id)' ';id' '*'; do
	cp "$BOX/die" "$T/job/$name"
	JOB=$T/job box -- "./$name" exit 7
	verdict RE exit exit_code=7
	equal "$(cat "$T/out" "$T/err")" ''
	rm "$T/job/$name"
done
JOB=$BOX box -- ./die exit 7 --report /tmp/x --seccomp none
verdict RE exit exit_code=7 limits.seccomp.value=default
