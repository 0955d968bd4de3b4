#!/usr/bin/env bats
# What a careless or hostile caller can get wrong: one clear line, the right exit status, no half-written report.

load common

setup_file() { common_setup_file; }
teardown_file() { assert_clean; }
setup() { cd "$BOX" && T=$BATS_TEST_TMPDIR; }

# refused STATUS PATTERN ARGS...: so ends `sbx run ARGS` on $JOB, else $BOX, with one line that matches on stderr and nothing on stdout.
refused() {
	local wanted=$1 pattern=$2
	shift 2
	status=0
	"$SBX" run --box "${JOB:-$BOX}" "$@" >"$T/out" 2>"$T/err" || status=$?
	if [ "$status" != "$wanted" ]; then
		echo "exit $status, wanted $wanted: ${*:0:200}" >&2
		head -c 1000 "$T/err" >&2
		return 1
	fi
	one_line "$T/err" "$pattern" && [ "$(wc -c <"$T/err")" -lt 1000 ] &&
		equal "$(head -c 100 "$T/out")" ''
}

# usage PATTERN ARGS...: the same as wrong usage, before a report is touched.
usage() {
	local pattern=$1
	shift
	echo old >"$T/report"
	refused 2 "^sbx: .*$pattern" --report "$T/report" "$@"
	equal "$(cat "$T/report")" old
}

# broken STAGE PATTERN ARGS...: the sandbox fails at STAGE; the same stands in the report.
broken() {
	local stage=$1 pattern=$2
	shift 2
	refused 3 "^sbx: IE \($stage.*$pattern" "$@"
	box "$@"
	verdict IE error "error.stage=$stage" exit_code=null signal=null killed_by=null wall_us=null
}

values() {
	local option=$1
	shift
	for value; do
		usage "--$option" "--$option" "$value" -- ./die
		usage "--$option" "--$option=$value" -- ./die
	done
}

# ---- options ----

# For tests of hundreds of command lines that end before any host is looked at.
not_in_vm() {
	[ -z "${SBX_VM:-}" ] || skip "parses the command line only"
}

@test "unknown options, abbreviated ones, short ones" {
	usage '--frobnicate' --frobnicate -- ./die
	usage '--frobnicate' --frobnicate=1 -- ./die
	usage '--tim' --tim 1 -- ./die
	usage '"-z' -z -- ./die
	usage '"-tz"|--time' -tz -- ./die
	usage '--clear-env' --clear-env=1 -- ./die
}

@test "repeated options" {
	usage '--time' --time 1 --time 2 -- ./die
	usage '--time' -t 1 --time 1 -- ./die
	usage '--dry-run' --dry-run --dry-run -- ./die
	status=0
	"$SBX" run --report "$T/a" --report "$T/b" -- ./die 2>"$T/err" || status=$?
	equal "$status" 2
	[ ! -e "$T/a" ]
	[ ! -e "$T/b" ]
}

@test "a missing value, a missing program, an empty one" {
	usage '--time' --time
	usage '--bind' --bind
	usage 'PROGRAM'
	usage 'PROGRAM' --
	usage 'PROGRAM' -- ''
	usage 'PROGRAM' ''
}

@test "durations that are none" {
	not_in_vm
	values time '' ' ' 0 0s -1 +1 nan NaN inf infinity 1e3 0x10 1,5 .5 1. 1h 1S '1 s' 1ss 's' '1s ' ' 1' 1.5us \
		0.0000001 99999999999999999999 18446744073709551615 18446744073709551616 unlimite Unlimited -unlimited $'1\n'
	values wall 0 -1 nan ''
}

@test "sizes that are none" {
	not_in_vm
	values mem '' 0 0M -1 +1 nan 1e9 0x10 1.5 1.5B 1KB 1KiB 1P '1 M' M 1MM 16777216T 18446744073709551615 \
		99999999999999999999999999999999 $'1M\n' '１'
	for option in stack fsize output tmp; do
		values "$option" '' 0 -1 NaN 99999999999999999999
	done
	values tmp '1M,' '1M,0' '1M,-1' ',5' '1M,1,1' '1M 5'
}

