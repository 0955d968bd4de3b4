# A submission that looks for the answers, the checker and the other test's input in all that it can reach, and a source
# that has the compiler read them. What is looked for are their words, which nobody tells the program in one piece. Not in
# /usr, which is the host's.
mkdir -p "$T/p/data/secret" "$T/p/output_validators/check"
printf 'problem_format_version: legacy\nname: threat\nvalidation: custom\n' >"$T/p/problem.yaml"
for test in 1 2; do
	echo "INPUT-WORD-$test" >"$T/p/data/secret/$test.in"
	printf 'nothing\nANSWER-WORD-%s\n' "$test" >"$T/p/data/secret/$test.ans"
done
# accepts what is the answer's first line
cat >"$T/p/output_validators/check/check.py" <<'END'
# CHECKER-WORD
import sys
sys.exit(42 if sys.stdin.readline() == open(sys.argv[2]).readline() else 43)
END
cat >"$T/spy.py" <<'END'
import os, stat, sys
own = sys.stdin.readline().strip()
other = own[:-1] + str(3 - int(own[-1]))
words = [(a + "-" + "WORD").encode() for a in ("ANSWER", "CHECKER")] + [other.encode()]
found = []
def look(path):
    try:
        if stat.S_ISREG(os.stat(path).st_mode):
            with open(path, "rb") as f:
                text = f.read(1 << 20)
            found.extend((path, w) for w in words if w in text and path != os.path.abspath(__file__))
    except OSError:
        pass
for top in ("/box", "/tmp", "/dev", "/etc", "/proc", "/run", "/var", "/home", "/root", "/srv", "/mnt", "/opt", "/sys", "/box/.."):
    for folder, folders, files in os.walk(top):
        folders[:] = [f for f in folders if os.path.join(folder, f) not in ("/usr", "/box/../usr") and f not in ("task", "map_files")]
        for name in files:
            look(os.path.join(folder, name))
for fd in range(1024):
    try:
        if fd > 2: found.append(("fd", fd, os.fstat(fd)))
    except OSError:
        pass
    for name in ("/data/secret/1.ans", "data/secret/1.ans", "1.ans", "2.in", "../1.ans", "secret/2.ans"):
        try:
            found.append((fd, os.open(name, os.O_RDONLY, dir_fd=fd)))
        except OSError:
            pass
# nor by its environment, its arguments, or what is behind standard input
found.extend(v for v in list(os.environ.values()) + sys.argv if "WORD" in v or "secret" in v)
try:
    os.lseek(0, 0, 0)
    text = os.read(0, 1 << 16)
    found.extend(text.split()[1:])
    if own.encode() not in text: found.append(text)
except OSError:
    pass
print("found:" if found else "nothing", *found)
END
judge --time 90 --wall 200 --problem "$T/p" -- "$T/spy.py" || :
verdicts 'AC: AC AC' || { cat "$T/report" "$T/err"; exit 1; }
# and where sbx compares
mkdir "$T/tests"
cp "$T"/p/data/secret/* "$T/tests"
judge --time 90 --wall 200 --tests "$T/tests" -- "$T/spy.py" || :
equal "$(field '[(t["verdict"], t["stdout"]) for t in r["tests"]]')" "[('WA', 'nothing\\n'), ('WA', 'nothing\\n')]"

# through the compiler, by all ways to a file's content
seen=0
for place in "$T/tests/2.ans" "$T/p/data/secret/2.ans" ../tests/2.ans /proc/self/fd/3 /proc/self/cwd/../tests/2.ans; do
	printf '#include <stdio.h>\nextern char a[];\n__asm__(".globl a\\na: .incbin \\"%s\\"\\n.byte 0\\n");\nint main(void) { puts(a); }\n' "$place" >"$T/incbin.c"
	printf 'int main(void) {}\n#include "%s"\n' "$place" >"$T/include.c"
	for source in incbin include; do
		judge --tests "$T/tests" -- "$T/$source.c" || :
		# CE; or, where the number is one of the compiler's own files, a program that prints that
		got=$(field '(r["compile"]["output"] or "") + "".join(t.get("stdout") or "" for t in r["tests"])')
		[[ $got != *ANSWER-WORD* ]] && seen=$((seen + 1))
	done
done
equal "$seen" 10
