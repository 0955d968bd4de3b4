#!/usr/bin/env bats
# sbx judge --run: one program, once, as JSON says; what it wrote is in the report.
# shellcheck disable=SC2016 # what stands in single quotes is for the shells in the boxes

load common

setup_file() { common_setup_file; }
teardown_file() { assert_clean; }
setup() {
	T=$BATS_TEST_TMPDIR
	cd "$T" || return
}

# run_json JSON [OPTION...]: judge() of that run.
run_json() {
	printf '%s' "$1" >run.json
	judge --run run.json "${@:2}"
}

# came V REASON [OUTPUT]: the verdict, by the exit status too, and what the program printed.
came() {
	local wanted=1
	case $1 in OK) wanted=0 ;; IE) wanted=3 ;; esac
	equal "$status $(field 'r["schema"], r["verdict"], r["reason"]')" "$wanted ('sbx.run/1', '$1', $2)"
	[ $# -lt 3 ] || equal "$(field 'r["stdout"]')" "$3"
}

@test "a command of the box, with its input, from a file and from standard input" {
	run_json '{"argv": ["cat"], "stdin": "one\ntwo"}'
	came OK None 'one
two'
	equal "$(field 'r["stdout_cut"], r["stderr"], r["stderr_cut"], r["compile"], r["exit_code"]')" "(False, '', False, None, 0)"
	printf 'from a file' >in
	judge --run - <<<'{"argv": ["cat"], "stdin_path": "in"}'
	came OK None 'from a file'
	run_json '{"argv": ["sh", "-c", "echo $#,$2", "", "a", "", "c"]}'
	came OK None '3,'
}

@test "the fields are those of sbx run's report, in its order, and five more" {
	run_json '{"argv": ["true"]}'
	"$SBX" run --report other --format json -- true
	equal "$(field '[k for k in r][:-5] == [k for k in json.load(open("other"))], [k for k in r][-5:]')" \
		"(True, ['stdout', 'stdout_cut', 'stderr', 'stderr_cut', 'compile'])"
	# and so are the limits, but for the core that each test of a judge's has
	equal "$(field '[k for k, l in r["limits"].items() if l["value"] != json.load(open("other"))["limits"][k]["value"]]')" "['pin']"
}

@test "files of the run's own: a script that can be executed, in /box, which is read-only" {
	run_json '{"argv": ["./d/a.sh", "x"], "files": [{"name": "d/a.sh", "text": "#!/bin/sh\npwd; cat data; touch y 2>/dev/null || echo $1"},
		{"name": "data", "text": "1\n"}]}'
	came OK None '/box
1
x'
}

@test "what cannot be executed is RE, and the report says why" {
	run_json '{"argv": ["/no/such"]}'
	came RE "'exec'" ''
	equal "$(field 'r["error"]["stage"], r["error"]["errno_name"], r["exit_code"]')" "('exec', 'ENOENT', None)"
	run_json '{"argv": ["./a"], "files": [{"name": "a", "text": "neither"}]}'
	came RE "'exec'"
}

@test "limits, profile and outputs: TLE, MLE, OLE, SV, RE" {
	run_json '{"argv": ["sh", "-c", "while :; do :; done"], "limits": {"time": "100ms"}}'
	came TLE "'cpu'"
	run_json '{"argv": ["sleep", "9"], "limits": {"wall": "100ms"}}'
	came TLE "'wall'"
	run_json '{"argv": ["sh", "-c", "a=1; while :; do a=$a$a; done"], "limits": {"memory": "16M"}}'
	came MLE "'memory'"
	run_json '{"argv": ["sh", "-c", "echo begun; while :; do echo x; done"], "limits": {"output": 1000}}'
	came OLE "'output'"
	equal "$(field 'r["stdout"][:6], len(r["stdout"])')" "('begun\\n', 1000)"
	run_json '{"argv": ["sh", "-c", "echo a >&2; exit 7"]}'
	came RE "'exit'" ''
	equal "$(field 'r["exit_code"], r["stderr"]')" "(7, 'a\\n')"
	run_json '{"argv": ["sh", "-c", ": & : & : & wait"], "limits": {"pids": 1}}'
	equal "$(field 'r["limits"]["pids"]["value"]')" 1
	run_json '{"argv": ["true"], "seccomp": "contest"}'
	equal "$(field 'r["verdict"], r["limits"]["seccomp"]["value"]')" "('OK', 'contest')"
}

