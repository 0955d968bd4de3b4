/*
 * Locks of files, of every kind and by every way: none is given, so the kernel keeps nothing for them. With an
 * argument, flock seems to work, as the profiles for Java and for compilers have it, but locks nothing.
 */
#include "tests/threats/attack.h"

#include <sys/file.h>

int main(int argc, char **argv)
{
	int fd = MUST(open("/tmp/file", O_CREAT | O_RDWR, 0600)), again = MUST(open("/tmp/file", O_RDWR));
	static const int commands[] = {F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW, F_SETLEASE, F_NOTIFY};
	bool pretended = argc > 1;

	for (long i = 0; i < 10000; i++) {
		struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 2 * i, .l_len = 1};
		for (size_t c = 0; c < 4; c++) {
			REFUSED(fcntl(fd, commands[c], &lock), EPERM);
			/* the kernel looks at 32 bits of the command only */
			REFUSED(syscall(SYS_fcntl, fd, commands[c] | 1UL << 32, &lock), EPERM);
			REFUSED(syscall(SYS_fcntl, fd, commands[c] | ~0UL << 32, &lock), EPERM);
		}
	}
	REFUSED(fcntl(fd, F_SETLEASE, F_WRLCK), EPERM);
	REFUSED(syscall(SYS_fcntl, fd, F_SETLEASE | 1UL << 32, F_RDLCK), EPERM);
	REFUSED(fcntl(MUST(open("/tmp", O_RDONLY)), F_NOTIFY, DN_CREATE), EPERM);
	REFUSED(lockf(fd, F_TLOCK, 1), EPERM);
	if (!pretended) {
		REFUSED(flock(fd, LOCK_EX), ENOSYS);
		REFUSED(flock(again, LOCK_SH | LOCK_NB), ENOSYS);
	} else if (flock(fd, LOCK_EX) != 0 || flock(again, LOCK_EX | LOCK_NB) != 0) {
		broke("flock locks");
	}
	return 0;
}
