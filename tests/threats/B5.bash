# Two boxes at once: neither finds, signals or traces the other.
"$SBX" run --box "$BOX" --report "$T/other" --format json --wall 3s -- ./stay sleep >"$T/other.out" 2>&1 &
other=$!
within 5 a_box_lives
box -- ./B5
verdict OK null
wait "$other" || :