@test "how much of the outputs is kept, and both in one" {
	run_json '{"argv": ["seq", "20000"]}'
	equal "$(field 'len(r["stdout"]), r["stdout_cut"], r["stdout_bytes"]')" '(65536, True, 108894)'
	run_json '{"argv": ["seq", "20000"], "keep_output": 3}' --keep-output 7
	equal "$(field 'r["stdout"], r["stdout_cut"]')" "('1\\n2', True)"
	run_json '{"argv": ["seq", "20000"]}' --keep-output 7
	equal "$(field 'len(r["stdout"])')" 7
	run_json '{"argv": ["sh", "-c", "echo a; echo b >&2; echo c"], "merge_stderr": true}'
	came OK None 'a
b
c'
	equal "$(field 'r["stderr"]')" None
}

@test "a language: compiled and run as the judge does; what does not compile is CE, and nothing is known of a run" {
	run_json '{"language": "bash", "files": [{"text": "read -r a; echo $((a + 1))"}], "stdin": "4\n"}'
	came OK None 5
	run_json '{"files": [{"name": "x.c", "text": "#include <stdio.h>\nint main(void) { puts(\"hi\"); }"}]}' --language c
	came OK None hi
	equal "$(field 'r["compile"]["ok"], r["compile"]["run"]["verdict"]')" "(True, 'OK')"
	run_json '{"language": "c", "files": [{"text": "int main( {"}]}'
	came CE None
	equal "$(field 'r["compile"]["ok"], "main.c:1" in r["compile"]["output"]')" '(False, True)'
	equal "$(field '[k for k in ("exit_code", "cpu_us", "limits", "stdout", "stderr", "error") if r[k] is not None]')" '[]'
	# the compiler says nothing of it
	run_json '{"language": "pascal", "files": [{"text": "unit main; interface implementation end."}]}'
	came CE "'the compiler made no program'"
}

@test "with --job-files all that is called a path is a name in there" {
	mkdir files
	printf '#!/bin/sh\ncat\n' >new
	program=$(sha256sum <new | cut -d ' ' -f 1) && mv new "files/$program"
	printf 'stored' >new
	input=$(sha256sum <new | cut -d ' ' -f 1) && mv new "files/$input"
	run_json '{"argv": ["./p"], "files": [{"name": "p", "path": "'"$program"'"}], "stdin_path": "'"$input"'"}' --job-files files
	came OK None stored
	run_json '{"argv": ["cat"], "stdin_path": "/etc/passwd"}' --job-files files
	equal "$status" 2
	one_line err '^sbx: run.json: stdin_path: not the name of a file in --job-files'
	run_json '{"argv": ["cat"], "files": [{"name": "p", "path": "../run.json"}]}' --job-files files
	equal "$status" 2
	one_line err '^sbx: run.json: files\[0\].path: not the name'
}

@test "for a person: a table of one line" {
	status=0
	echo '{"argv": ["sh", "-c", "exit 3"]}' | "$SBX" judge --run - >out 2>err || status=$?
	equal "$status" 1
	grep -Eq '^run +RE .* exit status 3$' out
	equal "$(tail -n 1 out)" 'sbx: RE    a command'
}

@test "events: those of a job of one test" {
	run_json '{"argv": ["true"]}' --events events
	equal "$(python3 -IS -c 'import json; print([(e["event"], e.get("test"), e.get("verdict")) for e in map(json.loads, open("events"))])')" \
		"[('queued', None, None), ('test_started', 'run', None), ('test_finished', 'run', None), ('finished', None, 'OK')]"
}

@test "wrong usage, and nothing was run" {
	while IFS='|' read -r args pattern; do
		echo '{"argv": ["true"]}' >run.json
		rm -f report
		# shellcheck disable=SC2086 # words
		judge $args
		equal "$status" 2
		one_line err "$pattern"
		[ ! -e report ]
	done <<-'E'
		--run run.json a.c|--job and --run name the sources themselves
		--run run.json --job run.json|exclude each other
		--run run.json --reruns 1|--run and --reruns do not go together: a run has no tests
		--run run.json --compare exact|--run and an option that says how to compare do not go
		--run run.json --stop-on-first-failure|--run and --stop-on-first-failure do not go
		--run run.json --html page|--run and --html do not go
		--run none|^sbx: --run: cannot open none: No such file
		--job run.json|^sbx: run.json: argv: unknown key$
	E
	run_json '{"argv": ["true"], "env": {}}'
	equal "$status" 2
	one_line err '^sbx: run.json: env: unknown key$'
}
