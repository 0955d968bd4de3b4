# check PATTERN: what `sbx check` says where this is the core_pattern
check() {
	printf '%s\n' "$1" >"$T/pattern"
	# shellcheck disable=SC2016 # for the other shell
	unshare -m sh -c 'mount --bind "$1" /proc/sys/kernel/core_pattern && shift && exec "$@" check --json' sh "$T/pattern" "${AS[@]}" "$SBX" |
		python3 -IS -c 'import json, sys
print(next(r["status"] for r in json.load(sys.stdin)["checks"] if r["name"] == "core_pattern"))'
}
equal "$(check '|/usr/lib/collect %p')" warn
equal "$(check core)" ok
rm "$T/pattern"
