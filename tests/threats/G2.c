/* Pastes on the console, and all else that TIOCLINUX does. G2 ERRNO. */
// run: -- EPERM
// run: --seccomp interpreted -- EPERM
// run: --seccomp jvm -- EPERM
// run: --seccomp compile -- EPERM
// run: --seccomp contest -- EPERM
// run: --seccomp none -- ENOTTY
#include "tests/threats/attack.h"

#include <linux/tiocl.h>
#include <sys/ioctl.h>
#include <termios.h>

int main(int argc, char **argv)
{
	int errnum = argc > 1 && strcmp(argv[1], "EPERM") == 0 ? EPERM : ENOTTY;

	for (int fd = 0; fd < 3; fd++)
		for (int code = 0; code < 32; code++) {
			struct {
				char code;
				struct tiocl_selection what;
			} __attribute__((packed)) ask = {(char)code, {1, 1, 80, 1, TIOCL_SELLINE}};
			REFUSED(ioctl(fd, TIOCLINUX, &ask), errnum);
			REFUSED(syscall(SYS_ioctl, fd, TIOCLINUX | 1L << 32, &ask), errnum);
			/* line disciplines are modules */
			REFUSED(ioctl(fd, TIOCSETD, &code), errnum);
		}
	for (int n = 0; n < 64; n++) {
		char path[32];
		snprintf(path, sizeof(path), "/dev/tty%d", n);
		REFUSED(open(path, O_RDWR), ENOENT);
		snprintf(path, sizeof(path), "/dev/vcs%d", n);
		REFUSED(open(path, O_RDWR), ENOENT);
	}
	return 0;
}
