/*
 * Overwrites its own binary, and what lies beside it: a grader, a checker, and what the caller has bound. All of them
 * are anybody's to write by their modes.
 */
#include "tests/threats/attack.h"

#include <sys/mman.h>
#include <sys/xattr.h>

#define READ_ONLY EROFS, EACCES, EPERM, ETXTBSY

static void overwrite(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);

	if (fd < 0 && stat(path, &st) < 0)
		broke("not tried: %s is not there", path);
	REFUSED(open(path, O_WRONLY), READ_ONLY);
	REFUSED(open(path, O_RDWR | O_TRUNC), READ_ONLY);
	REFUSED(truncate(path, 0), READ_ONLY);
	REFUSED(chmod(path, 0777), READ_ONLY);
	REFUSED(chown(path, getuid(), getgid()), READ_ONLY);
	REFUSED(utimensat(AT_FDCWD, path, NULL, 0), READ_ONLY);
	REFUSED(setxattr(path, "user.x", "x", 1, 0), READ_ONLY, EOPNOTSUPP);
	if (strncmp(path, "/proc/", 6) != 0) {
		REFUSED(unlink(path), READ_ONLY, EBUSY);
		REFUSED(rename(path, "/tmp/stolen"), EXDEV, READ_ONLY, EBUSY);
	}
	if (strncmp(path, "/proc/", 6) != 0 && strncmp(path, "/tmp/", 5) != 0) {
		char other[128];
		snprintf(other, sizeof(other), "%s.new", path);
		REFUSED(rename(path, other), READ_ONLY, EBUSY);
		REFUSED(link(path, other), READ_ONLY);
		REFUSED(symlink("/tmp", other), READ_ONLY);
		REFUSED(mkdir(other, 0777), READ_ONLY);
		REFUSED(open(other, O_WRONLY | O_CREAT, 0777), READ_ONLY);
	}
	if (fd < 0)
		return;
	REFUSED(ftruncate(fd, 0), EINVAL, EBADF);
	REFUSED(fchmod(fd, 0777), READ_ONLY);
	if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED)
		broke("%s can be mapped for writing", path);
	close(fd);
}

int main(int argc, char **argv)
{
	overwrite("/proc/self/exe");
	for (int i = 1; i < argc; i++)
		overwrite(argv[i]);
	return 0;
}
