# A caller that leaves a thousand descriptors open, that of the report among them.
echo untouched >"$T/file"
chmod 666 "$T/file"
for options in '' '--seccomp none' '--box-mode cow' '--net loopback' '--open-files 4096'; do
	exec 9>"$T/report"
	# shellcheck disable=SC2086 # words
	"$BOX/G3" open "$T/file" "$SBX" run --box "$BOX" --report fd:9 --format json $options -- ./G3 box </dev/null >"$T/out" || cat "$T/out"
	exec 9>&-
	report verdict=OK
done
equal "$(cat "$T/file")" untouched
# and a job's programs, compiler included
mkdir "$T/tests"
echo >"$T/tests/1.in"
cat >"$T/fds.c" <<-'C'
	#include <fcntl.h>
	int main(void)
	{
		for (int fd = 3; fd < 4096; fd++)
			if (fcntl(fd, F_GETFD) >= 0)
				return 1;
		return 0;
	}
C
"$BOX/G3" open "$T/file" "$SBX" judge --report "$T/report" --format json --tests "$T/tests" "$T/fds.c" >"$T/out" 2>&1 </dev/null
verdicts 'OK: OK'
# outside they would be there
not "$BOX/G3" open "$T/file" "$BOX/G3" box >"$T/out" </dev/null
