/* Through every descriptor that could have been inherited: only 0, 1 and 2 are there, and none of them is a folder. */
#include "tests/threats/attack.h"

#include <dirent.h>
#include <sys/resource.h>

int main(void)
{
	struct dirent *entry;
	struct rlimit limit;
	int seen = 0;
	DIR *dir = opendir("/proc/self/fd");

	MUST(getrlimit(RLIMIT_NOFILE, &limit));
	for (int fd = 3; fd < 1 << 20; fd++) {
		if (dir != NULL && fd == dirfd(dir))
			continue;
		REFUSED(fcntl(fd, F_GETFD), EBADF);
		if (fd > 4096)
			continue;
		REFUSED(openat(fd, ".", O_RDONLY), EBADF);
		REFUSED(openat(fd, "etc/shadow", O_RDONLY), EBADF);
		REFUSED(openat(fd, "../../../../etc/shadow", O_RDONLY), EBADF);
		REFUSED(fchdir(fd), EBADF);
	}
	for (int fd = 0; fd <= 2; fd++) {
		struct stat st;
		if (fstat(fd, &st) != 0)
			broke("%d is not there", fd);
		if (S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode) || S_ISSOCK(st.st_mode))
			broke("%d has mode %#o", fd, (unsigned)st.st_mode);
		REFUSED(openat(fd, ".", O_RDONLY), ENOTDIR);
		REFUSED(openat(fd, "../etc/shadow", O_RDONLY), ENOTDIR);
		REFUSED(fchdir(fd), ENOTDIR);
	}
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(dir) && ++seen > 3)
			broke("descriptor %s", entry->d_name);
	if (seen != 3)
		broke("not tried: %d descriptors", seen);
	return 0;
}
