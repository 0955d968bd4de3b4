/* The newer ways to mount, each with a run of its own, since the filter stops the first. */
// run: -- fsopen => verdict=SV denied_syscall=fsopen
// run: -- fspick => verdict=SV denied_syscall=fspick
// run: -- fsconfig => verdict=SV denied_syscall=fsconfig
// run: -- fsmount => verdict=SV denied_syscall=fsmount
// run: -- open_tree => verdict=SV denied_syscall=open_tree
// run: -- move_mount => verdict=SV denied_syscall=move_mount
// run: -- mount_setattr => verdict=SV denied_syscall=mount_setattr
// run: -- newer => verdict=OK
// run: --seccomp interpreted -- open_tree => verdict=SV denied_syscall=open_tree
// run: --seccomp jvm -- fsopen => verdict=SV denied_syscall=fsopen
// run: --seccomp compile -- mount_setattr => verdict=SV denied_syscall=mount_setattr
// run: --seccomp contest -- move_mount => verdict=SV denied_syscall=move_mount
// run: --seccomp none -- all
#include "tests/threats/attack.h"

#include <sys/mount.h>

static void try_fsopen(void)
{
	REFUSED(syscall(SYS_fsopen, "tmpfs", 0), EPERM);
	REFUSED(syscall(SYS_fsopen, "proc", 0), EPERM);
}

static void try_fspick(void)
{
	REFUSED(syscall(SYS_fspick, AT_FDCWD, "/tmp", 0), EPERM);
}

static void try_fsconfig(void)
{
	REFUSED(syscall(SYS_fsconfig, 0, 6, NULL, NULL, 0), EPERM, EINVAL);
}

static void try_fsmount(void)
{
	REFUSED(syscall(SYS_fsmount, 0, 0, 0), EPERM);
}

static void try_open_tree(void)
{
	REFUSED(syscall(SYS_open_tree, AT_FDCWD, "/", 1), EPERM);
	REFUSED(syscall(SYS_open_tree, AT_FDCWD, "/usr", 1 | AT_RECURSIVE), EPERM);
}

static void try_move_mount(void)
{
	REFUSED(syscall(SYS_move_mount, AT_FDCWD, "/tmp", AT_FDCWD, "/box", 0), EPERM);
}

static void try_mount_setattr(void)
{
	struct {
		uint64_t set, clear, propagation, userns;
	} attr = {.clear = 1 | 2 | 4}; /* read-only, nosuid, nodev */

	REFUSED(syscall(SYS_mount_setattr, AT_FDCWD, "/usr", 0, &attr, sizeof(attr)), EPERM);
	REFUSED(syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &attr, sizeof(attr)), EPERM);
}

int main(int argc, char **argv)
{
	static const struct attack attacks[] = {{"fsopen", try_fsopen},
	                                        {"fspick", try_fspick},
	                                        {"fsconfig", try_fsconfig},
	                                        {"fsmount", try_fsmount},
	                                        {"open_tree", try_open_tree},
	                                        {"move_mount", try_move_mount},
	                                        {"mount_setattr", try_mount_setattr},
	                                        {0}};

	/* statmount, listmount, open_tree_attr */
	if (argc > 1 && strcmp(argv[1], "newer") == 0) {
		REFUSED(syscall(457, NULL, NULL, 0, 0), ENOSYS);
		REFUSED(syscall(458, NULL, NULL, 0, 0), ENOSYS);
		REFUSED(syscall(467, AT_FDCWD, "/", 1, NULL, 0), ENOSYS);
		return 0;
	}
	return try_attacks(argc, argv, attacks);
}
