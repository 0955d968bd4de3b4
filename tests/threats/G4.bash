# The caller's files only grow, by what was written and no more; what it reads goes on where it stood.
# shellcheck disable=SC2094 # on purpose
for options in '' '--seccomp none' '--seccomp compile' '--box-mode cow'; do
	printf 'input 1\ninput 2\n' >"$T/in"
	printf 'was there\n' >"$T/file"
	chmod 666 "$T/in" "$T/file"
	touch -d 2001-01-01 "$T/in"
	before=$(stat -c '%a %u %s %h %y %z' "$T/in")
	# shellcheck disable=SC2086 # words
	box_on_files() {
		"$SBX" run --box "$BOX" --report "$T/report" --format json $options -- ./G4
	}
	{
		box_on_files <&3 >&4 2>&4 || cat "$T/file"
		read -r line <&3 || [ -n "$CALLER" ] # an ordinary user's file is read to its end for the program
	} 3<"$T/in" 4<>"$T/file" 4>>"$T/file"
	report verdict=OK stdout_bytes=10
	[ -n "$CALLER" ] || equal "$line" 'input 1'
	equal "$(cat "$T/file")" $'was there\nten bytes'
	equal "$(stat -c '%a %u %s %h %y %z' "$T/in")" "$before"
done
# opened at an offset, for reading and writing: it grows there
printf 'was there\n' >"$T/file"
{
	head -c 4 >&5
	"$SBX" run --box "$BOX" --report "$T/report" --format json -- ./out 3 <"$T/in" >&5
} 5<>"$T/file" </dev/zero
equal "$(tr '\0' 0 <"$T/file")" '0000xxxre'
# outside it would be emptied
not "$BOX/G4" <"$T/in" >>"$T/file" 2>&1
rm -f /tmp/link # its
