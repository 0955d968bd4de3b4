# Small sources that ask for much: a binary of 16 GiB, templates, includes and macros that grow without end. Nothing of
# it reaches a disk of the host; limits end what does not end by itself.
mkdir "$T/tests"
: >"$T/tests/1.in"
mkdir -m 777 "$T/job"
used() { df --output=used -k "$T" /run /tmp /dev/shm | tail -n +2 | paste -sd ' '; }

# bounded VERDICTS COMMAND...: by limits that are soon reached, and nothing is left of it. A file that is too large is an
# error of the compiler, whose assembler is killed for it.
bounded() {
	JOB=$T/job box --box-mode cow --seccomp compile --mem 128M --time 2 --tmp 32M --fsize 16M --output 1M -- "${@:2}"
	agrees
	[[ " $1 " = *" $(field 'r["verdict"]') "* ]] || report "verdict=$1"
	report 'memory_peak_bytes<=134217728' 'cpu_us<=4000000'
	equal "$(ls -A "$T/job")" "$(cd "$T/job" && echo x.*)"
}

source_() {
	rm -f "$T/job"/*
	cat >"$T/job/$1"
}

before=$(used)
source_ x.c <<<'main[-1u]={1};'
bounded 'RE TLE' /usr/bin/gcc -w -o x x.c
source_ x.c <<<'__asm__(".rept 30\n.section .rodata\n.skip 200000000, 1\n.endr\n"); int main(void) {}'
bounded 'RE TLE' /usr/bin/gcc -o x x.c
source_ x.c < <(echo '#define A0 x x x x x x x x x x' && for i in $(seq 9); do echo "#define A$i $(for _ in 1 2 3 4 5 6 7 8 9 0; do printf 'A%d ' $((i - 1)); done)"; done && echo A9)
bounded 'OLE TLE' /usr/bin/gcc -E x.c
source_ x.c < <(printf '#include "x.c"\n#include "x.c"\n')
bounded 'OLE TLE' /usr/bin/gcc -c x.c
if [ -z "${SBX_VM:-}" ]; then
	source_ x.cpp <<<'template<int A, int B> struct S { static const int v = S<A - 1, B>::v + S<A - 1, B + (1 << A)>::v; };
template<int B> struct S<0, B> { static const int v = B; }; int main() { return S<22, 0>::v; }'
	bounded 'TLE MLE' /usr/bin/g++ -c x.cpp
	source_ x.cpp <<<'template<class T> struct S { S<S<T>> *p; int f() { return p->p->f() + S<S<S<T>>>().f(); } }; int main() { return S<int>().f(); }'
	bounded 'TLE MLE' /usr/bin/g++ -ftemplate-depth=1000000 -c x.cpp
	source_ x.cpp <<<'constexpr long f(long n) { return n < 2 ? n : f(n - 1) + f(n - 2); } static_assert(f(90) > 0); int main() {}'
	bounded 'TLE MLE' /usr/bin/g++ -std=gnu++17 -fconstexpr-ops-limit=1000000000000 -fconstexpr-loop-limit=1000000000 -c x.cpp

	# by the judge, with its own limits
	echo 'main[-1u]={1};' >"$T/bomb.c"
	judge --tests "$T/tests" "$T/bomb.c"
	equal "$(field 'r["verdict"], r["error"], r["compile"]["run"]["memory_peak_bytes"] <= 2 << 30')" "('CE', None, True)"
	printf '#include "self.c"\n' >"$T/self.c"
	judge --tests "$T/tests" "$T/self.c"
	equal "$(field 'r["verdict"], r["error"]')" "('CE', None)"
	field 'r["compile"]["output"]' | grep -q 'nested'
	printf 'template<int N> struct S { typedef typename S<N + 1>::t t; };\nint main() { S<0>::t x; }\n' >"$T/depth.cpp"
	judge --tests "$T/tests" "$T/depth.cpp"
	equal "$(field 'r["verdict"], r["error"]')" "('CE', None)"
fi
# others write to these disks, too: but not sixteen gigabytes
python3 -IS -c 'import sys
before, after = [list(map(int, a.split())) for a in sys.argv[1:]]
sys.exit(any(y - x > 4 << 20 for x, y in zip(before, after)))' "$before" "$(used)"
