#!/usr/bin/env bats
# sbx judge --html: the page is whole and well-formed, agrees with the report, and nothing that a submission says is markup.

load common
load tests

setup() {
	not_in_vm
	tests_folder
}

# page [EXPRESSION]: reads ./page as a strict parser does: each element closed in order, only those that the page is made
# of, no handler, nothing fetched, every link to a place in it. Then prints EXPRESSION over p: p.text, p.named(TAG) (the
# texts of these elements), p.count(TAG, CLASS), p.rows (the texts of the cells of each test).
page() {
	python3 - page "${1:-''}" <<-'E'
		import html.parser, sys
		allowed = set("html head meta title style body header main section footer div h1 h2 h3 p abbr a span strong ul li dl dt dd "
		    "figure figcaption pre code em small details summary article table caption thead tbody tr th td svg path".split())
		class Page(html.parser.HTMLParser):
		    def __init__(self):
		        super().__init__(convert_charrefs=True)
		        self.open, self.seen, self.ids, self.links, self.text = [], [], set(), set(), ""
		    def handle_starttag(self, tag, attrs):
		        assert tag in allowed, tag
		        for key, value in attrs:
		            assert key in ("class", "id", "href", "title", "lang", "charset", "content", "http-equiv", "name", "scope", "colspan",
		                "style", "aria-label", "aria-hidden", "width", "height", "d"), (tag, key)
		            assert key != "href" or value[0] == "#"
		        attrs = dict(attrs)
		        if "id" in attrs:
		            assert attrs["id"] not in self.ids
		            self.ids.add(attrs["id"])
		        if "href" in attrs: self.links.add(attrs["href"][1:])
		        element = [tag, attrs, ""]
		        self.seen.append(element)
		        if tag != "meta": self.open.append(element)
		    handle_startendtag = lambda self, tag, attrs: (self.handle_starttag(tag, attrs), self.handle_endtag(tag))
		    def handle_endtag(self, tag):
		        assert self.open and self.open.pop()[0] == tag, tag
		    def handle_data(self, data):
		        if self.open and self.open[-1][0] != "style": self.text += data
		        for element in self.open: element[2] += data
		    def handle_comment(self, data): assert False, data
		    def unknown_decl(self, data): assert False, data
		    handle_pi = unknown_decl
		    def named(self, tag, name=None):
		        return [e[2] for e in self.seen if e[0] == tag and (name is None or name in e[1].get("class", "").split())]
		    def count(self, tag, name=None): return len(self.named(tag, name))
		p = Page()
		source = open(sys.argv[1], "rb").read().decode("utf-8")
		assert source.startswith("<!DOCTYPE html>\n<html lang=") and source.endswith("</html>\n")
		p.feed(source)
		p.close()
		assert p.open == [] and p.links <= p.ids, p.links - p.ids
		bad = [c for c in source if ord(c) < 32 and c not in "\n\t" or 127 <= ord(c) < 160]
		assert not bad, bad
		assert "url(" not in source and "@import" not in source
		rows, at = [], -1
		for tag, attrs, text in p.seen:
		    if tag == "th" and "name" in attrs.get("class", ""): rows.append([text])
		    if tag == "td" and rows: rows[-1].append(text)
		p.rows = rows
		print(eval(sys.argv[2]))
	E
}

all_verdicts() {
	cat >all.sh <<-'E'
		read -r what
		case $what in
		echo) cat ;;
		loop) while :; do :; done ;;
		sleep) sleep 100 ;;
		memory) exec perl -e '$x = "x" x (200 << 20)' ;;
		exit) echo 'went <wrong>' >&2; exit 3 ;;
		signal) kill -SEGV $$ ;;
		flood) while echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; do :; done ;;
		esac
	E
	testcase 1 $'echo\n1 2\n' $'1 2\n'
	testcase 2 $'echo\n1 2\n' $'1 3\n'
	testcase 3 $'loop\n' ''
	testcase 4 $'sleep\n' ''
	testcase 5 $'memory\n' ''
	testcase 6 $'exit\n' ''
	testcase 7 $'signal\n' ''
	testcase 8 $'flood\n' ''
	testcase 9 $'echo\nmore\n'
	testcase 10 $'echo\n1\n' $'1\n2\n'
}

