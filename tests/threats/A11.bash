# In force is what was asked for, as the kernel says while the program runs. (The fakes are A11.root.bash's.)
"$SBX" run --box "$BOX" --mem 48M --pids 17 --stack 4M --fsize 3M --open-files 19 --cpus 0.5 --pin 0 --time 7s --wall 20s \
	-- ./stay sleep >"$T/out" 2>"$T/err" &
launcher=$!
program=
within 10 program_of "$launcher"
# leaf CONTROLLER FILE: its value, of the cgroup that the kernel says the program is in
leaf() {
	local path
	if [ "$(cgroup_version)" = 2 ]; then
		cat "/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$program/cgroup")/$2"
	else
		path=$(awk -F: -v c="$1" '("," $2 ",") ~ ("," c ",") { print $3 }' "/proc/$program/cgroup")
		cat "/sys/fs/cgroup/$1$path/$2"
	fi
}
if [ "$(cgroup_version)" = 2 ]; then
	equal "$(leaf memory memory.max) $(leaf memory memory.swap.max 2>/dev/null || echo 0) $(leaf cpu cpu.max) $(leaf cpuset cpuset.cpus)" "$((48 << 20)) 0 50000 100000 0"
else
	equal "$(leaf memory memory.limit_in_bytes) $(leaf memory memory.memsw.limit_in_bytes) $(leaf cpu cpu.cfs_quota_us) $(leaf cpuset cpuset.cpus)" \
		"$((48 << 20)) $((48 << 20)) 50000 0"
fi
equal "$(leaf pids pids.max)" 17
for limit in stack=$((4 << 20)) fsize=$((3 << 20)) nofile=19 core=0 cpu=9 rtprio=0 nice=0 msgqueue=0; do
	equal "$(prlimit --pid "$program" --output SOFT,HARD --noheadings --raw "--${limit%=*}")" "${limit#*=} ${limit#*=}"
done
kill "$launcher"
wait "$launcher" || :
