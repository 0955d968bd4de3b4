while read -r line; do
	run_line "${line#// run:}"
done < <(grep '^// run:' "$ROOT/tests/threats/F14.c")

# nor is protection from the OOM killer, or the login's number, inherited or gained
if choom -n -900 -- /bin/true 2>/dev/null; then # root of a container often may not
	choom -n -900 -- "$SBX" run --box "$BOX" -- /bin/cat /proc/self/oom_score_adj >"$T/out" 2>"$T/err"
	printed 0
fi
choom -n 300 -- "$SBX" run --box "$BOX" -- /bin/cat /proc/self/oom_score_adj >"$T/out" 2>"$T/err"
printed 300