@test "each verdict, with its reason, its times, its limits and what it said" {
	all_verdicts
	judge -t 3s -w 15s -m 64M --output 100K --html page --tests tests all.sh
	verdicts 'WA: AC WA TLE TLE MLE RE RE OLE OK WA'
	equal "$(page '[r[1] for r in p.rows]')" "$(field '[t["verdict"] for t in r["tests"]]')"
	equal "$(page '[r[0] for r in p.rows]')" "$(field '[t["name"] for t in r["tests"]]')"
	equal "$(page '[r[-1] for r in p.rows]')" "['', 'line 1, column 3: wanted 3, got 2', 'more than 3.000 s of CPU time', \
'more than 15.000 s of wall-clock time', 'more than 64 MiB of memory', 'exit status 3', 'signal 11 (SIGSEGV)', \
'more than 100 KiB of output', '', 'line 2, column 1: wanted 2, got the output ends here']"
	# the numbers are those of the report, each with its limit
	equal "$(page '[r[2] for r in p.rows]')" "$(field '["%d.%d / 3000.0" % (u // 1000, u % 1000 // 100) for u in (t["run"]["cpu_us"] for t in r["tests"])]')"
	equal "$(page '[r[5].split()[1:] for r in p.rows]')" "$(field '[["/", "64.00"] for t in r["tests"]]')"
	equal "$(page 'p.count("svg"), p.count("path", "track"), p.count("path", "limit"), p.count("td", "over")')" '(20, 20, 20, 1)'
	equal "$(page 'p.named("h1"), p.count("article")')" "(['Wrong answer'], 8)"
	equal "$(page 'p.named("pre")[-2].count("x") > 900, [x for x in p.named("pre") if "wrong" in x]')" "(True, ['\nwent <wrong>\n'])"
	equal "$(page '[e[1].get("class") for e in p.seen if e[0] == "path"].count("over")')" 2
	page p.text | grep -q '2 of 10 tests passed; the first failure: 2'
}

@test "limits of single tests, none at all, and tests that were not run" {
	echo 'cat' >a.sh
	cat >job.json <<-'J'
		{"files": [{"path": "a.sh"}], "after_failure": "stop", "tests": [
		 {"limits": {"time": "2s", "memory": "32M"}}, {"limits": {"time": "unlimited", "wall": "9s", "memory": "unlimited"}},
		 {"stdin": "a", "answer": "b"}, {}]}
	J
	judge --html page --job job.json
	equal "$(page '[[r[2].split()[1:], r[5].split()[1:]] for r in p.rows[:3]]')" \
		"[[['/', '2000.0'], ['/', '32.00']], [[], []], [['/', '10000.0'], ['/', '256.00']]]"
	equal "$(page '[len(r) for r in p.rows], p.rows[3][1], p.count("svg")')" "([8, 8, 8, 3], 'SKIP', 4)"
}

@test "a compile error, and warnings: in the compiler's words" {
	testcase 1 '' ''
	echo 'int main(void) { return "</pre><script>x</script>" + x; }' >a.c
	judge --html page --tests tests a.c
	verdicts 'CE: SKIP'
	equal "$(page 'p.named("h1"), p.count("table"), p.count("details")')" "(['Compile error'], 0, 0)"
	page 'p.named("pre")[0]' | grep -q '^a.c:1:.*undeclared'
	page 'p.named("pre")[0]' | grep -q '</pre><script>x</script>'
	printf '#warning <b>mind</b>\nint main(void) { return 0; }\n' >a.c
	judge --html page --tests tests a.c
	verdicts 'AC: AC'
	equal "$(page 'p.count("details")')" 1
	page 'p.named("details")[0]' | grep -q 'a.c:1:.*#warning <b>mind</b>'
}

