/* Called by the supervisor, for runs that talk to each other. */
#include "sandbox/waits.h"

#include "sandbox/fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#define THREADS_MAX 256

enum box_wait box_wait_of(const char *text)
{
	uint64_t args[6] = {0};
	long nr;

	if (strncmp(text, "running", strlen("running")) == 0)
		return BOX_WAITS_NOT;
	if (sscanf(text, "%ld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64, &nr, &args[0],
	           &args[1], &args[2], &args[3], &args[4], &args[5]) < 1)
		return BOX_WAITS_UNKNOWN;
	if (nr < 0) /* a page that has to come from somewhere */
		return BOX_WAITS_NOT;
	switch (nr) {
	/* whatever the descriptor: a program may have opened its standard streams once more */
	case SYS_read:
	case SYS_readv:
		return BOX_WAITS_INPUT;
	case SYS_write:
	case SYS_writev:
		return BOX_WAITS_OUTPUT;
	/* without descriptors these are a way to sleep */
	case SYS_select:
	case SYS_pselect6:
		return args[0] > 0 ? BOX_WAITS_INPUT : BOX_WAITS_ELSE;
	case SYS_poll:
	case SYS_ppoll:
		return args[1] > 0 ? BOX_WAITS_INPUT : BOX_WAITS_ELSE;
	case SYS_epoll_wait:
	case SYS_epoll_pwait:
		return BOX_WAITS_INPUT;
	default:
		return BOX_WAITS_ELSE;
	}
}

/* What a thread waits for wins over what others do in this order. */
static int weight(enum box_wait wait)
{
	static const int weights[] = {[BOX_WAITS_ELSE] = 0,
	                              [BOX_WAITS_OUTPUT] = 1,
	                              [BOX_WAITS_INPUT] = 2,
	                              [BOX_WAITS_UNKNOWN] = 3,
	                              [BOX_WAITS_NOT] = 4};

	return weights[wait];
}

/* Of all threads of a process, together with *wait so far. False where there are too many. */
static bool add_process(int pid, unsigned *n, enum box_wait *wait)
{
	char path[32], text[256], file[300];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (dir == NULL)
		return true; /* it has ended meanwhile */
	for (struct dirent *entry = readdir(dir); entry != NULL && *n <= THREADS_MAX; entry = readdir(dir)) {
		enum box_wait one = BOX_WAITS_UNKNOWN;
		if (entry->d_name[0] == '.')
			continue;
		snprintf(file, sizeof(file), "%s/syscall", entry->d_name);
		if (fd_read_at(dirfd(dir), file, text, sizeof(text)) > 0)
			one = box_wait_of(text);
		if (weight(one) > weight(*wait))
			*wait = one;
		(*n)++;
	}
	closedir(dir);
	return *n <= THREADS_MAX;
}

enum box_wait box_wait(const struct box *box)
{
	int dir_fd = box->leaf.dir_fd[CG_MEMORY];
	int fd = dir_fd < 0 ? -1 : openat(dir_fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	FILE *procs = fd < 0 ? NULL : fdopen(fd, "re");
	enum box_wait wait = BOX_WAITS_ELSE;
	bool all = true;
	unsigned n = 0;
	int pid;

	if (procs == NULL) {
		fd_close(&fd);
		return BOX_WAITS_UNKNOWN;
	}
	while (all && fscanf(procs, "%d", &pid) == 1)
		all = add_process(pid, &n, &wait);
	fclose(procs);
	return all && n > 0 ? wait : BOX_WAITS_UNKNOWN;
}
