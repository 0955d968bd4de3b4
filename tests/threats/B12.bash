# A text is in the caller's environment, in its arguments, in the name of its folder, its report and its input.
folder=$T/judge-of-canary
mkdir "$folder"
cp "$BOX/B12" "$folder"
: >"$folder/input"
chmod -R a+rX "$T"
cd "$folder" || exit
export SECRET=judge-of-canary LD_LIBRARY_PATH=/judge-of-canary MALLOC_PERTURB_=judge-of-canary TMPDIR=/judge-of-canary

# run OPTIONS... -- ARGS...
run() {
	"$SBX" run --report "$folder/report" --format json --stdin "$folder/input" --stdout "$folder/output" "$@" 2>"$T/err" ||
		cat "$folder/output"
	cp "$folder/report" "$T/report"
	report verdict=OK
}
run -- ./B12 PATH HOME LANG
run --box "$folder" --seccomp none -- ./B12 PATH HOME LANG
run --box-mode cow -- ./B12 PATH HOME LANG
run --clear-env -- ./B12
run --clear-env --env A=1 -- ./B12 A
run --env B=2 --env NOT_SET -- ./B12 PATH HOME LANG B

# it would be found
"$SBX" run --report "$T/report" --format json --env SECRET -- ./B12 PATH HOME LANG SECRET >"$T/out" || :
report verdict=RE exit_code=1
grep -q 'broke: found in /proc/self/environ' "$T/out"

# a job's compiler and program see as little
mkdir tests
echo >tests/1.in
cat >see.c <<-'C'
	#include <stdio.h>
	#include <stdlib.h>
	extern char **environ;
	int main(void)
	{
		for (char **var = environ; *var != NULL; var++)
			puts(*var);
		return getenv("SECRET") != NULL;
	}
C
judge --tests tests see.c
verdicts 'OK: OK'
equal "$(field '"canary" in str(r["tests"]) or "SECRET" in str(r["tests"])')" False
