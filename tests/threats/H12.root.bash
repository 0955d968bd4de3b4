# Sets the clock when it is told to, where that is nobody else's.
step() {
	until [ -e "$T/step" ]; do
		[ -e "$T" ] || return 0
		sleep 0.1
	done
	sleep 1
	for by in +1hour -2hours +1hour; do
		/bin/date -s "$by" >/dev/null
		sleep 0.3
	done
	: >"$T/stepped"
}
[ -z "${SBX_VM:-}" ] || step &
