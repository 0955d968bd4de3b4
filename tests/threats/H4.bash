# refused PATTERN [OPTION...]: the job directory $JOB is, with a reason, and nothing of it is seen.
refused() {
	box "${@:2}" -- /bin/sh -c 'cat secret; ls -a'
	verdict IE error
	equal "$(cat "$T/out")" ''
	report error.message | grep -Eq -- "$1"
}

job() {
	mkdir -p "$1"
	cp "$BOX/die" "$1"
}

# links: root's own are followed, those of others are not, nor what lies behind them
job "$T/real"
ln -s real "$T/link"
if [ -n "$CALLER" ]; then
	# what lies in an ordinary user's folder is the user's to that user's sbx, whose box has the same id
	JOB=$T/link refused 'symbolic link'
	JOB=/bin box -- ./true
	verdict OK null
else
	JOB=$T/link box -- ./die exit 7
	verdict RE exit exit_code=7
fi
mkdir -m 777 "$T/open"
job "$T/open/real"
ln -s "$CANARY" "$T/open/root-link"
ln -s real "$T/open/own-link"
ln -s .. "$T/open/way"
[ -n "$CALLER" ] || chown -h nobody "$T/open/own-link" "$T/open/way"
for mode in ro cow rw; do
	for name in open/root-link open/own-link open/way/real open/root-link/folder; do
		JOB=$T/$name refused 'symbolic link' --box-mode "$mode"
	done
done
ln -s loop "$T/loop"
JOB=$T/loop refused 'links without end'

# somebody else's folder is what it is, with the rights that anybody has
JOB=$T/theirs box -- ./die exit 7
verdict RE exit exit_code=7
JOB=$T/theirs-alone refused 'chmod o\+rx'

# swapped all the time with a link to what no box may see: it is one of the two as a whole, or an error
mkdir -m 777 "$T/race"
job "$T/race/job"
echo mine >"$T/race/job/secret"
mkdir "$T/hidden"
echo hidden >"$T/hidden/secret"
ln -s "$T/hidden" "$T/race/other"
[ -n "$CALLER" ] || chown -h nobody "$T/race/other" "$T/race/job"
"$BOX/H4" "$T/race/job" "$T/race/other" &
swapper=$!
trap 'kill "$swapper" 2>/dev/null || :' EXIT
seen=0 refused=0
for _ in $(rounds 60); do
	JOB=$T/race/job box -- /bin/cat secret
	case $(report verdict) in
	OK)
		printed mine
		seen=$((seen + 1))
		;;
	*)
		verdict IE error
		printed ''
		refused=$((refused + 1))
		;;
	esac
done
# both happened, or the race was none
echo "seen $seen refused $refused"
[ "$seen" -gt 0 ]
[ "$refused" -gt 0 ]
# and as a report's, an input's and an output's folder
for _ in $(rounds 20); do
	status=0
	"$SBX" run --box "$BOX" --stdin "$T/race/job/secret" --report "$T/race/job/report" -- /bin/cat >"$T/out" 2>"$T/err" || status=$?
	case $status in
	0) printed mine ;;
	*)
		equal "$status" 3
		printed ''
		;;
	esac
	"$SBX" run --box "$BOX" --stdout "$T/race/job/out" -- /bin/echo x >"$T/out" 2>"$T/err" || :
done
kill "$swapper"
wait "$swapper" || :
equal "$(cd "$T/hidden" && echo *) $(cat "$T/hidden/secret")" 'secret hidden'

# names
for name in $'new\nline' ' ' 'a,b' 'a:b' 'a\b' '-x' $'\xff' '%s' $'\e[31m'; do
	job "$T/names/$name"
	JOB=$T/names/$name box --box-mode cow -- ./die exit 7
	verdict RE exit exit_code=7
done
name=$T/$(head -c 255 /dev/zero | tr '\0' n)
job "$name"
JOB=$name box -- ./die exit 7
verdict RE exit exit_code=7
rm -r "$name"
name=$(printf '/%0200d' $(seq 25))
status=0
"$SBX" run --box "$T$name" -- ./die exit 7 2>"$T/err" || status=$?
equal "$status" 2
one_line "$T/err" '^sbx: --box'
for name in '' "$T/none" "$BOX/die" "$T/none/.." /proc/self/fd/0; do
	status=0
	"$SBX" run --box "$name" -- ./die exit 7 >"$T/out" 2>"$T/err" || status=$?
	[ "$status" = 2 ] || equal "$status" 3
	one_line "$T/err" '^sbx: '
done