@test "counts and rates that are none" {
	not_in_vm
	for option in pids open-files; do
		values "$option" '' 0 -1 1.5 nan 1K 18446744073709551616 0x10 unlimited1
	done
	values cpus '' 0 -1 nan 1.2345 1e1 0.0001 99999999999999999999
}

@test "choices, lists and places that are none" {
	not_in_vm
	values pin '' ' ' 0- -1 1-0 0,0 0,,1 a 0-1-2 99999 auto,0
	values box-mode '' RO r rwx
	values net '' host none,loopback
	values format '' xml JSON
	values require '' nothing memory, ,memory 'memory pids'
	values allow-weaker '' nothing
	values chdir '' box ./box ../ /box/../etc /./box
	values seccomp '' no-such-profile ./no-such-file /dev/null /
	values stdin ''
	values stdout ''
}

@test "mounts that are none" {
	not_in_vm
	values bind '' : :/x /usr: /usr:x /usr:/x: /usr:/x:rx /usr:/x:rw,ro /usr:/ /usr:/a/../b usr /usr:/x:rw:maybe
	values tmpfs '' / x ../x /x:0 /x: /x:1Q /x/../y :1M
}

@test "environment settings that are none" {
	not_in_vm
	values env '' '=' '=x' ' =x' $'a\nb=1'
}

@test "options that exclude each other" {
	usage '--stderr-to-stdout' --stderr-to-stdout --stderr "$T/x" -- ./die
	[ ! -e "$T/x" ]
}

@test "too many: mounts, variables" {
	not_in_vm
	local args=()
	for i in $(seq 65); do args+=(--tmpfs "/x$i"); done
	usage '--tmpfs' "${args[@]}" -- ./die
	args=()
	for i in $(seq 257); do args+=(--env "A$i=1"); done
	usage '--env' "${args[@]}" -- ./die
}

@test "values as long as the kernel takes: refused in one short line" {
	long=$(head -c 131000 /dev/zero | tr '\0' 9)
	for option in time mem pids cpus pin bind tmpfs chdir env seccomp format stdin require; do
		usage "--$option" "--$option" "$long" -- ./die
	done
	usage 'unknown option' "--$long" -- ./die
}

@test "a program name and arguments of a megabyte" {
	long=$(head -c 131000 /dev/zero | tr '\0' a)
	broken exec 'File name too long' -- "/$long"
	# shellcheck disable=SC2016
	box -- /bin/sh -c 'echo "$#" "${#8}"' sh "$long" "$long" "$long" "$long" "$long" "$long" "$long" "$long"
	verdict OK null
	printed '8 131000'
}

@test "control characters of a value are not printed" {
	usage '--time' --time $'1\e[31m\r' -- ./die
	run ! grep -q $'[\e\r]' "$T/err"
	broken exec 'cannot execute' -- $'./no\e[31msuch\r'
	"$SBX" run -- $'./no\e[31msuch\nfile' 2>"$T/err" || true
	one_line "$T/err" 'cannot execute'
	run ! grep -q $'[\e]' "$T/err"
}

# ---- the program ----

@test "a program that is missing, by path and by name" {
	broken exec './missing' -- ./missing
	broken exec 'missing.*PATH' -- missing
	broken exec '/box/die/x' -- /box/die/x
	broken exec 'no-slash.*\./NAME' --clear-env -- no-slash
}

@test "a program that is a directory, or not executable" {
	mkdir -p "$T/job/folder"
	echo text >"$T/job/text"
	cp die "$T/job/private"
	chmod 700 "$T/job/private"
	JOB=$T/job
	cd "$JOB"
	broken exec 'directory' -- ./folder
	broken exec 'chmod' -- ./text
	broken exec 'chmod' -- ./private
}

