# Many launchers at once on one folder, and on one report: each is right, and no report is half of one.
mkdir -m 755 "$T/job"
cp "$BOX/die" "$BOX/D9" "$T/job"
many=100
[ -z "${SBX_VM:-}" ] || many=20
pids=()
for i in $(seq "$many"); do
	"$SBX" run --box "$T/job" --box-mode "$([ $((i % 2)) = 0 ] && echo cow || echo ro)" --wall 100s --report "$T/report-$i" --format json -- \
		./die exit "$i" >"$T/out-$i" 2>"$T/err-$i" &
	pids+=($!)
done
ended_with 1 "${pids[@]}"
for i in $(seq "$many"); do
	"$SUITE/report" "$T/report-$i" verdict=RE reason=exit "exit_code=$i"
	equal "$(cat "$T/out-$i" "$T/err-$i")" ''
done
rm "$T"/report-* "$T"/out-* "$T"/err-*
# ids and slots are no two's: each prints what it finds as its own in a folder that all share
mkdir -m 777 "$T/shared"
pids=()
for i in $(seq 8); do
	# shellcheck disable=SC2016
	"$SBX" run --box "$T/shared" --box-mode rw --wall 100s -- /bin/sh -c 'echo >"mine-$0"; sleep 1' "$i" 2>/dev/null &
	pids+=($!)
done
ended_with 0 "${pids[@]}"
ids=8
[ -z "$CALLER" ] || ids=1 # an ordinary user has but one to give
equal "$(stat -c %u "$T/shared"/mine-* | sort -u | wc -l)" "$ids"
# one report for all: whoever was last, it is whole
pids=()
for i in $(seq $((many / 5))); do
	"$SBX" run --box "$T/job" --wall 100s --report "$T/report" --format json -- ./die exit $((i % 2 + 1)) 2>/dev/null &
	pids+=($!)
done
for pid in "${pids[@]}"; do
	status=0
	wait "$pid" || status=$?
	equal "$status" 1
	[ ! -e "$T/report" ] || report verdict=RE reason=exit
done
report verdict=RE reason=exit
equal "$(find "$T" -name '.sbx-report-*')" ''
# a folder of their own each, of which none sees another's
pids=()
for i in 1 2 3 4; do
	{
		for _ in 1 2 3; do
			"$SBX" run --box "$T/job" --box-mode cow -- ./D9 leave 2>/dev/null && "$SBX" run --box "$T/job" --box-mode cow -- ./D9 look 2>/dev/null || exit
		done
	} &
	pids+=($!)
done
ended_with 0 "${pids[@]}"
# judges of one host share the slots, and their results are their own
mkdir "$T/tests"
for i in 1 2 3; do
	echo "$i" | tee "$T/tests/$i.in" >"$T/tests/$i.ans"
done
echo 'cat' >"$T/right.sh"
echo 'echo 2' >"$T/wrong.sh"
pids=()
for i in 1 2 3 4; do
	"$SBX" judge --tests "$T/tests" --report "$T/right-$i" --format json "$T/right.sh" &
	pids+=($!)
	"$SBX" judge --tests "$T/tests" --report "$T/wrong-$i" --format json "$T/wrong.sh" &
	pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || :; done
for i in 1 2 3 4; do
	cp "$T/right-$i" "$T/report"
	verdicts 'AC: AC AC AC'
	cp "$T/wrong-$i" "$T/report"
	verdicts 'WA: WA AC WA'
done
