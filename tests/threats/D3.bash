# shellcheck disable=SC2154 # box() sets status
# Statuses that shells, other sandboxes and sbx itself use for limits and failures. A status is one, and never a signal.
codes=(1 2 3 42 43 124 125 126 127 128 134 137 139 143 152 153 159 254 255)
[ -n "${SBX_VM:-}" ] || mapfile -t codes < <(seq 1 2 127 && seq 128 160 && seq 250 255)
for code in "${codes[@]}"; do
	box -- ./die exit "$code"
	verdict RE exit "exit_code=$code" signal=null signal_name=null killed_by=null oom_kills=0 denied_syscall=null error=null
done
# what a status is cut to
box -- ./die exit 256
verdict OK null exit_code=0 signal=null
box -- ./die exit -1
verdict RE exit exit_code=255 signal=null
# by the caller's choice sbx ends as the program did: then the report alone tells one from the other
for code in 2 3 124 137; do
	box --passthrough -- ./die exit "$code"
	equal "$status" "$code"
	report verdict=RE reason=exit "exit_code=$code" signal=null
done
box --passthrough -- ./die raise 9
equal "$status" 137
report verdict=RE reason=signal exit_code=null signal=9

# those of checkers, by a submission, are a submission's
mkdir "$T/tests"
for i in 42 43 0 1 137; do
	echo "$i" >"$T/tests/$i.in"
	: >"$T/tests/$i.ans"
done
cat >"$T/exits.sh" <<-'END'
	read -r code
	exit "$code"
END
judge --tests "$T/tests" "$T/exits.sh"
verdicts 'RE: AC RE RE RE RE'
