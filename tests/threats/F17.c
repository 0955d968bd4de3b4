/*
 * SEED CALLS SECONDS HOW: system calls at random, with arguments at random: numbers, descriptors, pointers to random
 * memory and to names. Children make them, 200 or so each, for what ends one of them shall not end all.
 * HOW: `all`, and then a call that the profile stops is soon met; `quiet`, all but these.
 */
#include "tests/threats/attack.h"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

/* What the built-in profiles stop, and what takes part in no sane fuzzing: pause and its like, leaving. */
static const int stopped[] = {SYS_kcmp,
                              438 /* pidfd_getfd */,
                              SYS_process_vm_readv,
                              SYS_process_vm_writev,
                              SYS_ptrace,
                              SYS_chroot,
                              SYS_mount,
                              SYS_open_by_handle_at,
                              SYS_pivot_root,
                              SYS_quotactl,
                              443,
                              SYS_umount2,
                              428,
                              429,
                              430,
                              431,
                              432,
                              433,
                              442,
                              SYS_setns,
                              SYS_unshare,
                              SYS_clone,
                              SYS_add_key,
                              SYS_bpf,
                              SYS_fanotify_init,
                              SYS_fanotify_mark,
                              SYS_keyctl,
                              SYS_perf_event_open,
                              SYS_request_key,
                              SYS_userfaultfd,
                              SYS_acct,
                              SYS_clock_settime,
                              SYS_delete_module,
                              SYS_finit_module,
                              SYS_init_module,
                              SYS_ioperm,
                              SYS_iopl,
                              SYS_kexec_file_load,
                              SYS_kexec_load,
                              SYS_reboot,
                              SYS_settimeofday,
                              SYS_swapoff,
                              SYS_swapon,
                              SYS_vhangup};
static const int useless[] = {SYS_pause,        SYS_rt_sigsuspend, SYS_exit,   SYS_exit_group,
                              SYS_rt_sigreturn, SYS_sync,          SYS_syncfs, SYS_rt_sigtimedwait};
static uint64_t state;
static char *memory;
static volatile int *made; /* calls that came back, of all children */

static uint64_t roll(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

static bool is_in(const int *list, size_t n, long nr)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == nr)
			return true;
	return false;
}

static long argument(void)
{
	static const char *const names[] = {"/",          "/tmp",    "/tmp/x",         "/proc/self/mem",  "/dev/null",
	                                    "/box",       "..",      "/proc/self/exe", "/proc/self/fd/1", "",
	                                    "/dev/shm/y", "/usr/lib"};

	switch (roll(9)) {
	case 0:
		return (long)roll(8);
	case 1:
		return 1L << roll(64);
	case 2:
		return -(long)roll(200);
	case 3:
		return (long)(uintptr_t)names[roll(sizeof(names) / sizeof(names[0]))];
	case 4:
		return (long)(uintptr_t)memory + (long)roll(1 << 16);
	case 5:
		return (long)roll(1 << 16);
	case 6:
		return AT_FDCWD;
	case 7:
		return (long)(roll(1UL << 32) << 16 | roll(1 << 16));
	default:
		return 0;
	}
}

static _Noreturn void storm(int calls, bool quiet)
{
	alarm(1);
	for (int i = 0; i < calls; i++) {
		long nr = (long)roll(470);
		if (nr >= 335 && nr < 424)
			nr = 0x40000000 | nr; /* x32, if that is not to be left out */
		if (is_in(useless, sizeof(useless) / sizeof(useless[0]), nr) ||
		    (quiet && (nr >= 0x40000000 || is_in(stopped, sizeof(stopped) / sizeof(stopped[0]), nr))))
			continue;
		if (roll(50) == 0)
			for (int j = 0; j < 1 << 12; j++)
				((uint64_t *)memory)[j] = roll(~0UL);
		syscall(nr, argument(), argument(), argument(), argument(), argument(), argument());
		++*made;
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	int calls = argc > 2 ? atoi(argv[2]) : 20000;
	time_t end = time(NULL) + (argc > 3 ? atoi(argv[3]) : 2);
	bool quiet = argc > 4 && strcmp(argv[4], "quiet") == 0;

	for (int sig = 1; sig < 32; sig++)
		signal(sig, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	memory = mmap(NULL, 2 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	made = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (int done = 0; done < calls && time(NULL) < end; done += 200) {
		pid_t pid = fork();
		state = (seed + (uint64_t)done) * 0x9e3779b97f4a7c15UL | 1;
		if (pid == 0)
			storm(200, quiet);
		for (int i = 0; i < 300 && waitpid(pid, NULL, WNOHANG) == 0; i++)
			poll(NULL, 0, 1);
		kill(pid, SIGKILL);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	if (quiet && *made < 50)
		broke("only %d calls came back: no storm", *made);
	return 0;
}
