# Callers with groups, ids and capabilities that are not to be inherited. One whose real ids are others than its effective
# ones cannot be told from one that a set-group-ID bit has made so: it gets no box.
as() {
	rm -f "$T/report"
	setpriv "$@" -- "$SBX" run --box "$BOX" --seccomp "$profile" --report "$T/report" --format json -- ./F13 >"$T/out" 2>"$T/err" || cat "$T/out" "$T/err"
	report verdict=OK
}
caps=$(setpriv --dump | sed -n '/^Capability bounding set: /{ s///; s/[^,]*/+&/g; p; }')
for profile in default none; do
	# an ordinary user has none to hand down, and cannot drop its groups, as SECURITY.md says: this one has none
	if [ -n "$CALLER" ]; then
		box --seccomp "$profile" -- ./F13
		report verdict=OK
		continue
	fi
	as --groups 0,4,6,27,100
	as --regid 4 --groups 4
	as --inh-caps "$caps" --ambient-caps "$caps"
	as --keep-groups --securebits +no_setuid_fixup,+keep_caps_locked
done
# who is not root has no other ids to take on
for ids in '--rgid 4' '--egid 6' '--ruid 4' '--egid 6 --rgid 4'; do
	[ -z "$CALLER" ] || break
	status=0
	# shellcheck disable=SC2086 # words
	setpriv $ids --keep-groups -- "$SBX" run --box "$BOX" -- /bin/echo ran >"$T/out" 2>"$T/err" || status=$?
	equal "$status $(cat "$T/out")" '2 '
	one_line "$T/err" '^sbx: .*set-group-ID'
done

# and as the host sees it: one id of the slot's each, which is neither root nor one of the caller's, if that is root
# shellcheck disable=SC2054 # it is one word
groups=(setpriv --groups 0,4,27 --)
[ -z "$CALLER" ] || groups=()
"${groups[@]}" "$SBX" run --box "$BOX" --wall 100s -- ./stay sleep >"$T/out" 2>&1 &
launcher=$!
program=
within 10 program_of "$launcher"
awk -v user="$CALLER" '/^[UG]id:/ { if ((user != "" ? $1 == "Uid:" && $2 != user : $2 < 65536) || $2 != $3 || $2 != $4 || $2 != $5) exit 1; n++ } /^Groups:/ { if (NF > 1) exit 1; n++ }
	/^Cap/ { if ($2 !~ /^0+$/) exit 1; n++ } END { if (n != 8) exit 1 }' "/proc/$program/status"
kill "$launcher"
wait "$launcher" || :
