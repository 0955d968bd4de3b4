# What a box leaves in places that could be shared, and what the host has there, no other finds, at once or later.
host=/dev/shm/sbx-b7-$$
: >"$host"
shm=$(ipcmk -M 4096 -p 0666 | grep -o '[0-9]*$')
msg=$(ipcmk -Q -p 0666 | grep -o '[0-9]*$')
trap 'end_jobs; ipcrm -m "$shm" -q "$msg"; rm -f "$host"' EXIT
key=$(awk -v id="$shm" '$2 == id { print $1 }' /proc/sysvipc/shm)
[ -n "$key" ]

for options in '' '--seccomp none'; do
	: >"$T/ready"
	# shellcheck disable=SC2086 # words
	"$SBX" run --box "$BOX" --report "$T/other" --wall 100s $options -- ./B7 leave >"$T/ready" 2>&1 &
	other=$!
	within 60 grep -q ready "$T/ready"
	# without a filter there are message queues, in an IPC namespace as the others
	[ -z "$options" ] || grep -qE 'queue|ENOSYS|EMFILE' "$T/ready"
	# shellcheck disable=SC2086
	box $options -- ./B7 look "$key"
	report verdict=OK
	kill "$other"
	wait "$other" || :
	for _ in $(rounds 10); do
		# shellcheck disable=SC2086
		box $options -- ./B7 look "$key"
		report verdict=OK
	done
done
[ -e "$host" ]
ipcs -m -i "$shm" | grep -q "shmid=$shm"
ipcs -q -i "$msg" | grep -q "msqid=$msg"
