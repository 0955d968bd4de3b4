/* HOW DIR TARGET: leaves something else than a regular file as DIR/output, and what it cannot leave is a device. */
#include "tests/threats/attack.h"

#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

int main(int argc, char **argv)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "output"};
	const char *how = argc > 3 ? argv[1] : "";

	MUST(chdir(argv[2]));
	unlink("output");
	rmdir("output");
	if (strcmp(how, "symlink") == 0)
		MUST(symlink(argv[3], "output"));
	else if (strcmp(how, "fifo") == 0)
		MUST(mkfifo("output", 0666));
	else if (strcmp(how, "socket") == 0)
		MUST(bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, sizeof(name)));
	else if (strcmp(how, "folder") == 0)
		MUST(mkdir("output", 0777));
	else if (strcmp(how, "device") == 0) {
		REFUSED(mknod("output", S_IFCHR | 0666, makedev(1, 5)), EPERM);
		REFUSED(mknod("output", S_IFBLK | 0666, makedev(7, 0)), EPERM);
		MUST(symlink("/dev/zero", "output"));
	} else if (strcmp(how, "huge") == 0) {
		int fd = MUST(open("output", O_WRONLY | O_CREAT, 0666));
		MUST(ftruncate(fd, 1L << 40));
	} else {
		broke("not tried: %s", how);
	}
	return 0;
}
