# A judge with many tests: from its tenth on it has no more descriptors and no more memory than the results take.
n=$(rounds 300 | wc -l)
mkdir "$T/tests"
for i in $(seq "$n"); do echo "$i" >"$T/tests/$i.in"; done
cat >"$T/echo.c" <<-'C'
	#include <stdio.h>
	int main(void)
	{
		int n;
		return scanf("%d", &n) == 1 && printf("%d\n", n) > 0 ? 0 : 1;
	}
C
"$SBX" judge -j 2 --events "$T/events" --tests "$T/tests" "$T/echo.c" >"$T/out" 2>"$T/err" &
judge=$!
done_tests() {
	[ ! -e "$T/events" ] || grep -c test_finished "$T/events" || :
}
while kill -0 "$judge" 2>/dev/null; do
	fds=$(find "/proc/$judge/fd" -mindepth 1 2>/dev/null | wc -l) || :
	rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$judge/status" 2>/dev/null) || :
	[ "$fds" = 0 ] || [ -z "$rss" ] || echo "$(done_tests) $fds $rss"
	sleep 0.02
done >"$T/samples"
wait "$judge"
# two boxes have some ten while they live, and under emulation there are but a few looks
slack=4
[ -z "${SBX_VM:-}" ] || slack=12
python3 -IS - "$T/samples" "$n" "$slack" <<-'P'
	import sys
	rows = [row for row in (tuple(map(int, line.split())) for line in open(sys.argv[1])) if len(row) == 3]
	n = max(row[0] for row in rows)
	early = [row for row in rows if 0 < row[0] <= n // 2]
	late = [row for row in rows if row[0] > n // 2]
	print(len(rows), n, early[:1], late[-1:])
	assert n >= int(sys.argv[2]) * 3 // 4 and early and late, "too few looks"
	assert max(row[1] for row in late) <= max(row[1] for row in early) + int(sys.argv[3]), "descriptors"
	assert max(row[2] for row in late) <= max(row[2] for row in early) + 1024, "memory"
P
