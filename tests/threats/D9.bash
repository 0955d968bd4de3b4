# Each box is fresh: by the same slot, and by another at the same time.
mkdir -m 777 "$T/job"
cp "$BOX/D9" "$T/job"
for options in '--box-mode cow' '--box-mode cow --seccomp none' '--tmpfs /home --net loopback'; do
	for _ in 1 2; do
		# shellcheck disable=SC2086
		JOB=$T/job box $options -- ./D9 leave
		verdict OK null
		# shellcheck disable=SC2086
		JOB=$T/job box $options -- ./D9 look
		verdict OK null
	done
done
equal "$(ls -A "$T/job")" D9
equal "$(find / -xdev -maxdepth 3 -name '.left-behind*' 2>/dev/null)" ''

# of a job: /box is sealed, all else is gone
mkdir "$T/tests"
for i in 1 2 3 4; do
	: >"$T/tests/$i.in"
	echo clean >"$T/tests/$i.ans"
done
cat >"$T/leave.sh" <<-'END'
	find / \( -path /usr -o -path /proc \) -prune -o -name '.left*' -print 2>/dev/null
	for dir in /tmp /dev/shm /box / /dev "$HOME" /var/tmp; do { echo x >"$dir/.left"; } 2>/dev/null; done
	[ -e /tmp/.left ] && [ ! -e /box/.left ] && echo clean
END
judge --time 60 --wall 200 --tests "$T/tests" -j 1 "$T/leave.sh"
verdicts 'AC: AC AC AC AC'
judge --time 60 --wall 200 --tests "$T/tests" -j 2 "$T/leave.sh"
verdicts 'AC: AC AC AC AC'
