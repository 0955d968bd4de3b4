# A program that is executed as soon as it is written, while others fork all the time and so hold copies of whatever
# descriptor is open for writing: "text file busy" would be IE.
mkdir "$T/tests"
for i in 1 2 3; do : >"$T/tests/$i.in"; done

# several callers copy a program and run it at once
copies() {
	local who=$1 i
	for i in $(rounds 15); do
		mkdir "$T/$who-$i"
		cp "$BOX/die" "$T/$who-$i/prog"
		"$SBX" run --box "$T/$who-$i" --report "$T/$who-$i.report" --format json -- ./prog exit 7 2>/dev/null || :
		"$SUITE/report" "$T/$who-$i.report" verdict=RE exit_code=7 || return
		rm -r "${T:?}/$who-$i"
	done
}
pids=()
for who in 1 2 3 4; do
	copies "$who" &
	pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done

# a compiler's box in which somebody goes on writing to what is executed: it has ended before the first test begins
cat >"$T/busy.pl" <<-'END'
	BEGIN {
		for (1 .. ($^C ? 4 : 0)) {
			next if fork;
			$SIG{$_} = "IGNORE" for qw(TERM HUP INT);
			open($file, "+>>", "/box/tool");
			chmod(0777, $file);
			open($_, ">", "/dev/null") for (*STDOUT, *STDERR);
			syswrite($file, "#!/bin/sh\n") if $_ == 1;
			while (1) { fork and exit; syswrite($file, "#"); select(undef, undef, undef, 0.002) }
		}
		select(undef, undef, undef, 0.2) if $^C;
	}
	print -s "/box/tool", " ", system("/box/tool");
END
for _ in $(rounds 3); do
	judge -j 1 --tests "$T/tests" "$T/busy.pl"
	verdicts 'OK: OK OK OK'
	equal "$(field 'len({t["stdout"] for t in r["tests"]}), r["tests"][0]["stdout"].split()[0] > "0"')" '(1, True)'
	equal "$(field 'r["tests"][0]["stdout"].split()[1]')" 0
done
for i in 1 2 3; do echo good >"$T/tests/$i.ans"; done
# what is compiled in several jobs at once
if [ -z "${SBX_VM:-}" ]; then
	printf '#include <stdio.h>\nint main(void) { puts("good"); }\n' >"$T/good.c"
	pids=()
	for who in 1 2 3; do
		"$SBX" judge --tests "$T/tests" --report "$T/report-$who" --format json "$T/good.c" 2>/dev/null &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	for who in 1 2 3; do
		cp "$T/report-$who" "$T/report"
		verdicts 'AC: AC AC AC'
	done
fi
