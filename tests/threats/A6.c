/* The launcher's binary, by the links of /proc that lead to what runs; and init's memory. A6.bash looks at the file. */
#include "tests/threats/attack.h"

#include <dirent.h>
#include <sys/mman.h>
#include <sys/wait.h>

static void try_write(const char *path)
{
	static const int modes[] = {O_WRONLY, O_RDWR, O_WRONLY | O_TRUNC, O_WRONLY | O_APPEND, O_RDWR | O_CREAT};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		REFUSED(open(path, modes[i], 0777), EACCES, EROFS, ETXTBSY, ENOENT, EPERM);
	REFUSED(truncate(path, 0), EACCES, EROFS, ETXTBSY, ENOENT, EPERM);
	REFUSED(chmod(path, 0777), EACCES, EROFS, ENOENT, EPERM);
}

/* Opened for reading first: a descriptor is a second way to the same file. */
static void try_reopen(const char *path)
{
	char again[64];
	int fd = open(path, O_RDONLY | O_CLOEXEC), path_fd = open(path, O_PATH | O_CLOEXEC);

	if (fd >= 0) {
		snprintf(again, sizeof(again), "/proc/self/fd/%d", fd);
		try_write(again);
		REFUSED(ftruncate(fd, 0), EINVAL, EBADF);
		if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED)
			broke("%s is mapped for writing", path);
		close(fd);
	}
	if (path_fd >= 0) {
		snprintf(again, sizeof(again), "/proc/self/fd/%d", path_fd);
		try_write(again);
		close(path_fd);
	}
}

int main(int argc, char **argv)
{
	static const char *const kinds[] = {"exe",       "mem", "root",   "cwd",     "maps",
	                                    "map_files", "fd",  "ns/mnt", "environ", "auxv"};
	struct dirent *entry;
	char path[512];
	DIR *dir;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snprintf(path, sizeof(path), "/proc/1/%s", kinds[i]);
		REFUSED(open(path, O_RDONLY), EACCES, ENOENT);
		REFUSED(open(path, O_PATH), EACCES, ENOENT);
		REFUSED(open(path, O_RDWR), EACCES, ENOENT, EROFS);
	}
	try_write("/proc/self/exe");
	try_reopen("/proc/self/exe");
	/* what it was cloned from: while it execs, and for 200 children as they exec too */
	for (int round = 0; round < 200; round++) {
		pid_t pid = MUST(vfork());
		if (pid == 0) {
			execl("/box/die", "die", "exit", "0", NULL);
			_exit(1);
		}
		snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
		if (round % 10 == 0)
			try_reopen(path);
		waitpid(pid, NULL, 0);
	}
	dir = opendir("/proc/self/map_files");
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "/proc/self/map_files/%s", entry->d_name);
		if (entry->d_name[0] != '.')
			try_write(path);
	}
	/* a folder where the launcher's file lies, or a copy of it that everybody may write */
	for (int i = 1; i < argc; i++) {
		try_write(argv[i]);
		try_reopen(argv[i]);
	}
	return 0;
}
