# Around each limit the verdict is what the printed numbers say, on both sides of it.
for i in $(rounds 25); do
	box --time 20ms --wall 60s -- ./D5 cpu $((17000 + i * 120))
	agrees
	box --time 20ms --wall 60s -- ./D5 split $((17000 + i * 120))
	agrees
	box --time 10s --wall 20ms -- ./D5 wall $((17000 + i * 120))
	agrees
done
box --time 20ms --wall 60s -- ./D5 cpu 20500
verdict TLE cpu 'cpu_us>=20001'
box --time 10s --wall 20ms -- ./D5 wall 20500
verdict TLE wall 'wall_us>=20001'
box --time 10s --wall 60s -- ./D5 cpu 20500
verdict OK null 'cpu_us>=20500' 'wall_us>=1'

# the text says the same, from digits enough
"$SBX" run --time 20ms --wall 60s --box "$BOX" -- ./D5 cpu 20500 2>"$T/err" || :
one_line "$T/err" '^sbx: TLE \(cpu\)  cpu [0-9.]+ s of 0\.020'

# bytes are counted exactly
box --output 5000 -- ./out 2500 2500
verdict OK null stdout_bytes=2500 stderr_bytes=2500 limits.output.hit=false
box --output 5000 -- ./out 2500 2501
verdict OLE output limits.output.hit=true
report 'stderr_bytes<=2500'
# memory: OOM kills decide, not how near the peak came
for mib in 60 61 62 63 64 65; do
	box --mem 64M -- ./mem touch "$mib"
	agrees
done
