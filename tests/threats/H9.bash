# Each call that launcher, init and program make on the way to exec fails once, by strace, for want of something: then
# nothing of the program has run (IE), or it ran in a box that has all its walls, of which the memory limit ends it (MLE).
box --mem 64M -- ./H9
verdict MLE memory
printed confined
# outside it finds something missing, or this would prove nothing
"$BOX/H9" >"$T/out" && exit 1
grep -q '^broke: ' "$T/out"

errors=(EMFILE ENFILE ENOMEM EAGAIN EINTR EIO)
# shellcheck disable=SC2054 # the commas are in the elements
calls=(openat:1,9,20,33 openat2:1,4,9,20,40 prctl:1,5,20,30 newfstatat:2,9,20 read:2,7 prlimit64:3,12 epoll_ctl:1,5 write:1,3 move_mount:1,6,12
	setrlimit:1,7,13 mkdirat:1,4,9 mount_setattr:1,6,11 fsconfig:1,8 open_tree:1,6,11 fcntl:1,5 close_range:1,5,11 symlinkat:1,8
	recvmsg:1,3 poll:1 fstatfs:1 epoll_wait:1,3 timerfd_settime:1 wait4:1 sendmsg:1 fsopen:1 fsmount:1 dup2:1,3 clone3:1,2 unshare:1
	setresuid:1 setresgid:1 setns:1 setgroups:1 pipe2:1,2 flock:1 fchown:1 fchmodat:1 rt_sigprocmask:1 personality:1 mkdir:1
	signalfd4:1 timerfd_create:1 socketpair:1 eventfd2:1 epoll_create1:1 chdir:1,2 capset:1 sched_getaffinity:1 pread64:1
	seccomp:1 execve:2 pivot_root:1 umount2:1 setsid:1 sethostname:1 close:9,30,50)
n=0 ran=0 failed=0
for call in "${calls[@]}"; do
	for when in $(tr , ' ' <<<"${call#*:}"); do
		n=$((n + 1))
		[ -z "${SBX_VM:-}" ] || [ $((n % 5)) = 0 ] || continue
		error=${errors[n % 6]}
		rm -f "$T/report"
		status=0
		timeout 60 strace -f -qq -o "$T/trace" -e "trace=${call%:*}" -e "inject=${call%:*}:error=$error:when=$when" \
			"$SBX" run --box "$BOX" --mem 64M --report "$T/report" --format json -- ./H9 >"$T/out" 2>"$T/err" || status=$?
		what="$error of ${call%:*}, number $when"
		case $(cat "$T/out") in
		confined | '') ;;
		*)
			echo "after $what: $(cat "$T/out")"
			exit 1
			;;
		esac
		if [ "$status" = 1 ]; then
			ran=$((ran + 1))
			report verdict=MLE || {
				echo "after $what"
				exit 1
			}
		else
			failed=$((failed + 1))
			equal "$status" 3 || {
				echo "after $what: $(cat "$T/err")"
				exit 1
			}
		fi
		no_processes || within 5 no_processes
	done
done
echo "$ran ran, $failed did not"
[ "$failed" -gt 5 ]
# few descriptors, the real thing
for limit in 3 10 30 47; do
	status=0
	(ulimit -n "$limit" && exec "$SBX" run --box "$BOX" -- /bin/echo ran) >"$T/out" 2>"$T/err" || status=$?
	equal "$status $(cat "$T/out")" '3 '
done
box -- ./die exit 0
verdict OK null
