/* clone3, whose flags lie in memory that a filter cannot see. */
// run:
// run: --seccomp interpreted
// run: --seccomp jvm
// run: --seccomp compile
// run: --seccomp contest
#include "tests/threats/attack.h"

#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static void *thread(void *arg)
{
	return arg;
}

int main(void)
{
	static const uint64_t flags[] = {0,
	                                 CLONE_NEWUSER,
	                                 CLONE_NEWUSER | CLONE_NEWNS,
	                                 CLONE_NEWPID,
	                                 CLONE_NEWTIME,
	                                 CLONE_INTO_CGROUP,
	                                 CLONE_CLEAR_SIGHAND};
	pthread_t id;
	int status;
	pid_t pid;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		struct clone_args args = {.flags = flags[i], .exit_signal = SIGCHLD};
		long rc = syscall(SYS_clone3, &args, sizeof(args));
		if (rc == 0)
			_exit(0);
		REFUSED(rc, ENOSYS);
		/* the wrong size, and numbers with bits above the 32 that count */
		REFUSED(syscall(SYS_clone3, &args, 1), ENOSYS);
		REFUSED(syscall(SYS_clone3 | 1L << 32, &args, 1), ENOSYS);
	}
	REFUSED(syscall(SYS_clone3, NULL, 0), ENOSYS);
	/* the C library takes the other way */
	if (pthread_create(&id, NULL, thread, NULL) != 0 || pthread_join(id, NULL) != 0)
		broke("not tried: no thread");
	pid = MUST(fork());
	if (pid == 0)
		_exit(7);
	if (waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != 7)
		broke("not tried: no child");
	return 0;
}
