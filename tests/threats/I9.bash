# The kernel's count of OOM kills is read before the cgroup is gone: an MLE is one every time, many at once, and however soon
# the rest of the box ends.
for _ in $(rounds 10); do
	pids=()
	for n in 1 2 3 4; do
		case $n in
		1) program='mem child 64' ;;      # the parent ends with 0
		2) program='mem touch 64' ;;      # the program itself
		3) program='mem child-wait 64' ;; # the parent waits for ever
		4) program='mem shm 60' ;;
		esac
		# shellcheck disable=SC2086 # words
		"$SBX" run --box "$BOX" --mem 16M --wall 100s --report "$T/report$n" --format json -- ./$program >"$T/out" 2>&1 &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid" || :; done
	for n in 1 2 3 4; do
		mv "$T/report$n" "$T/report"
		report verdict=MLE reason=memory 'oom_kills>=1'
	done
done
