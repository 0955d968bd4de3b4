/*
 * Types for the caller: the bytes would be read by its shell when sbx has ended. G1 ERRNO is what each try fails with;
 * `outside` only types, and needs a terminal.
 */
#include "tests/threats/attack.h"

#include <sys/ioctl.h>
#include <termios.h>

static void type(int fd, int errnum)
{
	for (const char *c = "echo typed\n"; *c != '\0'; c++) {
		REFUSED(ioctl(fd, TIOCSTI, c), errnum);
		/* the kernel looks at 32 bits of the request only */
		REFUSED(syscall(SYS_ioctl, fd, TIOCSTI | 1L << 32, c), errnum);
		REFUSED(syscall(SYS_ioctl, fd, TIOCSTI | 1L << 63, c), errnum);
	}
}

int main(int argc, char **argv)
{
	static const char *const terminals[] = {"/dev/tty",      "/dev/tty0", "/dev/tty1",  "/dev/console",
	                                        "/dev/ptmx",     "/dev/pts",  "/dev/pts/0", "/dev/pts/1",
	                                        "/dev/pts/ptmx", "/dev/vcs",  "/dev/ttyS0", "/dev/hvc0"};
	char text[512] = "";
	int tty = 1, fd, errnum = argc > 1 && strcmp(argv[1], "EPERM") == 0 ? EPERM : ENOTTY;

	if (argc > 1 && strcmp(argv[1], "outside") == 0)
		for (const char *c = "typed\n"; *c != '\0'; c++)
			MUST(ioctl(0, TIOCSTI, c));
	for (fd = 0; fd < 3; fd++) {
		char path[32];
		if (isatty(fd))
			broke("%d is a terminal", fd);
		type(fd, errnum);
		REFUSED(ioctl(fd, TIOCSCTTY, 1), ENOTTY);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		tty = open(path, O_RDWR | O_NONBLOCK);
		if (tty >= 0)
			type(tty, errnum);
		close(tty);
	}
	for (size_t i = 0; i < sizeof(terminals) / sizeof(terminals[0]); i++)
		REFUSED(open(terminals[i], O_RDWR), ENOENT);
	for (int n = 0; argc > 2 && n < 64; n++) { /* a folder of terminals that is bound */
		snprintf(text, sizeof(text), "%s/%d", argv[2], n);
		REFUSED(open(text, O_RDWR | O_NOCTTY), ENOENT, EACCES);
	}
	fd = MUST(open("/proc/self/stat", O_RDONLY));
	MUST(read(fd, text, sizeof(text) - 1));
	if (sscanf(strrchr(text, ')'), ") %*c %*d %*d %*d %d", &tty) != 1 || tty != 0)
		broke("its terminal is %d", tty);
	return 0;
}
