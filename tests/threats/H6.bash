# What a signal ends while the report is written leaves none either. (The full disk is H6.root.bash's.)
for _ in $(rounds 20); do
	"$SBX" run --box "$BOX" --report "$T/some" --format json -- ./die exit 0 2>/dev/null &
	sleep "0.00$((RANDOM % 10))"
	kill "$!" 2>/dev/null || :
	wait "$!" || :
	[ ! -e "$T/some" ] || python3 -IS -c 'import json, sys; json.load(open(sys.argv[1]))' "$T/some"
	rm -f "$T/some"
done
equal "$(find "$T" -name '.sbx-report-*')" ''
