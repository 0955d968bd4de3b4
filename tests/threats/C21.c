/* inotify, by all its calls, and fanotify and dnotify, which do the same. */
#include "tests/threats/attack.h"

#include <sys/fanotify.h>
#include <sys/inotify.h>

int main(int argc, char **argv)
{
	if (argc > 1)
		REFUSED(syscall(SYS_fanotify_init, FAN_CLASS_NOTIF, O_RDONLY), EPERM);
	for (int i = 0; i < 1000; i++) {
		REFUSED(syscall(SYS_inotify_init), ENOSYS);
		REFUSED(syscall(SYS_inotify_init1, IN_NONBLOCK), ENOSYS);
		REFUSED(syscall(SYS_inotify_add_watch, 0, "/tmp", IN_ALL_EVENTS), ENOSYS);
		REFUSED(fcntl(open("/tmp", O_RDONLY | O_CLOEXEC), F_NOTIFY, DN_CREATE | DN_MULTISHOT), EPERM);
		close_range(3, ~0U, 0);
	}
	return argv[0] == NULL;
}
