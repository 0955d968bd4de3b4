# Ids are used again, by the number of the slot; no file of theirs outlives a run outside of a place bound for writing.
for options in '--box-mode ro' '--box-mode cow' '--tmpfs /work' '--seccomp none'; do
	for _ in $(rounds 10); do
		case $options in *none) with=keys ;; *) with= ;; esac
		# shellcheck disable=SC2086 # words
		box $options -- ./I8 $with
		report verdict=OK
	done
done
within 10 not grep -q sbx-i8 /proc/keys
equal "$(find "$BOX" "$T" "$CANARY" /dev/shm /run/sbx -xdev -uid +1879048191 ! -uid +1879064575 2>/dev/null)" ''
# what is left in a place bound for writing belongs to an id that is nobody's on the host (an ordinary user's: to the user),
# and the next cannot change it where it is not bound for writing
mkdir -m 777 "$T/job"
cp "$BOX/I8" "$T/job"
chmod -R a+rX "$T"
JOB=$T/job box --box-mode rw -- /bin/sh -c 'echo first >left; chmod 666 left'
report verdict=OK
[ -n "$CALLER" ] || not getent passwd "$(stat -c %u "$T/job/left")"
JOB=$T/job box -- /bin/sh -c 'echo second >left; rm left; chmod 600 left'
report verdict=RE
equal "$(cat "$T/job/left")" first
