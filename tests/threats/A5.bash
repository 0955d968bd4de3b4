# The caller leaves folders of the host open, and the job asks for one of them by its number: in the launcher, in init and
# in the program, as the option says it and by links in the job directory.
mkdir -m 777 "$T/job"
cp "$BOX/A5" "$BOX/leaky" "$T/job"
cd "$CANARY" || exit
# leaves DIR: as leaky, with the canaries' folder
leaves() {
	exec 3<"$CANARY" 4</ 5<"$CANARY" 8</etc 9</ 20<"$CANARY"
	"$@"
	exec 3<&- 4<&- 5<&- 8<&- 9<&- 20<&-
}

tried=0
for how in --box-mode=ro --box-mode=rw; do
	for dir in /proc/self/fd/{0..12} /proc/self/fd/20 /dev/fd/3 /proc/1/fd/3 /proc/2/fd/3 /proc/thread-self/fd/4 \
		/proc/self/cwd /proc/1/cwd /proc/self/root /proc/1/root /proc/self/task/2/cwd /dev/stdin; do
		JOB=$T/job leaves box "$how" --chdir "$dir" -- /box/A5
		case $dir in
		# these may be the box's own root, or what was the working directory before
		*/cwd | */root) report verdict=OK || report verdict=IE error.stage=chdir ;;
		*) report verdict=IE error.stage=chdir ;;
		esac || { cat "$T/out"; exit 1; }
		ln -sfn "$dir" "$T/job/link"
		JOB=$T/job leaves box "$how" --chdir /box/link -- /box/A5
		case $dir in
		*/cwd | */root) report verdict=OK || report verdict=IE error.stage=chdir ;;
		*) report verdict=IE error.stage=chdir ;;
		esac || { cat "$T/out"; exit 1; }
		tried=$((tried + 1))
	done
done
[ "$tried" -gt 40 ]
# upwards, and where a link leads
for dir in ../.. "$CANARY" "$T" /run/sbx; do
	ln -sfn "$dir" "$T/job/link"
	JOB=$T/job leaves box --chdir /box/link -- /box/A5
	report verdict=OK || report verdict=IE error.stage=chdir || { cat "$T/out"; exit 1; }
done
# it is usage to name a way with .. in it
JOB=$T/job leaves box --chdir /box/../../.. -- /box/A5
# shellcheck disable=SC2154
equal "$status" 2