@test "a program without an interpreter, for another machine, empty, text without #!" {
	mkdir -p "$T/job"
	JOB=$T/job
	cd "$JOB"
	printf '#!/no/such/interpreter\n' >script
	printf '#!/bin/sh\r\necho x\r\n' >dos
	: >empty
	echo 'echo hi' >text
	cp "$BOX/die" arm
	printf '\xb7' | dd of=arm bs=1 seek=18 conv=notrunc status=none
	cp "$BOX/die" cut
	truncate -s 100 cut
	chmod 755 ./*
	broken exec 'interpreter' -- ./script
	broken exec 'interpreter' -- ./dos
	broken exec 'not a program' -- ./empty
	broken exec 'not a program' -- ./text
	broken exec 'not a program' -- ./arm
	status=0
	"$SBX" run -- ./cut 2>"$T/err" || status=$?
	[ "$status" != 0 ]
	one_line "$T/err" '^sbx: (IE|RE)'
}

# ---- the job directory ----

@test "a job directory that is missing, a file, or unreadable for the box's user" {
	JOB=$T/none broken sources "$T/none" -- ./die
	: >"$T/file"
	JOB=$T/file broken sources 'not a directory' -- ./die
	mkdir -m 700 "$T/private"
	cp die "$T/private/"
	JOB=$T/private broken chdir 'chmod o\+rx' -- ./die
}

@test "a job directory that is a symbolic link is what it points to" {
	ln -s "$BOX" "$T/link"
	JOB=$T/link box -- ./die exit 0
	verdict OK null
	ln -s nowhere "$T/broken"
	JOB=$T/broken broken sources broken -- ./die
}

@test "a job directory with a newline, a space, a comma, a colon, a backslash in its name" {
	for name in $'new\nline' 'a b' 'a,b' 'a:b' 'a\b' '-x' $'\xff' '%s%n'; do
		mkdir "$T/$name"
		cp die "$T/$name/"
		for mode in ro cow rw; do
			JOB=$T/$name box --box-mode "$mode" -- ./die exit 0
			verdict OK null
		done
	done
}

@test "a job directory with a name of 4096 characters" {
	part=$(head -c 200 /dev/zero | tr '\0' d)
	long=
	for _ in $(seq 25); do long=$long/$part; done
	JOB=$T$long refused 2 '--box' -- ./die
	JOB=${T}${long:0:3900} refused 3 'sources' -- ./die
	(
		cd "$T"
		for _ in $(seq 25); do mkdir "$part" && cd "$part"; done
		cp "$BOX/die" .
		"$SBX" run -- ./die exit 0 2>"$T/err"
	)
	rm -rf "${T:?}/$part"
}

@test "a working directory that has been deleted" {
	run_in_deleted_folder
	cd "$BOX"
}

# ---- what the caller itself may have ----

@test "a hard limit of the caller's that would decide the verdict: refused, by its name" {
	while IFS='|' read -r limit option pattern; do
		status=0
		# shellcheck disable=SC2086
		prlimit "--$limit" "$SBX" run --box "$BOX" $option -- ./die >"$T/out" 2>"$T/err" || status=$?
		equal "$status" 3
		one_line "$T/err" "^sbx: IE \\($pattern"
	done <<-'E'
		nproc=10:10||rlimits.*--pids asks for 64, .* is 10;
		as=100000000:100000000||rlimits.*--mem \(as address space\) asks for 268435456
		data=100000000:100000000||rlimits.*--mem \(as data\) asks for 268435456
		cpu=5:5||rlimits.*--time .* asks for 12
		cpu=5:5|--time unlimited|rlimits.*--time .* asks for unlimited
		stack=8388608:8388608||rlimits.*--stack \(as --mem\) asks for 268435456
		nofile=40:40||host.*sbx needs 48 descriptors, and may have 40
	E
	# soft ones do not count, and unlimited is what there is where a system always has a limit
	prlimit --nproc=1: --data=8000000: --as=100000000: --cpu=1: "$SBX" run --box "$BOX" -- ./die 2>"$T/err"
	"$SBX" run --box "$BOX" --pids unlimited --open-files unlimited -- ./die 2>"$T/err"
}

@test "control characters of an argument do not reach the terminal" {
	for args in $'ru\nn' $'check\v-\033[31m' $'policy show\va\033b' $'languages\va\033b' $'run\v--debug\v--\v/bin/\ntrue'; do
		local -a words
		IFS=$'\v' read -r -d '' -a words <<<"$args" || true
		"$SBX" "${words[@]}" >"$T/out" 2>"$T/err" || true
		[ -s "$T/err" ]
		equal "$(tr -d '\n[:print:]' <"$T/err")" ''
		equal "$(grep -vc '^sbx: ' "$T/err" || true)" 0
	done
}

@test "a text that cannot be printed is a failure" {
	for args in --help --version 'run --help' 'judge --help' 'policy --help'; do
		status=0
		# shellcheck disable=SC2086
		"$SBX" $args >/dev/full 2>"$T/err" || status=$?
		equal "$status" 3
	done
}

# ---- the report's place ----

@test "a report that cannot be written is found before anything runs" {
	mkdir "$T/dir" "$T/ro"
	ln -s "$T/elsewhere" "$T/link"
	mkfifo "$T/fifo"
	for place in "$T/dir" "$T/dir/" "$T/none/report" "$T/link" "$T/fifo" /dev/full fd:99 \
		"$T/$(head -c 300 /dev/zero | tr '\0' r)"; do
		refused 3 '^sbx: report: --report' --report "$place" --stdout "$T/ran" -- /bin/echo ran
		[ ! -e "$T/ran" ]
	done
	equal "$(ls "$T/dir" "$T/ro")" "$T/dir:"$'\n\n'"$T/ro:"
	for place in fd: fd:x fd:-1 fd:99999999999999999999; do
		refused 2 '^sbx: --report: .*fd:N' --report "$place" --stdout "$T/ran" -- /bin/echo ran
	done
	[ ! -e "$T/ran" ]
}

@test "a report to a descriptor that is only for reading" {
	status=0
	"$SBX" run --report fd:5 -- ./die 5</dev/null 2>"$T/err" || status=$?
	equal "$status" 3
	one_line "$T/err" '^sbx: report: .*fd:5'
}

@test "a full disk: the report is exit 3, and no half of it is left" {
	mkdir "$T/full"
	mount -t tmpfs -o size=4k,nr_inodes=4 none "$T/full"
	echo old >"$T/full/report"
	refused 3 '^sbx: report: .*No space' --report "$T/full/report" --format json -- ./die exit 0 || result=$?
	content=$(cat "$T/full/report")
	files=$(ls -A "$T/full")
	umount "$T/full"
	[ -z "${result:-}" ]
	equal "$content $files" 'old report'
	status=0
	"$SBX" run --report fd:6 -- ./die exit 0 6>/dev/full 2>"$T/err" || status=$?
	equal "$status" 3
	one_line "$T/err" '^sbx: report: .*No space'
}

# ---- streams and files that cannot be opened ----

@test "redirections that cannot be opened name their option" {
	broken stdio '--stdin.*none' --stdin "$T/none" -- ./die
	broken stdio '--stdout.*none' --stdout "$T/none/x" -- ./die
	broken stdio '--stderr.*none' --stderr "$T/none/x" -- ./die
	mkdir "$T/dir"
	broken stdio '--stdout' --stdout "$T/dir" -- ./die
	status=0
	box --stdin "$T/dir" -- /bin/cat
	verdict IE error
}

@test "a profile that is none: the place in the file is named" {
	for text in '' '{' '[]' '{"defaultAction": "SCMP_ACT_DANCE"}' 'null' '{"defaultAction": 1}' \
		'{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["frobnicate"],"action":"SCMP_ACT_WHAT"}]}'; do
		printf '%s' "$text" >"$T/p.json"
		status=0
		"$SBX" run --seccomp "$T/p.json" -- ./die 2>"$T/err" || status=$?
		equal "$status" 2
		one_line "$T/err" 'p\.json'
	done
	head -c 2000000 /dev/zero >"$T/big.json"
	usage 'big.json' --seccomp "$T/big.json" -- ./die
}

@test "a bind that is missing, and one over the program's own root" {
	broken sources "$T/none" --bind "$T/none:/x" -- ./die
	broken mount '/etc/passwd/x' --bind "$BOX:/etc/passwd/x" -- ./die
}

@test "--chdir that is missing, or a file" {
	broken chdir '/none' --chdir /none -- ./die
	broken chdir '/etc/passwd' --chdir /etc/passwd -- ./die
}

# ---- what the caller's process is like ----

@test "few descriptors: a soft limit of 3 is raised, a hard one is named" {
	(ulimit -Sn 3 && exec "$SBX" run -- ./die exit 0) 2>"$T/err"
	for limit in 3 64; do
		status=0
		(ulimit -n "$limit" && exec "$SBX" run -- ./die exit 0) 2>"$T/err" || status=$?
		equal "$status" 3
		one_line "$T/err" '^sbx: '
	done
	one_line "$T/err" '--open-files.*64'
}

@test "an umask of 777 and signals that are blocked and ignored" {
	umask 777
	env --block-signal --ignore-signal "$SBX" run --report "$T/report" --stdout "$T/out" -- /bin/echo hi
	umask 022
	chmod 644 "$T/out"
	printed hi
	one_line "$T/report" '^sbx: OK'
}

@test "other limits of the caller: a small stack, no files" {
	(ulimit -s 64 && exec "$SBX" run --stack 64K -- ./die exit 0) 2>"$T/err"
	status=0
	(ulimit -Sf 0 && exec "$SBX" run -- ./die exit 0) 2>&1 | cat >"$T/out"
	one_line "$T/out" '^sbx: OK'
}

@test "without a cgroup delegated to it, an ordinary user is told the command to ask for" {
	status=0
	setpriv --reuid 65533 --regid 65533 --clear-groups "$SBX" run -- /bin/true 2>"$T/err" || status=$?
	equal "$status" 3
	case $(cgroup_version) in
	1) one_line "$T/err" '^sbx: IE \(host.*cgroup v2 only.*as root' ;;
	2) one_line "$T/err" '^sbx: IE \(host.*sbx setup --user' ;;
	esac
}

@test "with a set-user-ID or set-group-ID bit it does nothing for another user" {
	for mode in 4755 2755; do
		cp "$SBX" "$T/suid"
		chmod "$mode" "$T/suid"
		for args in '--version' 'run -- /bin/true' 'setup'; do
			status=0
			# shellcheck disable=SC2086
			setpriv --reuid 65533 --regid 65533 --clear-groups "$T/suid" $args >"$T/out" 2>"$T/err" || status=$?
			equal "$status" 2
			one_line "$T/err" '^sbx: .*set-user-ID'
		done
	done
	# root's own runs do not mind
	"$T/suid" --version
}

@test "an argument vector that is empty" {
	run -2 ./leaky bare "$SBX"
	[[ $output == usage:* ]]
}

@test "the stage that failed is named each time, whoever finds it out first" {
	for _ in $(seq 100); do
		status=0
		"$SBX" run --bind "$T/none:/x" -- ./die 2>"$T/err" || status=$?
		equal "$status" 3
		one_line "$T/err" '^sbx: IE \(sources: No such file'
	done
}

@test "values that no kernel takes" {
	usage '--pids.*4194304' --pids 4194305 -- ./die
	usage '--cpus.*0\.01' --cpus 0.001 -- ./die
	usage '--cpus.*unlimited' --cpus 8193 -- ./die
	usage '--cpus.*2\^63' --cpus 184467440737095527 -- ./die
	usage '--mem.*2\^63' --mem 16777215T -- ./die
	usage '--time.*too small' --time 0.0000001 -- ./die
	usage '--require.*"foo".*time,wall' --require memory,foo -- ./die
}

@test "--require of what was not asked for" {
	usage '--require: seccomp .*--seccomp' --seccomp none --require seccomp -- ./die
	usage '--require: memory .*--mem' --mem unlimited --require memory -- ./die
	usage '--require: pin .*--pin' --require pin -- ./die
	box --seccomp none --require all -- ./die exit 0
	verdict OK null
}

@test "a job directory with mounts below it: said why" {
	mkdir -p "$T/job/sub"
	mount -t tmpfs none "$T/job/sub"
	JOB=$T/job refused 3 '^sbx: IE \(mount.*mounts below it.*--box-mode rw' -- /bin/true || result=$?
	umount "$T/job/sub"
	[ -z "${result:-}" ]
}
