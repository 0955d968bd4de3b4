# Words of the host: its name, the folders of this case, of sbx and of the cgroups, and the way of a mount.
mkdir -m 777 "$T/place-of-the-job" "$T/host-way"
cp "$BOX/A16" "$T/place-of-the-job"
backwards() {
	local i out=
	for ((i = ${#1} - 1; i >= 0; i--)); do out+=${1:i:1}; done
	echo "$out"
}
words=()
for word in place-of-the-job "${SUITE##*/}" /run/sbx /sbx/run- /sys/fs/cgroup "$(uname -n)"; do
	# a name that is a word of everyday use (localhost, say) proves nothing
	[ "${#word}" -lt 5 ] || [ "$word" = localhost ] || words+=("$(backwards "$word")")
done

for how in '' '--box-mode cow' '--net loopback' '--seccomp none'; do
	# shellcheck disable=SC2086
	JOB=$T/place-of-the-job box $how -- ./A16 plain "${words[@]}"
	report verdict=OK || { cat "$T/out"; exit 1; }
done
JOB=$T/place-of-the-job box --seccomp none -- ./A16 nested "${words[@]}"
report verdict=OK || { cat "$T/out"; exit 1; }
# what docs/SECURITY.md says of mounts that the caller names is seen: the words are found where they are
JOB=$T/place-of-the-job box --box-mode rw -- ./A16 plain "${words[@]}"
report verdict=RE
grep -q '^broke: .*mount.* tells ' "$T/out"
