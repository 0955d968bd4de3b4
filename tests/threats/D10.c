/* Every way to change standard input, a file that anybody may write. Without the sandbox the first one works. */
#include "tests/threats/attack.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

static void by_path(const char *path)
{
	struct iovec piece = {"evil", 4};
	static const int flags[] = {O_RDWR, O_WRONLY, O_WRONLY | O_APPEND, O_WRONLY | O_TRUNC, O_RDWR | O_CREAT};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		int fd = open(path, flags[i], 0666);
		if (fd < 0)
			continue;
		/* of a pipe the other end can be had, which is no file of anybody's */
		struct stat st;
		MUST(fstat(fd, &st));
		if (!S_ISFIFO(st.st_mode))
			broke("%s opens for writing", path);
		close(fd);
	}
	struct stat st;
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	REFUSED(truncate(path, 0), EROFS, EACCES);
	REFUSED(chmod(path, 0777), EROFS, EPERM);
	REFUSED(utimensat(AT_FDCWD, path, NULL, 0), EROFS, EPERM, EACCES);
	REFUSED(pwritev(0, &piece, 1, 0), EBADF);
}

int main(void)
{
	struct stat st;
	char text[64];
	int null = MUST(open("/dev/zero", O_RDONLY));
	bool regular = fstat(0, &st) == 0 && S_ISREG(st.st_mode);

	REFUSED(write(0, "evil", 4), EBADF);
	REFUSED(pwrite(0, "evil", 4, 0), EBADF, ESPIPE);
	if (regular) {
		REFUSED(ftruncate(0, 0), EINVAL, EBADF);
		REFUSED(fallocate(0, 0, 0, 1 << 20), EBADF, EROFS);
		REFUSED(sendfile(0, null, NULL, 4), EBADF, EINVAL);
		REFUSED(copy_file_range(0, NULL, 0, NULL, 4, 0), EBADF, EINVAL, ENOSYS);
		REFUSED(fchmod(0, 0777), EROFS, EPERM);
		REFUSED(futimens(0, NULL), EROFS, EPERM, EACCES);
		if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 0, 0) != MAP_FAILED)
			broke("it can be mapped for writing");
		/* a mapping for reading cannot become one for writing */
		void *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, 0, 0);
		if (map != MAP_FAILED)
			REFUSED(mprotect(map, 4096, PROT_READ | PROT_WRITE), EACCES);
		REFUSED(linkat(0, "", AT_FDCWD, "/tmp/input", AT_EMPTY_PATH), ENOENT, EPERM, EXDEV);
		REFUSED(linkat(AT_FDCWD, "/proc/self/fd/0", AT_FDCWD, "/tmp/input", AT_SYMLINK_FOLLOW), EXDEV, EPERM,
		        ENOENT);
	}
	by_path("/dev/stdin");
	by_path("/dev/fd/0");
	by_path("/proc/self/fd/0");
	by_path("/proc/thread-self/fd/0");
	if (read(0, text, sizeof(text)) != 9 || memcmp(text, "original\n", 9) != 0)
		broke("it is changed already");
	return 0;
}