@test "what it is about: the problem, the sources, and a package's groups" {
	echo cat >a.sh
	for name in b c d e f; do echo "$name" >"$name.h"; done
	testcase 1 x x
	judge --html page --tests "$T/tests//" a.sh
	equal "$(page 'p.named("p", "about"), p.named("title"), p.count("strong"), p.count("h2")')" \
		"(['tests a.sh'], ['Accepted – tests – sbx judge'], 1, 1)"
	judge --html page --tests tests a.sh ./*.h
	equal "$(page 'p.named("p", "about")')" "['tests a.sh, b.h, c.h, d.h and 2 more']"
	echo '{"files": [{"path": "../a.sh"}], "tests": [{}]}' >tests/job.json
	judge --html page --job tests/job.json
	equal "$(page 'p.named("p", "about")')" "['job.json a.sh']"
	(cd tests && judge --html ../page --job - <job.json)
	equal "$(page 'p.named("p", "about"), p.named("title")')" "(['a.sh'], ['Ran well – sbx judge'])"

	mkdir -p p/data/sample p/data/secret/a p/data/secret/b p/include/bash
	for group in sample secret/a secret/b; do cp tests/1.* p/data/$group; done
	echo y >p/data/secret/a/2.in
	echo z >p/data/secret/a/2.ans
	echo 10 >p/.timelimit
	echo 'the judge' >p/include/bash/own.h
	echo '{}' >p/problem.yaml
	judge --html page --problem ./p a.sh
	equal "$(page 'p.named("p", "about"), p.rows[:4]')" \
		"(['p a.sh'], [['sample', 'AC', '1 of 1'], ['secret', 'WA', '1 of 3'], ['secret/a', 'WA', '1 of 2'], ['secret/b', 'SKIP', '0 of 1']])"
	printf 'name: "<i>A & B</i>"\ntype: scoring\n' >p/problem.yaml
	echo 'on_reject: continue' >p/data/secret/testdata.yaml
	echo 'accept_score: 12.5' >p/data/secret/b/testdata.yaml
	judge --html page --problem p a.sh
	equal "$(page 'p.named("strong"), p.named("title"), p.rows[:4]')" \
		"(['<i>A & B</i>'], ['Wrong answer – <i>A & B</i> – sbx judge'], [['sample', 'AC', '1 of 1', '1'], ['secret', 'WA', '2 of 3', '13.5'], ['secret/a', 'WA', '1 of 2', '1'], ['secret/b', 'AC', '1 of 1', '12.5']])"
	echo 'if' >a.sh
	judge --html page --problem p a.sh
	equal "$(page 'p.named("h1"), p.count("table")')" "(['Compile error'], 0)"
}

@test "nothing of a hostile job is markup: names, outputs, a checker's message, megabytes, no UTF-8, NUL" {
	cat >evil.py <<-'E'
		import sys
		evil = b"</pre></code></td></article><script>alert('1')</script><img src=x onerror=\"alert(1)\">&lt;&#60;<!--]]>"
		out = sys.stdout.buffer
		out.write(evil + b"\0\xff\xc3\x1b[2J\r\xe2\x80\xae\xf4\x90\x80\x80 ")
		for i in range(30000): out.write(evil)
		sys.stderr.buffer.write(evil * 30000)
	E
	cat >check.py <<-'E'
		import sys
		sys.stderr.write(open(sys.argv[2], "rb").read(300).decode("latin-1") * 9)
		sys.exit(1)
	E
	cat >job.py <<-'E'
		import json
		evil = "\"'></a><script>x</script><!-- \u0000\u0001\u202e\n" .replace("\u0000", "")
		tests = [{"name": evil + str(i), "stdin": "x", "answer": evil} for i in range(3)]
		job = {"files": [{"path": "evil.py"}], "keep_output": "1M", "limits": {"output": "16M"}, "tests": tests}
		json.dump(job, open("job.json", "w"))
		json.dump(job | {"checker": {"kind": "testlib", "files": [{"path": "check.py"}]}}, open("checked.json", "w"))
	E
	python3 job.py
	for job in job checked; do
		judge --html page --job "$job.json"
		verdicts 'WA: WA WA WA'
		equal "$(page '[(r[0][:30], r[1]) for r in p.rows]')" "$(python3 -c 'print([("\"\x27></a><script>x</script><!-- ␁"[:30], "WA")] * 3)')"
		equal "$(page 'p.named("pre")[-1].startswith("\n</pre></code></td></article><script>alert(\x271\x27)</script><img src=x onerror=\"alert(1)\">&lt;&#60;<!--]]>")')" True
		equal "$(page 'all("��␛[2J␍�����" in x for x in p.named("pre") if "��␛" in x or "�␛" in x)')" True
		# of megabytes, the beginning
		[ "$(stat -c %s page)" -lt 300000 ]
	done
	page 'p.named("pre")[0]' | grep -q '<script>'
}

@test "many tests: all have a row, the first that failed their details, and memory does not grow" {
	cat >a.sh <<-'E'
		read -r x
		echo "$x"
		((x % 3))
	E
	for i in $(seq 100); do testcase "$i" "$i" "$i"; done
	judge --html page --tests tests a.sh
	equal "$(page 'len(p.rows), p.count("article"), p.text.count("8 more tests failed; the table below has them all")')" '(100, 25, 1)'
	# one test or five of the largest outputs that are kept: the judge itself needs no more
	cat >big.pl <<-'E'
		print "\1" x (1 << 20); print STDERR "\1" x (1 << 20);
	E
	rm tests/*
	local most=() n
	for n in 1 5; do
		for i in $(seq "$n"); do testcase "$i" '' x; done
		most+=("$(python3 -c 'import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
print(os.wait4(process.pid, 0)[2].ru_maxrss)' "$SBX" judge -j 1 --keep-output 1M --html page --tests tests big.pl)")
	done
	equal "$(page 'p.count("article")')" 5
	echo "KiB: ${most[*]}"
	[ "${most[1]}" -lt $((most[0] + 4096)) ]
	[ "${most[1]}" -lt $((32 << 10)) ]
}

@test "where the page goes: whole or not at all, to a descriptor, and nowhere that another report goes" {
	echo 'cat' >a.sh
	testcase 1 x y
	mkdir sub
	touch there
	ln -s there link
	for args in '--html -' '--html x --report x' '--html x --events x' '--html fd:7 --events fd:7' '--html x --report ./x' \
		"--html x --events $T/sub/..//x" '--html there --events link' '--html sub/x --report sub/../sub/x'; do
		status=0
		# shellcheck disable=SC2086
		"$SBX" judge $args --tests tests a.sh >out 2>err 7>/dev/null || status=$?
		equal "$status" 2
		one_line err '^sbx: --html and --(report|events) name the same place'
	done
	# a file that standard output or a descriptor is, or two of them are
	for args in '--html file' '--html sub/../file --report fd:8' '--html fd:7 --report x' '--html fd:7 --report fd:8'; do
		status=0
		# shellcheck disable=SC2086,SC2094 # one file twice is the point
		"$SBX" judge $args --events x --tests tests a.sh >>file 2>err 7>>x 8>>file || status=$?
		equal "$status" 2
		one_line err '^sbx: --(html|events) and --(report|events) name the same place'
	done
	rm -f x file
	# what is only a stream, or another folder's, is none
	"$SBX" judge --report fd:7 --events fd:8 --html sub/x --tests tests a.sh 7>/dev/null 8>/dev/null || equal $? 1
	[ -s sub/x ]
	for args in '--html x --transcript x --tests tests a.sh' '--html x --verify --problem tests'; do
		status=0
		# shellcheck disable=SC2086
		"$SBX" judge $args >out 2>err || status=$?
		equal "$status" 2
		one_line err '^sbx: (--transcript and --html name the same place|--html is for one submission)'
	done
	for place in /dev/null /dev/null/x none/x . fd:99; do
		status=0
		"$SBX" judge --html "$place" --events events --tests tests a.sh >out 2>err || status=$?
		equal "$status" 3
		one_line err '^sbx: report: --html: '
		[ ! -e events ]
		equal "$(cat out)" ''
	done
	judge --html fd:7 --tests tests a.sh 7>page
	equal "$(page 'p.named("h1")')" "['Wrong answer']"
	status=0
	"$SBX" judge --html - --report report --tests tests a.sh >page || status=$?
	equal "$status" 1
	equal "$(page 'p.named("h1")')" "['Wrong answer']"
	# a disk that is full
	rm page
	status=0
	"$SBX" judge --html fd:7 --tests tests a.sh 7>/dev/full >out 2>err || status=$?
	equal "$status" 3
	one_line err '^sbx: report: --html: the descriptor cannot be written: No space left'
	equal "$(tail -1 out | cut -d ' ' -f 1-2)" 'sbx: WA'
}

@test "a judge that is interrupted or cannot start says so in its page" {
	all_verdicts
	"$SBX" judge -t 30s -w 60s -m 64M --html page --events events --tests tests all.sh >out 3>&- &
	local judge=$! status=0
	within 60 grep -q test_started events
	kill "$judge"
	wait "$judge" || status=$?
	equal "$status" 3
	equal "$(page 'p.named("h1")')" "['The judge failed']"
	page p.text | grep -q 'interrupted by a signal'
}
