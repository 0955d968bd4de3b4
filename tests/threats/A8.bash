# What a box left in its tmpfs, over its job directory, in a folder of the host, or through a judge's own scripts goes with
# the box, or stays as it is: the runner compares owner, mode, times and content of all the canaries.
mkdir -m 777 "$T/rw" "$T/job"
cp "$BOX/A8" "$T/job"
targets=("$CANARY/secret" "$CANARY/public" "$CANARY/folder" /etc/passwd /run/sbx "$T/job" / ..)
before=$(find "$T/job" -printf '%p %u %m %s %T@\n')
for how in '--box-mode ro /tmp' '--box-mode ro /dev/shm' '--box-mode cow /box' '--tmpfs /work /work' "--bind $T/rw:/rw:rw /rw"; do
	# shellcheck disable=SC2086
	JOB=$T/job box ${how% *} -- ./A8 "${how##* }" "${targets[@]}"
	report verdict=OK teardown_us!=null || { cat "$T/out"; exit 1; }
	equal "$(find "$T/job" -printf '%p %u %m %s %T@\n')" "$before"
done
# they were made
[ -L "$T/rw/link2" ]
chmod 700 "$T/rw/closed"
[ -L "$T/rw/closed/link" ]
# a folder that was used so can be used again
JOB=$T/rw box --box-mode cow -- /bin/true
report verdict=OK
JOB=$T/rw box --box-mode rw -- /bin/true
report verdict=OK

# by the scripts of a package, in the folder of the job; all links lead to canaries, for a judge that followed them would
# give away what is there
mkdir -p "$T/p/data/secret" "$T/p/output_validators/check"
printf 'problem_format_version: legacy\nname: threat\nvalidation: custom\n' >"$T/p/problem.yaml"
echo 1 | tee "$T/p/data/secret/1.in" >"$T/p/data/secret/1.ans"
cat >"$T/p/output_validators/check/build" <<END
#!/bin/sh
ln -s $CANARY/secret link; ln -s $CANARY/folder folder; mkfifo fifo; mkdir closed; ln -s $CANARY closed/x; chmod 0 closed
mkdir -p \$(printf 'd/%.0s' \$(seq 20))
chmod 777 link folder/file 2>/dev/null; rm -rf folder/file 2>/dev/null
cp real run; chmod 755 run
END
# shellcheck disable=SC2016 # for the shell in the box
printf '#!/bin/sh\nmkdir "$3/closed"; ln -s %s "$3/folder"; ln -s %s "$3/teammessage.txt"; chmod 0 "$3/closed"; exit 42\n' "$CANARY/folder" "$CANARY/secret" \
	>"$T/p/output_validators/check/real"
chmod 755 "$T/p/output_validators/check/"*
echo 'print(input())' >"$T/echo.py"
judge --time 20 --wall 60 --problem "$T/p" -- "$T/echo.py" || :
verdicts 'AC: AC' || { cat "$T/report" "$T/err"; exit 1; }
equal "$(find "$T/p" -type l -o -type p)" ''
[[ $(cat "$T/report") != *secret\\n* ]]
