/* Running the machine. What is tried would do no harm if it worked: the clock is set to what it shows. */
// run: -- reboot => verdict=SV denied_syscall=reboot
// run: -- kexec_load => verdict=SV denied_syscall=kexec_load
// run: -- kexec_file_load => verdict=SV denied_syscall=kexec_file_load
// run: -- init_module => verdict=SV denied_syscall=init_module
// run: -- finit_module => verdict=SV denied_syscall=finit_module
// run: -- delete_module => verdict=SV denied_syscall=delete_module
// run: -- swapon => verdict=SV denied_syscall=swapon
// run: -- swapoff => verdict=SV denied_syscall=swapoff
// run: -- settimeofday => verdict=SV denied_syscall=settimeofday
// run: -- clock_settime => verdict=SV denied_syscall=clock_settime
// run: -- acct => verdict=SV denied_syscall=acct
// run: -- iopl => verdict=SV denied_syscall=iopl
// run: -- ioperm => verdict=SV denied_syscall=ioperm
// run: -- vhangup => verdict=SV denied_syscall=vhangup
// run: -- quotactl => verdict=SV denied_syscall=quotactl
// run: -- refused => verdict=OK
// run: --seccomp interpreted -- refused => verdict=OK
// run: --seccomp jvm -- reboot => verdict=SV denied_syscall=reboot
// run: --seccomp compile -- finit_module => verdict=SV denied_syscall=finit_module
// run: --seccomp contest -- swapoff => verdict=SV denied_syscall=swapoff
// run: --seccomp none -- all
#include "tests/threats/attack.h"

#include <sys/klog.h>
#include <sys/reboot.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>

static void try_reboot(void)
{
	REFUSED(reboot(RB_AUTOBOOT), EPERM);
	REFUSED(reboot(RB_POWER_OFF), EPERM);
	REFUSED(reboot(RB_HALT_SYSTEM), EPERM);
}

static void try_kexec_load(void)
{
	REFUSED(syscall(SYS_kexec_load, 0UL, 0UL, NULL, 0UL), EPERM, ENOSYS);
}

static void try_kexec_file_load(void)
{
	REFUSED(syscall(SYS_kexec_file_load, 0, 0, 0UL, "", 0UL), EPERM, ENOSYS);
}

static void try_init_module(void)
{
	REFUSED(syscall(SYS_init_module, "", 0UL, ""), EPERM, ENOSYS);
}

static void try_finit_module(void)
{
	REFUSED(syscall(SYS_finit_module, 0, "", 0), EPERM, ENOSYS);
}

static void try_delete_module(void)
{
	REFUSED(syscall(SYS_delete_module, "no_such_module", 0), EPERM, ENOSYS);
}

static void try_swapon(void)
{
	REFUSED(syscall(SYS_swapon, "/tmp/none", 0), EPERM, ENOSYS);
}

static void try_swapoff(void)
{
	REFUSED(syscall(SYS_swapoff, "/tmp/none"), EPERM, ENOSYS);
}

static void try_settimeofday(void)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	REFUSED(syscall(SYS_settimeofday, &now, NULL), EPERM);
}

static void try_clock_settime(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	REFUSED(syscall(SYS_clock_settime, CLOCK_REALTIME, &now), EPERM);
}

static void try_acct(void)
{
	REFUSED(syscall(SYS_acct, "/tmp/none"), EPERM, ENOSYS);
}

static void try_iopl(void)
{
	REFUSED(syscall(SYS_iopl, 3), EPERM, ENOSYS);
}

static void try_ioperm(void)
{
	REFUSED(syscall(SYS_ioperm, 0UL, 1UL, 1), EPERM, ENOSYS);
}

static void try_vhangup(void)
{
	REFUSED(syscall(SYS_vhangup), EPERM);
}

static void try_quotactl(void)
{
	REFUSED(syscall(SYS_quotactl, 0x80000200, "/dev/vda", 0, NULL), EPERM, ENOENT, ENOSYS, ENODEV, ENOTBLK);
}

/* What ordinary programs try too, and so is not the end of them. */
static void try_refused(void)
{
	struct timex ask_nothing = {.modes = ADJ_TICK, .tick = 10000};

	REFUSED(sethostname("threat", 6), EPERM);
	REFUSED(setdomainname("threat", 6), EPERM);
	REFUSED(syscall(SYS_adjtimex, &ask_nothing), EPERM);
	REFUSED(syscall(SYS_clock_adjtime, CLOCK_REALTIME, &ask_nothing), EPERM);
	REFUSED(klogctl(5, NULL, 0), EPERM); /* clear */
	REFUSED(klogctl(8, NULL, 1), EPERM); /* the console's level */
}

int main(int argc, char **argv)
{
	static const struct attack attacks[] = {{"reboot", try_reboot},
	                                        {"kexec_load", try_kexec_load},
	                                        {"kexec_file_load", try_kexec_file_load},
	                                        {"init_module", try_init_module},
	                                        {"finit_module", try_finit_module},
	                                        {"delete_module", try_delete_module},
	                                        {"swapon", try_swapon},
	                                        {"swapoff", try_swapoff},
	                                        {"settimeofday", try_settimeofday},
	                                        {"clock_settime", try_clock_settime},
	                                        {"acct", try_acct},
	                                        {"iopl", try_iopl},
	                                        {"ioperm", try_ioperm},
	                                        {"vhangup", try_vhangup},
	                                        {"quotactl", try_quotactl},
	                                        {"refused", try_refused},
	                                        {0}};

	if (argc > 1 && strcmp(argv[1], "refused") == 0)
		return try_refused(), 0;
	return try_attacks(argc, argv, attacks);
}
