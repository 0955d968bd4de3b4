/*
 * DIR TARGET...: leaves what is hard to remove, and what leads a removal, or a change of owner or mode, to TARGET:
 * links in place of folders, deep trees, folders without rights, odd names.
 */
#include "tests/threats/attack.h"

#include <sys/socket.h>
#include <sys/un.h>

static void deep(void)
{
	for (int i = 0; i < 2000; i++) {
		if (mkdir("d", 0777) != 0 || chdir("d") != 0)
			break;
		if (i % 100 == 0)
			(void)!symlink("/", "up");
	}
}

static void odd_names(void)
{
	char longest[256];

	memset(longest, 'n', 255);
	longest[255] = '\0';
	(void)!creat(longest, 0);
	(void)!creat("new\nline", 0);
	(void)!creat("\xff\xfe", 0);
	(void)!creat("-rf", 0);
	(void)!creat(" ", 04777);
	(void)!creat("*", 0666);
	(void)!mkdir("...", 0);
	(void)!mkfifo("fifo", 0666);
}

int main(int argc, char **argv)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "socket"};
	char path[512];

	if (argc < 3)
		broke("not tried: no arguments");
	MUST(chdir(argv[1]));
	(void)!bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, sizeof(name));
	odd_names();
	for (int i = 2; i < argc; i++) {
		snprintf(path, sizeof(path), "link%d", i);
		MUST(symlink(argv[i], path));
		/* by the link nothing of the host can be changed from here, either */
		REFUSED(open(path, O_WRONLY | O_TRUNC), ENOENT, EACCES, EROFS, ELOOP, EISDIR);
		REFUSED(chmod(path, 0777), ENOENT, EACCES, EROFS, EPERM);
	}
	MUST(mkdir("closed", 0777));
	MUST(symlink(argv[2], "closed/link"));
	MUST(chmod("closed", 0));
	deep();
	return 0;
}
