# What a run left as its output is the input of the next, or where that puts its own. No hang, nothing read or written but
# regular files.
mkdir -m 777 "$T/rw"
for how in symlink fifo socket folder device; do
	box --bind "$T/rw:/rw:rw" --seccomp none -- ./A9 $how /rw "$CANARY/secret"
	report verdict=OK || { cat "$T/out"; exit 1; }
	for opt in --stdin --stdout --stderr; do
		begin=$SECONDS
		box $opt "$T/rw/output" --wall 1s -- /bin/cat </dev/null
		[ $((SECONDS - begin)) -lt 20 ]
		case $how$opt in
		# as a terminal's end: it is waited for in the box, with the wall clock on
		fifo--stdin) report verdict=TLE reason=wall stdout_bytes=0 ;;
		*) report verdict=IE error.stage=stdio stdout_bytes=0 ;;
		esac
	done
	status=0
	timeout 20 "$SBX" run --box "$BOX" --report "$T/rw/output" -- /bin/true >"$T/out" 2>"$T/err" || status=$?
	equal "$status" 3
	status=0
	timeout 20 "$SBX" run --box "$BOX" --seccomp "$T/rw/output/../output" -- /bin/true >"$T/out" 2>"$T/err" </dev/null || status=$?
	[[ $status = [23] ]]
	rm -rf "$T/rw/output"
done
equal "$(cat "$CANARY/secret")" secret

# and what a checker left of a test is not waited for, followed, or read whole
mkdir -p "$T/p/data/secret" "$T/p/output_validators/check"
printf 'problem_format_version: legacy\nname: threat\nvalidation: custom\n' >"$T/p/problem.yaml"
echo 1 | tee "$T/p/data/secret/1.in" >"$T/p/data/secret/1.ans"
echo 'print(input())' >"$T/echo.py"
for how in "ln -s $CANARY/secret" 'ln -s /etc/passwd' 'ln -s ../../../../../../../etc/passwd' mkfifo mkdir 'ln -s /dev/zero' 'truncate -s 60M'; do
	cat >"$T/p/output_validators/check/run" <<END
#!/bin/sh
cd "\$3" && for f in teammessage.txt judgemessage.txt score.txt; do $how \$f; done
exit 43
END
	printf '#!/bin/sh\n' >"$T/p/output_validators/check/build"
	chmod 755 "$T/p/output_validators/check/"*
	begin=$SECONDS
	judge --time 20 --wall 60 --problem "$T/p" -- "$T/echo.py" || :
	[ $((SECONDS - begin)) -lt 60 ]
	verdicts 'WA: WA' || { cat "$T/report" "$T/err"; exit 1; }
	[ "$(stat -c %s "$T/report")" -lt 100000 ]
	! grep -qE 'root:x|secret\\n' "$T/report" || { cat "$T/report"; exit 1; }
done
