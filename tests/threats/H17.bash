# An ordinary user has sbx read, write or mount what only root, or another user, may. On v1 such a user gets no box at all; on
# v2, with a delegated cgroup, each path is opened with that user's own rights, group and supplementary groups among them.
USER_ID=${CALLER:-65533}
CANARY=$SUITE/roots
as_user() { "${ORDINARY[@]}" "$@"; }
delegated() { "$@"; }
if [ -z "$CALLER" ] && [ "$(cgroup_version)" = 2 ]; then
	export USER_ID SBX
	delegated() {
		# shellcheck disable=SC2016
		bash -c '"$SBX" setup --user "$USER_ID" --pid $$ >/dev/null && exec "$@"' bash "${ORDINARY[@]}" "$@"
	}
	trap '"$SBX" setup --undo --user "$USER_ID" >/dev/null' EXIT
fi
tries() { as_user "$@"; }
if [ "$(cgroup_version)" = 2 ]; then
	tries() { delegated "$@"; }
	tries "$SBX" run --box "$T/job" --report "$T/theirs/ok" --format json -- ./die exit 7 2>"$T/err" || :
	"$SUITE/report" "$T/theirs/ok" verdict=RE exit_code=7
fi
n=0
while read -r options; do
	n=$((n + 1))
	[ -z "${SBX_VM:-}" ] || [ $((n % 2)) = 0 ] || continue
	status=0
	# shellcheck disable=SC2086
	tries "$SBX" run --box "$T/job" --report "$T/theirs/report" $options >"$T/out" 2>"$T/err" </dev/null || status=$?
	[ "$status" = 2 ] || equal "$status" 3 || {
		echo "of: $options"
		exit 1
	}
	if grep -qE '^secret$|root:|of the group' "$T/out" "$T/err"; then
		echo "read by: $options"
		exit 1
	fi
done <<-END
	--stdin $CANARY/secret -- /bin/cat
	--stdin /etc/shadow -- /bin/cat
	--stdin $T/roots/group -- /bin/cat
	--stdin $T/theirs/link -- /bin/cat
	--stdin /proc/1/environ -- /bin/cat
	--stdout $CANARY/public -- /bin/echo x
	--stdout $CANARY/folder/new -- /bin/echo x
	--stderr /etc/sbx-was-here -- /bin/echo x
	--stdout /run/sbx/host -- /bin/echo x
	--seccomp /etc/shadow.json -- /bin/true
	--seccomp $CANARY/secret -- /bin/true
	--bind $T/theirs/link:/s -- /bin/cat /s
END
# what can be bound, since its path is anybody's, has the user's rights and no more: also for writing, and below it
while read -r options; do
	# shellcheck disable=SC2086
	tries "$SBX" run --box "$T/job" $options >"$T/out" 2>"$T/err" </dev/null || :
	if grep -qE '^secret$|root:|of the group|bash' "$T/out"; then
		echo "read by: $options"
		exit 1
	fi
done <<-END
	--bind $CANARY/secret:/s -- /bin/cat /s
	--bind /root:/r:rw -- /bin/cat /r/.bashrc /r/.profile
	--bind /etc/shadow:/s -- /bin/cat /s
	--bind $T/roots:/t:rw -- /bin/sh -c cat</t/group;echo>/t/new
	--bind /etc:/e:rw -- /bin/cat /e/shadow
	--bind /proc:/p:rw -- /bin/cat /p/1/environ
	--bind /sys/fs/cgroup:/c:rw -- /bin/mkdir /c/new
	--bind /dev:/d:rw -- /bin/cat /d/mem
	--bind $CANARY:/c:rw -- /bin/cat /c/secret
END
[ ! -e "$T/roots/new" ]
[ ! -e /etc/sbx-was-here ]
# a report in a folder of root's, and one by way of a link
for place in "$CANARY/folder/report" /etc/sbx-report "$T/job/report" "$T/theirs/link"; do
	status=0
	tries "$SBX" run --box "$T/job" --report "$place" -- ./die exit 0 >"$T/out" 2>"$T/err" || status=$?
	equal "$status" 3
done
[ ! -e /etc/sbx-report ]
[ ! -e "$T/job/report" ]
# commands for root alone
for command in 'setup' "setup --user $USER_ID" 'setup --undo' "setup --undo --user 0"; do
	# shellcheck disable=SC2086
	if as_user "$SBX" $command >"$T/out" 2>"$T/err"; then exit 1; fi
done
