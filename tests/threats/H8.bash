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
# the setting itself, of a namespace below ours: there sbx is root, and the host's setting is untouched
# shellcheck disable=SC2016
if unshare -U -r sh -c 'echo 0 >/proc/sys/user/max_user_namespaces' 2>/dev/null; then
	# shellcheck disable=SC2016
	status=0
	unshare -U -r sh -c 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$0" run --box "$1" -- /bin/echo ran' "$SBX" "$BOX" \
		>"$T/out" 2>"$T/err" || status=$?
	equal "$status $(cat "$T/out")" '3 '
	one_line "$T/err" '^sbx: IE \('
fi
# and `sbx check` names it
"$BOX/H8" clone 1 "$SBX" check >"$T/out" 2>&1 && exit 1
grep -Eq '^[a-z ]*user[a-z ]* +fail' "$T/out"
box -- ./die exit 0
verdict OK null
