for profile in default interpreted jvm compile contest; do
	box --seccomp "$profile" -- ./C20 add
	verdict SV syscall denied_syscall=add_key
	box --seccomp "$profile" -- ./C20 request
	verdict SV syscall denied_syscall=request_key
	box --seccomp "$profile" -- ./C20 keyctl
	verdict SV syscall denied_syscall=keyctl
done

# Without a filter the kernel's quota holds, and each box has its own: a box that used it up leaves another's, and the
# caller's, alone. It is one by user id, so those of an ordinary user share the user's, as SECURITY.md says.
if [ -n "$CALLER" ]; then
	box --seccomp none -- ./C20 fill
	verdict OK null
	[ "$(cat "$T/out")" -lt 10000 ]
	return
fi
mkfifo "$T/hold"
"$SBX" run --box "$BOX" --wall 60s --seccomp none --report "$T/first" --format json -- ./C20 fill <"$T/hold" >"$T/first.out" &
first=$!
exec 9>"$T/hold"
within 10 grep -q . "$T/first.out"
[ "$(cat "$T/first.out")" -lt 10000 ]
box --seccomp none -- ./C20 fill
verdict OK null
equal "$(cat "$T/out")" "$(cat "$T/first.out")"
exec 9>&-
wait "$first"
