/* Calls that are newer than the profile, and those that are older and left out of it. */
// run:
// run: --seccomp interpreted
// run: --seccomp jvm
// run: --seccomp compile
// run: --seccomp contest
#include "tests/threats/attack.h"

int main(void)
{
	static const long left_out[] = {SYS_io_uring_setup,  SYS_io_uring_enter, SYS_io_uring_register,
	                                SYS_io_setup,        SYS_inotify_init,   SYS_inotify_init1,
	                                SYS_mq_open,         SYS_modify_ldt,     SYS_landlock_create_ruleset,
	                                SYS_set_mempolicy,   SYS_mbind,          SYS_migrate_pages,
	                                SYS_move_pages,      SYS_clone3,         SYS_memfd_secret,
	                                SYS_process_madvise, SYS_lookup_dcookie, SYS__sysctl,
	                                SYS_uselib,          SYS_nfsservctl,     451 /* cachestat */};

	for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++)
		REFUSED(syscall(left_out[i], 0L, 0L, 0L, 0L, 0L, 0L), ENOSYS);
	/* 450 is the last of Linux 6.1's; 452 is fchmodat2, which libc needs */
	for (long nr = 453; nr < 1 << 16; nr++)
		REFUSED(syscall(nr, 0L, 0L, 0L, 0L, 0L, 0L), ENOSYS);
	/*
	 * Between the tables of x86_64 and its generic numbers. From 6.14 on the kernel lets 335 and 336 (uretprobe,
	 * uprobe) pass every filter; where no probe is, they are SIGILL.
	 */
	for (long nr = 337; nr < 424; nr++)
		REFUSED(syscall(nr, 0L, 0L, 0L, 0L, 0L, 0L), ENOSYS);
	for (int bit = 16; bit < 30; bit++)
		REFUSED(syscall(1L << bit, 0L, 0L, 0L, 0L, 0L, 0L), ENOSYS);
	REFUSED(syscall(0x3fffffffL, 0L, 0L, 0L, 0L, 0L, 0L), ENOSYS);
	return 0;
}
