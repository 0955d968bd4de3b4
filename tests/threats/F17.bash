# Whatever becomes of the program, the sandbox does not fail, its report is whole, and the next box is as ever. That the
# host is as before, and nothing is left, the runner looks at.
storm() {
	box --time 3 --wall 8 --mem 64M --pids 24 --tmp 8M --output 4M "$@"
	report verdict!=IE error=null exit_code!=1
	[ "$(stat -c %s "$T/out")" -le $((4 << 20)) ]
	mv "$T/report" "$T/of-storm"
	box -- ./die exit 0
	verdict OK null
	mv "$T/of-storm" "$T/report"
}

for seed in $(rounds 6); do
	storm -- ./F17 "$seed" 2000 1 all
	report verdict=SV
done
for profile in default interpreted jvm compile contest; do
	storm --seccomp "$profile" -- ./F17 77 10000 1 quiet
	report verdict!=SV
done
storm --box-mode cow --net loopback -- ./F17 78 10000 1 quiet
storm --seccomp none -- ./F17 79 10000 1 all
storm --seccomp none -- ./F17 80 10000 1 quiet
