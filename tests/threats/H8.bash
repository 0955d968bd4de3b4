# No user namespace, no box: refused with the stage and the reason, and nothing has run. What forbids it, a setting or
# AppArmor, is made up by a filter that gives its errno, and by a user namespace that may have none in it.
refused() {
	status=0
	"$@" run --box "$BOX" -- /bin/echo ran >"$T/out" 2>"$T/err" || status=$?
	echo "$*"
	equal "$status $(cat "$T/out")" '3 '
	one_line "$T/err" '^sbx: IE \([a-z]+: .*'
}
for errnum in 1 13 22 28 38 87; do # EPERM, EACCES, EINVAL, ENOSPC, ENOSYS, EUSERS
	refused "$BOX/H8" clone "$errnum" "$SBX"
	grep -q '(namespaces' "$T/err"
	if grep -qi success "$T/err"; then exit 1; fi
done
# the setting itself, of a namespace below ours: the host's own is untouched
status=0
if [ -n "$CALLER" ]; then
	# it allows one, in which the user has the old id again
	# shellcheck disable=SC2016
	unshare -U -r sh -c 'echo 1 >/proc/sys/user/max_user_namespaces
		exec unshare -U --map-user="$2" --map-group="$3" "$0" run --box "$1" -- /bin/echo ran' \
		"$SBX" "$BOX" "$CALLER" "$CALLER_GROUP" >"$T/out" 2>"$T/err" || status=$?
else
	# it allows none, and root is root in it
	mkfifo "$T/go"
	# shellcheck disable=SC2016
	unshare -U sh -c 'read -r _ <"$2"; exec sh -c "echo 0 >/proc/sys/user/max_user_namespaces; exec \$0 run --box \$1 -- /bin/echo ran" "$0" "$1"' \
		"$SBX" "$BOX" "$T/go" >"$T/out" 2>"$T/err" &
	below=$!
	another_namespace() { [ "$(readlink "/proc/$below/ns/user")" != "$(readlink /proc/self/ns/user)" ]; }
	within 10 another_namespace
	for map in uid_map gid_map; do echo '0 0 4294967295' >"/proc/$below/$map"; done
	echo >"$T/go"
	wait "$below" || status=$?
fi
equal "$status $(cat "$T/out")" '3 '
one_line "$T/err" '^sbx: IE \(namespaces: No space left on device'
# and `sbx check` names it
"$BOX/H8" clone 1 "$SBX" check >"$T/out" 2>&1 && exit 1
grep -Eq '^[a-z ]*user[a-z ]* +fail' "$T/out"
box -- ./die exit 0
verdict OK null
