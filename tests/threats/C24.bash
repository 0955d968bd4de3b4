for profile in default interpreted contest; do
	box --seccomp "$profile" --mem 16M -- ./C24
	verdict OK null 'memory_peak_bytes<=16777216'
done
for profile in jvm compile; do
	box --seccomp "$profile" --mem 16M -- ./C24 pretended
	verdict OK null 'memory_peak_bytes<=16777216'
done
