/*
 * Descriptors that the caller left open.
 *   open FILE COMMAND...   outside of a box: with 3 to 1023 open on folders, FILE, sockets, pipes and itself
 *   box                    none of them is there
 */
#include "tests/threats/attack.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/socket.h>

static int leave_open(const char *file, char **command)
{
	struct rlimit limit = {4096, 4096};
	int kinds[6], pair[2];

	MUST(setrlimit(RLIMIT_NOFILE, &limit));
	kinds[0] = MUST(open("/", O_RDONLY));
	kinds[1] = MUST(open("/", O_PATH));
	kinds[2] = MUST(open(file, O_RDWR));
	kinds[3] = (int)MUST(syscall(SYS_pidfd_open, getpid(), 0));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	kinds[4] = pair[0];
	kinds[5] = MUST(open("/proc/self/mem", O_RDWR));
	for (int fd = 3; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			MUST(dup2(kinds[fd % 6], fd));
	for (int fd = 3; fd < 1024; fd++)
		MUST(fcntl(fd, F_SETFD, 0));
	execv(command[0], command);
	return 127;
}

int main(int argc, char **argv)
{
	struct dirent *entry;
	struct rlimit limit;
	struct stat st;
	DIR *dir;

	if (argc > 3 && strcmp(argv[1], "open") == 0)
		return leave_open(argv[2], argv + 3);
	for (int fd = 3; fd < 1 << 14; fd++) {
		char path[64];
		REFUSED(fcntl(fd, F_GETFD), EBADF);
		REFUSED(fstat(fd, &st), EBADF);
		REFUSED(openat(fd, "etc/shadow", O_RDONLY), EBADF);
		REFUSED(fchdir(fd), EBADF);
		snprintf(path, sizeof(path), "/proc/self/fd/%d/etc/shadow", fd);
		if (fd < 2048)
			REFUSED(open(path, O_RDONLY), ENOENT);
	}
	MUST(getrlimit(RLIMIT_NOFILE, &limit));
	dir = opendir("/proc/self/fd");
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (atoi(entry->d_name) > 2 && atoi(entry->d_name) != dirfd(dir))
			broke("%s is open", entry->d_name);
	for (int fd = 0; fd < 3; fd++)
		if (fstat(fd, &st) < 0 || S_ISDIR(st.st_mode) || S_ISSOCK(st.st_mode) || S_ISREG(st.st_mode))
			broke("%d is %o", fd, st.st_mode);
	return 0;
}
