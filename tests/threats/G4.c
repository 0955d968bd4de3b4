/*
 * The files behind standard input and output: reads, empties, seeks, maps, links and renames them, by the descriptor
 * and by /proc. Both are files of the caller's that anybody may write. Prints ten bytes, and fails where it got
 * further.
 */
#include "tests/threats/attack.h"

#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

static void at_descriptor(int fd)
{
	struct timespec times[2] = {{1, 0}, {1, 0}};

	REFUSED(ftruncate(fd, 0), EINVAL, EROFS);
	REFUSED(fallocate(fd, 0, 0, 1 << 20), ESPIPE, EBADF, EROFS);
	REFUSED(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 10), ESPIPE, EBADF, EROFS);
	REFUSED(pwrite(fd, "pwrite", 6, 0), ESPIPE, EBADF);
	REFUSED(syscall(SYS_linkat, fd, "", AT_FDCWD, "/tmp/link", AT_EMPTY_PATH));
	REFUSED(openat(fd, "..", O_RDONLY), ENOTDIR);
	REFUSED(openat(fd, "", O_RDWR), ENOENT, ENOTDIR);
	if ((long)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != -1)
		broke("%d is mapped for writing", fd);
	/* what an ordinary user's program reads is copied into a pipe: that it may change, and it is nobody's file */
	if (fd != 0 || has_inits_id())
		return;
	REFUSED(fchmod(fd, 0777), EROFS, EPERM);
	REFUSED(fchown(fd, 1000, 1000), EROFS, EPERM);
	REFUSED(futimens(fd, NULL), EROFS);
	REFUSED(futimens(fd, times), EROFS, EPERM);
	REFUSED(write(fd, "write", 5), EBADF);
}

static void at_path(int fd)
{
	static const int flags[] = {O_WRONLY, O_RDWR, O_WRONLY | O_TRUNC, O_RDONLY | O_TRUNC, O_WRONLY | O_APPEND};
	char path[64], to[512];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, to, sizeof(to) - 1);
	to[n < 0 ? 0 : n] = '\0';
	if (strcmp(to, "/") != 0 && strncmp(to, "pipe:", 5) != 0)
		broke("%d shows its path: %s", fd, to);
	REFUSED(truncate(path, 0), EINVAL, EROFS);
	REFUSED(linkat(AT_FDCWD, path, AT_FDCWD, "/tmp/link", AT_SYMLINK_FOLLOW));
	REFUSED(rename(path, "/tmp/renamed"));
	REFUSED(unlink(path));
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		int again = open(path, flags[i] | O_NONBLOCK);
		if (again < 0)
			continue;
		if (fd == 0 && !has_inits_id())
			broke("standard input opens for writing");
		REFUSED(lseek(again, 0, SEEK_SET), ESPIPE);
		at_descriptor(again);
		close(again);
	}
}

int main(void)
{
	char c;

	for (int fd = 0; fd < 3; fd++) {
		at_descriptor(fd);
		at_path(fd);
		if (fd == 0)
			continue;
		REFUSED(lseek(fd, 0, SEEK_SET), ESPIPE);
		REFUSED(pread(fd, &c, 1, 0), ESPIPE);
		REFUSED(read(fd, &c, 1), EBADF);
	}
	/* a seek of its own moves nobody else's offset */
	if (!has_inits_id()) {
		MUST(lseek(0, 3, SEEK_SET));
		MUST(read(0, &c, 1));
		MUST(lseek(0, 0, SEEK_END));
	}
	printf("ten bytes\n");
	return 0;
}
