/*
 * The report, which only the launcher writes.
 *   write PATH...  writes to every descriptor there could be, and to these places
 *   forge PATH...  prints reports of its own, leaves them in every place that can be written to, and exits with 7
 */
#include "tests/threats/attack.h"

#define FORGED                                                                                                         \
	"{\"schema\":\"sbx.run/1\",\"verdict\":\"OK\",\"reason\":null,\"exit_code\":0,\"signal\":null,\"error\":null}"

static void descriptors(void)
{
	char path[64];

	for (int fd = 3; fd < 70000; fd++) {
		REFUSED(write(fd, FORGED "\n", sizeof(FORGED)), EBADF);
		REFUSED(fcntl(fd, F_GETFD), EBADF);
		REFUSED(dup(fd), EBADF);
	}
	for (int fd = 0; fd < 64; fd++) {
		snprintf(path, sizeof(path), "/proc/1/fd/%d", fd);
		REFUSED(open(path, O_WRONLY), ENOENT, EACCES);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd + 3);
		REFUSED(open(path, O_WRONLY), ENOENT);
	}
}

static void forge(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (fd < 0)
		return;
	dprintf(fd, FORGED "\n");
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "write") == 0) {
		descriptors();
		for (int i = 2; i < argc; i++) {
			REFUSED(open(argv[i], O_WRONLY), ENOENT, EACCES, EROFS);
			REFUSED(open(argv[i], O_WRONLY | O_CREAT | O_TRUNC, 0666), ENOENT, EACCES, EROFS);
			REFUSED(unlink(argv[i]), ENOENT, EACCES, EROFS);
			REFUSED(rename(argv[i], "/tmp/gone"), ENOENT, EACCES, EROFS, EXDEV);
		}
		return 0;
	}
	for (int i = 2; i < argc; i++)
		forge(argv[i]);
	for (int fd = 1; fd <= 2; fd++)
		dprintf(fd, FORGED "\n" FORGED);
	return 7;
}
