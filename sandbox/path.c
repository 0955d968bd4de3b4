/* Opens what callers name. Used for the sources of mounts and for redirections. */
#include "sandbox/path.h"

#include "sandbox/err.h"
#include "sandbox/fd.h"
#include "sandbox/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#define LINKS_MAX 40

/*
 * The way that is left: `at` is the folder it starts from, `rest` what is still to go. Who may write a folder may give
 * its entries other names, root's links and folders too; in a sticky one not, but links can come from another into it,
 * and a link is what its name says. Folders cannot come: to move one, it must itself be written.
 */
struct walk {
	int at;
	bool trusted; /* nobody but root can have chosen what the names so far lead to */
	bool closed;  /* and nobody but root can have put a link into `at` */
	unsigned links;
	char rest[PATH_MAX];
};

static bool is_proc(int fd)
{
	struct statfs fs;

	return sys(SYS_fstatfs, fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

static void look_at(struct walk *walk)
{
	struct stat st;
	bool roots = sys(SYS_newfstatat, walk->at, "", &st, AT_EMPTY_PATH) == 0 && st.st_uid == 0;

	/* an access list shows in the bits of the group */
	walk->closed = roots && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
	if (!walk->closed && !(roots && (st.st_mode & S_ISVTX)) && !is_proc(walk->at))
		walk->trusted = false;
}

/* Takes `folder` over. Returns 0 or, when it is none, its -errno. */
static int go_to(struct walk *walk, int folder)
{
	fd_close(&walk->at);
	walk->at = folder;
	TRY(folder);
	look_at(walk);
	return 0;
}

static int go_to_start(struct walk *walk, const char *start)
{
	return go_to(walk, (int)sys(SYS_openat, AT_FDCWD, start, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

static int start(struct walk *walk, const char *path)
{
	size_t len = strlen(path);

	if (len == 0)
		return -ENOENT;
	if (len >= sizeof(walk->rest))
		return -ENAMETOOLONG;
	memcpy(walk->rest, path, len + 1);
	return go_to_start(walk, path[0] == '/' ? "/" : ".");
}

/* Puts the target of the link `fd` in front of the rest. */
static int follow(struct walk *walk, int fd, const char *rest)
{
	char target[PATH_MAX];
	size_t rest_len = strlen(rest);
	long n = sys(SYS_readlinkat, fd, "", target, sizeof(target));

	if (n < 0)
		return (int)n;
	if (++walk->links > LINKS_MAX)
		return -ELOOP;
	if (n == 0 || (size_t)n + rest_len >= sizeof(walk->rest))
		return -ENAMETOOLONG;
	memmove(walk->rest + n, rest, rest_len + 1);
	memcpy(walk->rest, target, (size_t)n);
	return walk->rest[0] == '/' ? go_to_start(walk, "/") : 0;
}

/* One component. Returns the descriptor that was asked for when it was the last, -EINPROGRESS when more is to come. */
static int step(struct walk *walk, int flags, mode_t mode)
{
	char *found = walk->rest + strspn(walk->rest, "/"), *rest = found + strcspn(found, "/");
	const char *name = rest == found ? "." : found;
	bool last = rest[strspn(rest, "/")] == '\0', is_link;
	char cut = *rest;
	struct stat st;
	FD_CLEANUP int fd = -1;

	*rest = '\0';
	fd = (int)sys(SYS_openat, walk->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -ENOENT && last && cut == '\0' && (flags & O_CREAT))
		return (int)sys(SYS_openat, walk->at, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, mode);
	TRY(fd);
	TRY((int)sys(SYS_newfstatat, fd, "", &st, AT_EMPTY_PATH));
	is_link = S_ISLNK(st.st_mode);
	if (is_link && !is_proc(walk->at)) {
		if (st.st_uid != 0 || !walk->trusted || !walk->closed)
			return -ELOOP;
		*rest = cut;
		TRY(follow(walk, fd, rest));
		return -EINPROGRESS;
	}
	if (last && cut == '/')
		flags |= O_DIRECTORY;
	/* a link of /proc is left to the kernel: it may lead where no path does */
	if (last && !is_link && (flags & O_PATH))
		return (flags & O_DIRECTORY) && !S_ISDIR(st.st_mode) ? -ENOTDIR : fd_take(&fd);
	if (last)
		return (int)sys(SYS_openat, walk->at, name,
		                (flags & ~O_CREAT) | (is_link ? 0 : O_NOFOLLOW) | O_CLOEXEC | O_NOCTTY);
	if (is_link) {
		fd_close(&fd);
		fd = (int)sys(SYS_openat, walk->at, name, O_PATH | O_CLOEXEC);
		TRY(fd);
	}
	TRY(go_to(walk, fd_take(&fd)));
	*rest = cut;
	memmove(walk->rest, rest, strlen(rest) + 1);
	return -EINPROGRESS;
}

int path_open(const char *path, int flags, mode_t mode)
{
	struct walk walk = {.at = -1, .trusted = true};
	int fd = start(&walk, path);

	if (fd == 0)
		do
			fd = step(&walk, flags, mode);
		while (fd == -EINPROGRESS);
	fd_close(&walk.at);
	return fd;
}

int path_without_links(const char *path, char **ret)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};
	FD_CLEANUP int fd = (int)sys(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	char self[32], found[PATH_MAX];
	long n;

	*ret = NULL;
	if (fd != -ELOOP)
		return 0;
	fd = path_open(path, O_PATH, 0);
	TRY(fd);
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	n = sys(SYS_readlinkat, AT_FDCWD, self, found, sizeof(found) - 1);
	if (n <= 0)
		return n < 0 ? (int)n : -ENOENT;
	found[n] = '\0';
	*ret = strdup(found);
	return *ret == NULL ? -ENOMEM : 0;
}
