# What there is of cgroups is found out, and said. (What is missing is H7.root.bash's.)
box -- ./die exit 0
verdict OK null "host.cgroup_version=$(cgroup_version)"
if [ "$(cgroup_version)" = 1 ]; then
	report 'limits.memory.mechanism=cgroup-v1 memory.limit_in_bytes' 'limits.pids.mechanism=cgroup-v1 pids.max' \
		'limits.time.mechanism=supervisor, cgroup-v1 cpuacct.usage'
else
	report 'limits.memory.mechanism=cgroup-v2 memory.max' 'limits.pids.mechanism=cgroup-v2 pids.max' \
		'limits.time.mechanism=supervisor, cgroup-v2 cpu.stat'
fi
