# Cgroups that are removed but live on, since something is charged to them: not one for each run. (Of the 100,000 runs of the
# catalogue these are few; and what other boxes of this machine leave counts too, so the bound is loose.)
dying() {
	if [ "$(cgroup_version)" = 2 ]; then
		awk '$1 == "nr_dying_descendants" { print $2 }' "${SLICES[0]}/cgroup.stat"
	else
		awk '$1 == "memory" { print $3 }' /proc/cgroups
	fi
}
n=$(rounds 60 | wc -l)
few() {
	[ "$(($(dying) - before))" -le $((n / 3)) ]
}
for program in 'die exit 0' 'mem tmp 4' 'mem touch 4'; do
	box -- ./die exit 0 # what is read for the first time stays charged to who read it
	before=$(dying)
	for _ in $(seq "$n"); do
		# shellcheck disable=SC2086 # words
		box -- ./$program
		report verdict=OK
	done
	within 30 few || {
		echo "$program: $before before, $(dying) after $n runs"
		false
	}
done
