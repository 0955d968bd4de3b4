/*
 * Flags of the standard streams, which the caller would share.
 *   caller COMMAND...   outside of a box: says whether its own flags have changed
 *   box                 changes all it can
 */
#include "tests/threats/attack.h"

#include <sys/ioctl.h>
#include <sys/wait.h>

struct flags {
	int fl, own, sig, fd;
	off_t at;
};

static struct flags flags_of(int fd)
{
	/* an ordinary user's input is read for the program */
	struct flags flags = {fcntl(fd, F_GETFL), fcntl(fd, F_GETOWN), fcntl(fd, F_GETSIG), fcntl(fd, F_GETFD),
	                      fd == 0 && geteuid() == 0 ? lseek(fd, 0, SEEK_CUR) : 0};

	return flags;
}

static int caller(char **command)
{
	struct flags before[3], after;
	int status;

	for (int fd = 0; fd < 3; fd++)
		before[fd] = flags_of(fd);
	if (MUST(fork()) == 0) {
		execv(command[0], command);
		_exit(127);
	}
	MUST(wait(&status));
	for (int fd = 0; fd < 3; fd++) {
		after = flags_of(fd);
		if (memcmp(&before[fd], &after, sizeof(after)) != 0) {
			fprintf(stderr, "broke: flags of %d: %o, then %o\n", fd, before[fd].fl, after.fl);
			return 1;
		}
	}
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	int on = 1;

	if (argc > 2 && strcmp(argv[1], "caller") == 0)
		return caller(argv + 2);
	for (int fd = 0; fd < 3; fd++) {
		MUST(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK | O_APPEND | O_ASYNC));
		ioctl(fd, FIONBIO, &on);
		ioctl(fd, FIOASYNC, &on);
		fcntl(fd, F_SETOWN, getpid());
		fcntl(fd, F_SETSIG, 34);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		lseek(fd, 2, SEEK_SET);
		if ((fcntl(fd, F_GETFL) & O_NONBLOCK) == 0)
			broke("not tried: %d is still blocking", fd);
	}
	return 0;
}
