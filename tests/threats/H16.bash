# What an environment can do to a program of privileges: nothing here, since sbx is static, looks for no program along PATH
# and has no set-user-ID mode.
equal "$(stat -c %a "$SBX" | grep -E '^[2467]...' || :)" ''
equal "$(getcap "$SBX" 2>/dev/null || :)" ''
if readelf -l "$SBX" 2>/dev/null | grep -q INTERP; then exit 1; fi

# the loader would obey these; the control shows it
LD_TRACE_LOADED_OBJECTS=1 /bin/true | grep -q libc
LD_PRELOAD=$T/none.so /bin/true 2>&1 | grep -q none.so
mkdir "$T/bin" "$T/locale"
for name in sh bash true systemctl gcc ls mount newuidmap id python3 modprobe strace; do
	printf '#!/bin/sh\necho ran >>%s/ran\n' "$T" >"$T/bin/$name"
done
chmod 755 "$T/bin"/*
# shellcheck disable=SC2016 # the text is the attack
attack() {
	env "LD_PRELOAD=$T/none.so" "LD_LIBRARY_PATH=$T" "LD_AUDIT=$T/none.so" LD_TRACE_LOADED_OBJECTS=1 LD_DEBUG=all LD_SHOW_AUXV=1 \
		"LD_DEBUG_OUTPUT=$T/debug" "LD_PROFILE_OUTPUT=$T" LD_PROFILE=libc.so.6 LD_BIND_NOW=1 LD_ORIGIN_PATH=/tmp \
		GLIBC_TUNABLES=glibc.malloc.check=3:glibc.malloc.perturb=255:glibc.rtld.nns=999999999 MALLOC_TRACE="$T/trace" MALLOC_CHECK_=3 \
		MALLOC_PERTURB_=255 MALLOC_ARENA_MAX=0 "PATH=$T/bin:." "LOCPATH=$T/locale" "GCONV_PATH=$T/locale" "NLSPATH=$T/locale/%N" \
		LC_ALL=tr_TR.UTF-8 LANG=de_DE.UTF-8 LANGUAGE=xx 'IFS=/ ' "ENV=$T/bin/sh" "BASH_ENV=$T/bin/sh" SHELLOPTS=xtrace 'PS4=$(id)' \
		"TMPDIR=$T/none" "HOME=$T" "XDG_RUNTIME_DIR=$T" "NOTIFY_SOCKET=$T/none" LISTEN_FDS=3 LISTEN_PID=1 "TZ=:$CANARY/secret" \
		"HOSTALIASES=$CANARY/secret" "RESOLV_HOST_CONF=$CANARY/secret" "GETCONF_DIR=$T" MALLOC_MMAP_THRESHOLD_=1 CGROUP_LOGLEVEL=DEBUG \
		POSIXLY_CORRECT=1 COLUMNS=-1 NO_COLOR= "$@"
}
status=0
attack "$SBX" run --box "$BOX" --time 1.5 --report "$T/report" --format json -- ./die exit 7 >"$T/out" 2>"$T/err" || status=$?
verdict RE exit exit_code=7 limits.time.value=1500000
equal "$(cat "$T/out" "$T/err")" ''
# none of it reaches the program, unless the caller says so
attack "$SBX" run --box "$BOX" -- /usr/bin/env >"$T/out" 2>"$T/err"
equal "$(sort "$T/out")" $'HOME=/tmp\nLANG=C.UTF-8\nPATH=/usr/local/bin:/usr/bin:/bin'
# a name is looked for along the PATH of the box
attack "$SBX" run --box "$BOX" -- true >"$T/out" 2>"$T/err"
mkdir "$T/tests"
: >"$T/tests/1.in"
echo fine >"$T/tests/1.ans"
echo 'echo fine' >"$T/x.sh"
# shellcheck disable=SC2034
status=0
# shellcheck disable=SC2034
attack "$SBX" judge --tests "$T/tests" --report "$T/report" --format json "$T/x.sh" >"$T/out" 2>"$T/err" || status=$?
verdicts 'AC: AC'
for command in check languages 'policy list' --version setup; do
	# shellcheck disable=SC2086
	attack "$SBX" $command >"$T/out" 2>"$T/err" || :
	[ -s "$T/out" ] || [ -s "$T/err" ]
	if grep -q 'none\.so\|AT_SYSINFO\|secret' "$T/out" "$T/err"; then exit 1; fi
done
[ ! -e "$T/ran" ]
equal "$(find "$T" -maxdepth 1 -name 'debug*' -o -maxdepth 1 -name 'trace*' -o -maxdepth 1 -name 'libc*')" ''

# with the bit set by somebody all the same, and called by an ordinary user: nothing of root's is read or written
mkdir -m 777 "$T/theirs"
for options in "--stdin $CANARY/secret" "--bind $CANARY/secret:/s" "--bind /etc/shadow:/s" "--report $CANARY/folder/new" "--stdout $CANARY/folder/new" \
	"--seccomp $CANARY/secret" "--box /root"; do
	# shellcheck disable=SC2086
	"${ORDINARY[@]}" "$T/suid/sbx" run $options -- /bin/cat /s - >"$T/out" 2>"$T/err" </dev/null || :
	if grep -q '^secret$\|root:' "$T/out" "$T/err"; then
		echo "read by $options"
		exit 1
	fi
	one_line "$T/err" '^sbx: .*set-user-ID'
	[ ! -e "$CANARY/folder/new" ]
done
