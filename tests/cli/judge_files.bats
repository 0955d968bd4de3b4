#!/usr/bin/env bats
# sbx judge --job-files: what the job of a stranger calls a path is the name of a file in one folder, and leads nowhere else.

load common
load tests

setup() {
	T=$BATS_TEST_TMPDIR
	cd "$T" || return
	mkdir files
}

# store: sets $name, the name of a file with what comes from standard input.
store() {
	cat >new
	name=$(sha256sum <new | cut -d ' ' -f 1)
	mv new "files/$name"
}

# refused PATTERN: job.json is wrong usage, in one line, and nothing was run.
refused() {
	rm -f report
	judge --job-files files --job job.json
	equal "$status" 2
	one_line err "^sbx: job.json: $1"
	[ ! -e report ]
}

@test "sources, inputs, answers and a checker by their digests" {
	store <<-'E'
		read -r line; echo "got $line"
	E
	source=$name
	store <<<one
	input=$name
	store <<<'got one'
	answer=$name
	cat >job.json <<-E
		{"language": "bash", "files": [{"path": "$source"}],
		 "tests": [{"stdin_path": "$input", "answer_path": "$answer"}, {"stdin": "two\n", "answer_path": "$answer"}]}
	E
	judge --job-files files --job job.json
	verdicts 'WA: AC WA'
	# from standard input, the folder by a relative path and from anywhere
	cd files
	judge --job-files . --job - <../job.json
	verdicts 'WA: AC WA'
	cd "$T"
	# the checker's program, and what it is given to read
	store <<-'E'
		read -r line <"$1"
		read -r answer <"$2"
		read -r got
		[ "$line $answer $got" = "one got one got one" ] && exit 42
		exit 43
	E
	cat >job.json <<-E
		{"language": "bash", "files": [{"path": "$source"}],
		 "checker": {"kind": "kattis", "language": "bash", "files": [{"path": "$name"}]},
		 "tests": [{"stdin_path": "$input", "answer_path": "$answer"}]}
	E
	judge --job-files "$T/files" --job job.json
	verdicts 'AC: AC'
}

@test "no other place of the host: a path, a parent, an upper-case name, one that is not there" {
	echo secret >outside
	store <<<x
	for path in /etc/shadow ../outside "../files/$name" "./$name" "$T/files/$name" "${name^^}" "$name.txt" "${name:1}"; do
		printf '{"files": [{"name": "a.sh", "path": "%s"}], "tests": [{}]}' "$path" >job.json
		refused 'files\[0\].path: not the name of a file in --job-files, which is 64 lower-case hexadecimal digits$'
		printf '{"files": [{"name": "a.sh", "text": "cat"}], "tests": [{}, {"stdin_path": "%s"}]}' "$path" >job.json
		refused 'tests\[1\].stdin_path: not the name'
		printf '{"files": [{"name": "a.sh", "text": "cat"}], "tests": [{"answer_path": "%s"}]}' "$path" >job.json
		refused 'tests\[0\].answer_path: not the name'
		printf '{"files": [{"name": "a.sh", "text": "cat"}], "tests": [{}],
			"checker": {"kind": "kattis", "files": [{"name": "c.sh", "path": "%s"}]}}' "$path" >job.json
		refused 'checker.files\[0\].path: not the name'
	done
	rm "files/$name"
	printf '{"files": [{"name": "a.sh", "text": "cat"}], "tests": [{"stdin_path": "%s"}]}' "$name" >job.json
	refused 'tests\[0\].stdin_path: no file of this name in --job-files can be opened$'
}

