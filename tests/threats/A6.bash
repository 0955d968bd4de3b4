# A6.root.bash's launcher, whose file everybody may write: so it is not the file's mode that protects it.
before=$(sha256sum <"$T/bin/sbx")
SBX=$T/bin/sbx

for how in '' '--seccomp none' '--box-mode rw --seccomp none'; do
	# shellcheck disable=SC2086
	box --time 100s --wall 200s $how -- ./A6
	report verdict=OK || { cat "$T/out"; exit 1; }
done
# mounted into the box, even writable: it is running
box --time 100s --wall 200s --bind "$T/bin:/host" -- ./A6 /host/sbx
report verdict=OK || { cat "$T/out"; exit 1; }
box --time 100s --wall 200s --bind "$T/bin:/host:rw" --seccomp none -- ./A6 /host/sbx
report verdict=OK || { cat "$T/out"; exit 1; }
# without a box, and when nobody runs it, it can be written
"${ORDINARY[@]}" "$BOX/A6" "$T/bin/sbx" >"$T/out" || :
grep -q '^broke: ' "$T/out"

# a script whose interpreter is the launcher, which is what init's memory was executed from
mkdir -m 777 "$T/job"
printf '#!/proc/self/exe run\n' >"$T/job/script"
printf '#!/proc/self/exe\n' >"$T/job/bare"
printf '#!/proc/1/exe\n' >"$T/job/init"
chmod 755 "$T"/job/*
for script in script bare init; do
	for how in '--box-mode rw' '--seccomp none'; do
		# shellcheck disable=SC2086
		JOB=$T/job box $how -- ./$script
		report verdict!=OK
	done
done
JOB=$T/job box -- /proc/1/exe --version
report verdict=IE error.stage=exec
equal "$(sha256sum <"$T/bin/sbx")" "$before"
equal "$(stat -c %a "$T/bin/sbx")" 777
