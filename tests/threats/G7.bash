# What a program or a submission chooses comes to a terminal, a report or a page without control characters.
escape=$'\e]0;title\a\e[31m' newline=$'new\nline\rback' broken=$'\x80\xff\x9b1m\xc2\x9b\xe2\x80\xaeé'
# plain FILE...: keeps them, for all_plain to look at
plain() {
	cat "$@" >>"$T/all"
}
# No control characters, neither those of ASCII nor those from 0x80 on, in UTF-8 or as a byte of their own
all_plain() {
	python3 -IS -c 'import sys, unicodedata
text = open(sys.argv[1], "rb").read().decode(errors="surrogateescape")
bad = [i for i, c in enumerate(text) if (unicodedata.category(c) == "Cc" and c not in "\n\t") or "\udc80" <= c <= "\udc9f"]
if bad:
    sys.exit(repr(text[max(bad[0] - 200, 0):bad[0] + 200]))' "$T/all"
	: >"$T/all"
}
one() {
	plain "$1" && one_line "$1" '^sbx: |^\{'
}
mkdir "$T/job"
for name in "$escape" "$newline" "$broken" "a${escape}b${newline}c"; do
	cp "$BOX/die" "$T/job/$name"
	chmod -R a+rX "$T/job"
	for format in text json; do
		# its own name, a missing one's, one that is no program
		for program in "./$name" "./missing$name" "./$name/x"; do
			"$SBX" run --box "$T/job" --report "$T/$format" --format $format -- "$program" segv >"$T/out" 2>"$T/err" || :
			one "$T/$format"
			equal "$(cat "$T/out" "$T/err")" ''
		done
		# names in what is wrong with the call, and with the box
		for option in "--bind=/no$name:/x" "--stdin=$T/no$name" "--seccomp=$name" "--chdir=/no$name" "--time=$name" "--no$name"; do
			"$SBX" run --box "$T/job" --format $format "$option" -- ./die >"$T/out" 2>"$T/err" || :
			plain "$T/out" "$T/err"
			equal "$(wc -l <"$T/err")" 1
		done
	done
	python3 -IS -c 'import json, sys; json.load(open(sys.argv[1]))' "$T/json"
	all_plain
done

# an unfinished line of the program's own does not become a part of the report
"$SBX" run --box "$BOX" -- /bin/sh -c 'printf "sbx: OK  cpu 0 s"; exit 1' >"$T/both" 2>&1 || :
equal "$(sed -n 1p "$T/both")" 'sbx: OK  cpu 0 s'
sed -n 2p "$T/both" | grep -q '^sbx: RE (exit 1)'

# a submission: in its output, in its name, in what makes the compiler speak
mkdir "$T/tests"
echo >"$T/tests/1.in"
echo 8 >"$T/tests/1.ans"
cat >"$T/say.c" <<-'C'
	#include <stdio.h>
	int main(void)
	{
		fputs("\033[31m\033]0;title\a\r\x80\xff\nsbx: OK\n", stderr);
		return printf("\033[31m7\r\x9b" "1m\b\xff\n") < 0;
	}
C
printf '#error %s%s\nint main(void) { %s }\n' "$escape" "$broken" "$escape" >"$T/bad.c"
cp "$T/say.c" "$T/a${escape}.c"
for source in say.c bad.c "a${escape}.c"; do
	for options in '' '--format json' '--events events.jsonl' '--html page.html'; do
		# shellcheck disable=SC2086 # words
		(cd "$T" && "$SBX" judge $options --tests tests -- "$source") >"$T/out" 2>"$T/err" || :
		[ -s "$T/out" ] || [ -s "$T/err" ]
		case $options in
		# JSON is for programs: what the standard asks for, the controls of ASCII escaped
		'--format json') LC_ALL=C not grep -aP '[\x00-\x08\x0b-\x1f]' "$T/out" ;;
		*) plain "$T/out" "$T/err" ;;
		esac
	done
	LC_ALL=C not grep -aP '[\x00-\x08\x0b-\x1f]' "$T/events.jsonl"
	plain "$T/page.html"
	all_plain
done
