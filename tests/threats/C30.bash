# However little there is: the program's fault, never the sandbox's, and nothing is left.
for mem in 1 4K 16K 64K 100K 128K 160K 200K 256K 300K 400K 512K 700K 1M; do
	for _ in 1 2 3; do
		box --mem "$mem" -- ./die exit 0
		report verdict=MLE 2>/dev/null || verdict OK null
		report error=null
		no_processes
	done
done
box --mem 4K -- ./die exit 0
verdict MLE memory
# so much of arguments and environment that it does not fit even before exec
big=$(head -c 100000 /dev/zero | tr '\0' x)
for mem in 64K 256K 1M; do
	box --mem "$mem" --stack 8M -- ./die exit 0 "$big" "$big" "$big" "$big" "$big" "$big" "$big" "$big"
	report verdict=MLE 2>/dev/null || verdict OK null
	report error=null
done
# the launcher and init are outside of the limit: a program that fills all of it takes neither along
for _ in $(rounds 20); do
	box --mem 1M -- ./mem touch 64
	verdict MLE memory error=null
done
no_cgroups
