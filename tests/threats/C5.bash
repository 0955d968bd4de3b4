# what a start costs is all the CPU time of it
wall=150ms awake='cpu_us<=100000'
[ -z "${SBX_VM:-}" ] || wall=3s awake='cpu_us<=1000000'
mkfifo "$T/never"
exec 9<>"$T/never"
for how in sleep until pause select poll epoll pipe futex sigsuspend msgrcv vfork wait; do
	box --wall "$wall" -- ./C5 "$how"
	verdict TLE wall killed_by=wall 'wall_us>=150000' 'wall_us<=20000000' "$awake"
done
box --wall 150ms -- ./C5 stdin <"$T/never"
verdict TLE wall killed_by=wall 'wall_us>=150000'
box --wall 150ms --stdin "$T/never" -- ./C5 stdin
verdict TLE wall killed_by=wall 'wall_us>=150000'
# the same by a drip, of which each piece wakes the program up
(while printf x; do sleep 0.02; done) 2>/dev/null | box --wall 300ms -- /bin/cat || :
report verdict=TLE reason=wall killed_by=wall