@test "in the folder itself: links, folders, FIFOs, and another user's file are no files of it" {
	store <<<x
	printf '{"files": [{"name": "a.sh", "text": "cat"}], "tests": [{"stdin_path": "%s"}]}' "$name" >job.json
	judge --job-files files --job job.json
	verdicts 'OK: OK'
	chown 12345 "files/$name"
	refused 'tests\[0\].stdin_path: this file in --job-files belongs to another user than the folder$'
	rm "files/$name"
	ln -s /etc/shadow "files/$name"
	refused 'tests\[0\].stdin_path: a symbolic link lies there'
	rm "files/$name"
	mkfifo "files/$name"
	refused 'tests\[0\].stdin_path: what has this name in --job-files is not a regular file$'
	rm "files/$name"
	mkdir "files/$name"
	refused 'tests\[0\].stdin_path: what has this name in --job-files is not a regular file$'
}

@test "other keys that name something: languages and profiles are built-in ones, sources stay below the job's folder" {
	cp "$BATS_TEST_DIRNAME/../../policy/profiles/default.json" .
	while IFS='|' read -r text pattern; do
		printf '%s' "$text" >job.json
		rm -f report
		judge --job-files files --job job.json
		equal "$status" 2
		one_line err "$pattern"
		[ ! -e report ]
	done <<-'E'
		{"files": [{"name": "a.sh", "text": ""}], "tests": [{}], "seccomp": "default.json"}|seccomp: no built-in profile has this name
		{"files": [{"name": "a.sh", "text": ""}], "tests": [{}], "language": "/etc/passwd"}|no language is called "/etc/passwd"
		{"files": [{"name": "/tmp/a.sh", "text": ""}], "tests": [{}]}|/tmp/a.sh: not a name of a file below the job's folder
		{"files": [{"name": "../a.sh", "text": ""}], "tests": [{}]}|../a.sh: not a name of a file below the job's folder
		{"files": [{"name": "a.sh", "text": ""}], "tests": [{}], "checker": {"kind": "kattis", "files": [{"name": "../c.sh", "text": ""}]}}|../c.sh: not a name of a file below
		{"files": [{"name": "a.sh", "text": ""}], "tests": [{}], "checker": {"kind": "kattis", "language": "../x", "files": [{"text": ""}]}}|no language is called "../x"
	E
}

@test "--job-files is for JSON jobs, and has to be a folder" {
	"$SBX" judge --job-files files --tests files -- a.sh 2>err && return 1
	one_line err '^sbx: --job-files is for the paths of a JSON job: give it with --job FILE or --run FILE$'
	echo '{"files": [{"name": "a.sh", "text": ""}], "tests": [{}]}' >job.json
	judge --job-files none --job job.json
	equal "$status" 2
	one_line err '^sbx: --job-files: cannot open none: No such file'
	judge --job-files job.json --job job.json
	equal "$status" 2
	one_line err '^sbx: --job-files: cannot open job.json: Not a directory'
}

# That whoever fills the folder has protected_hardlinks=0, or is root here, stands for any way to get another's file there.
@test "a file that was replaced by another user's after the job was read: not given to the program, nor compared with" {
	echo 'root-only secret' >secret
	chmod 600 secret
	store <<<one
	input=$name
	store <<<'got'
	answer=$name
	chown -R 65534:65534 files
	cat >job.json <<-E
		{"files": [{"name": "a.sh", "text": "cat; sleep 2; echo got"}], "keep_output": "64K", "limits": {"wall": "60s"},
		 "tests": [{"name": "first"}, {"name": "input", "stdin_path": "$input"}, {"name": "answer", "answer_path": "$answer"}]}
	E
	mkfifo events
	"$SBX" judge --slots 1 --job-files files --job job.json --format json --events events >report 2>err &
	while read -r line; do
		case $line in *'"test_started"'*'"first"'*) ln -f secret "files/$input" && ln -f secret "files/$answer" ;; esac
	done <events
	wait $! || status=$?
	equal "$(stat -c %h secret)" 3
	[ "$(grep -c 'root-only' report err | cut -d : -f 2 | sort -u)" = 0 ]
	equal "$status" 3
	grep -q 'cannot open the [a-z]* files/' report
}
