/* Personality, securebits, dumpable and their like: refused, or harmless. */
// run: -- filtered
// run: --seccomp interpreted -- filtered
// run: --seccomp none -- unfiltered
#include "tests/threats/attack.h"

#include <linux/capability.h>
#include <linux/prctl.h>
#include <linux/securebits.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void try_personality(bool filtered)
{
	static const unsigned long kinds[] = {READ_IMPLIES_EXEC, MMAP_PAGE_ZERO,  ADDR_COMPAT_LAYOUT, ADDR_LIMIT_32BIT,
	                                      ADDR_LIMIT_3GB,    STICKY_TIMEOUTS, SHORT_INODE,        WHOLE_SECONDS,
	                                      PER_SVR4,          PER_BSD,         PER_SOLARIS,        ~0UL >> 33};

	for (size_t i = 0; filtered && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		REFUSED(personality(kinds[i]), EPERM);
		REFUSED(personality(kinds[i] | ADDR_NO_RANDOMIZE), EPERM);
	}
	if (filtered && personality(0xffffffff) != PER_LINUX)
		broke("the personality is %#x", (unsigned)personality(0xffffffff));
	/* whatever was asked for, no page at 0, which is where a kernel's NULL would point */
	if (!filtered)
		personality(MMAP_PAGE_ZERO);
	if (mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED)
		broke("a page at 0");
}

static void try_privileges(void)
{
	REFUSED(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_KEEP_CAPS), EPERM);
	REFUSED(prctl(PR_SET_SECUREBITS, 0), EPERM);
	REFUSED(prctl(PR_CAPBSET_DROP, CAP_KILL), EPERM);
	REFUSED(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), EINVAL);
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		broke("no_new_privs is gone");
	/* kept over a change of ids: but there are none to keep */
	prctl(PR_SET_KEEPCAPS, 1);
	if (setuid(1000) != 0 || prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN) != 0)
		broke("capabilities");
	REFUSED(prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, 0, 0, 0), EPERM, EINVAL, EBADF);
	REFUSED(prctl(PR_SET_MM, PR_SET_MM_START_BRK, 4096, 0, 0), EPERM, EINVAL);
	REFUSED(prctl(PR_MCE_KILL, 99, 0, 0, 0), EINVAL, EPERM);
	REFUSED(prctl(63 /* PR_SCHED_CORE + 1 and beyond */, ~0UL, ~0UL, ~0UL, ~0UL), EINVAL, EPERM, EFAULT, ENOENT,
	        ENODEV);
}

/* Dumpable or not, it leaves no core, and init stays out of its reach. */
static void try_dumps(bool filtered)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
	int status;
	pid_t pid;

	REFUSED(prctl(PR_SET_DUMPABLE, 2), EINVAL);
	for (int dumpable = 0; dumpable <= 1; dumpable++) {
		MUST(prctl(PR_SET_DUMPABLE, dumpable));
		REFUSED(setrlimit(RLIMIT_CORE, &limit), EPERM);
		limit.rlim_cur = limit.rlim_max = 1;
		REFUSED(setrlimit(RLIMIT_CORE, &limit), EPERM);
		pid = MUST(fork());
		if (pid == 0)
			abort();
		MUST(waitpid(pid, &status, 0));
		if (WCOREDUMP(status))
			broke("a core was dumped");
		REFUSED(open("/proc/1/mem", O_RDONLY), ENOENT, EACCES);
		if (filtered || !has_inits_id())
			REFUSED(prlimit(1, RLIMIT_CORE, NULL, &limit), EPERM, ESRCH);
	}
	prctl(PR_SET_PTRACER, 1);
	MUST(prctl(PR_SET_PDEATHSIG, 0));
	/* orphans go to it, not to init: they die with the box all the same, which lib.bash looks at */
	MUST(prctl(PR_SET_CHILD_SUBREAPER, 1));
	pid = MUST(fork());
	if (pid == 0) {
		if (fork() == 0)
			for (setsid();;)
				pause();
		_exit(0);
	}
	MUST(waitpid(pid, &status, 0));
}

int main(int argc, char **argv)
{
	bool filtered = argc > 1 && strcmp(argv[1], "filtered") == 0;

	try_personality(filtered);
	try_privileges();
	if (!filtered)
		REFUSED(ptrace(PTRACE_ATTACH, 1, 0, 0), EPERM, ESRCH);
	try_dumps(filtered);
	return 0;
}
