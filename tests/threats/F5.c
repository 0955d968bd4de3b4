/* Mounting and changing the root, each with a run of its own, since the filter stops the first. */
// run: -- mount => verdict=SV denied_syscall=mount
// run: -- umount2 => verdict=SV denied_syscall=umount2
// run: -- pivot_root => verdict=SV denied_syscall=pivot_root
// run: -- chroot => verdict=SV denied_syscall=chroot
// run: --seccomp none -- unfiltered
#include "tests/threats/attack.h"

#include <sys/mount.h>

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	bool all = strcmp(what, "unfiltered") == 0;

	if (all || strcmp(what, "mount") == 0)
		REFUSED(mount("none", "/tmp", "tmpfs", 0, NULL), EPERM);
	if (all || strcmp(what, "umount2") == 0)
		REFUSED(umount2("/proc", MNT_DETACH), EPERM);
	if (all || strcmp(what, "pivot_root") == 0)
		REFUSED(syscall(SYS_pivot_root, ".", "."), EPERM);
	if (all || strcmp(what, "chroot") == 0)
		REFUSED(chroot("/tmp"), EPERM);
	return all ? 0 : 1;
}
