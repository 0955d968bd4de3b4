while read -r line; do
	run_line "${line#// run:}"
done < <(grep '^// run:' "$ROOT/tests/threats/F15.c")

# no core in a folder where it could be written, whatever limit the caller has
mkdir -m 777 "$T/job"
cp "$BOX/F15" "$BOX/die" "$T/job"
ulimit -c unlimited
for profile in default none; do
	JOB=$T/job box --box-mode rw --seccomp $profile -- ./die abort
	report verdict=RE signal_name=SIGABRT
done
equal "$(ls "$T/job")" $'F15\ndie'
