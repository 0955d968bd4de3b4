/* The folder of a store. */
#include "runner/serve/store_dir.h"

#include "sandbox/fd.h"
#include "sandbox/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define LOCK "serve.lock"
#define FILES "files"

#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_STORE, errnum, __VA_ARGS__)
/* With the reason behind it. */
#define CANNOT(err, errnum, what, dir) FAIL(err, errnum, "cannot " what ": %s", dir, strerror(errnum))

bool store_is_id(const char *id)
{
	size_t len = strspn(id, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_");

	return len > 0 && len <= STORE_ID_MAX && id[len] == '\0';
}

bool store_is_name(const char *name)
{
	return strspn(name, "0123456789abcdef") == STORE_NAME_LEN && name[STORE_NAME_LEN] == '\0';
}

/* ---- opening ---- */

/* The first part of `path` that is a folder which we may not enter: its length. 0 where there is none. */
static int find_barrier(const char *path)
{
	for (const char *end = strchr(path + 1, '/'); end != NULL; end = strchr(end + 1, '/')) {
		char part[PATH_MAX];

		snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
		if (faccessat(AT_FDCWD, part, X_OK, AT_EACCESS) < 0 && errno == EACCES)
			return (int)(end - path);
	}
	return 0;
}

/* Most often by what is above it: root, who made it for us, was not stopped by that. */
static int cannot_reach(const char *dir, struct sbx_err *err)
{
	const struct passwd *user = getpwuid(geteuid());
	int barrier = find_barrier(dir);
	char who[40];

	snprintf(who, sizeof(who), "%u", (unsigned)geteuid());
	if (user != NULL)
		snprintf(who, sizeof(who), "%s", user->pw_name);
	if (barrier > 0)
		return FAIL(err, EACCES, "cannot open the state folder %.100s: %s for user %s: chmod o+x %.*s", dir,
		            strerror(EACCES), who, barrier, dir);
	return FAIL(err, EACCES, "cannot open the state folder %.150s: %s: chown %s %.150s", dir, strerror(EACCES), who,
	            dir);
}

static int open_dir(const char *dir, int *ret_fd, struct sbx_err *err)
{
	FD_CLEANUP int fd = -1;
	struct stat st;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return errno == EACCES ? cannot_reach(dir, err)
		                       : CANNOT(err, errno, "make the state folder %.200s", dir);
	fd = path_open(dir, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		return fd == -EACCES ? cannot_reach(dir, err)
		                     : FAIL(err, -fd, "cannot open the state folder %.200s: %s%s", dir, strerror(-fd),
		                            PATH_LOOP_NOTE(-fd));
	if (fstat(fd, &st) < 0)
		return CANNOT(err, errno, "look at the state folder %.200s", dir);
	if (st.st_uid != geteuid())
		return FAIL(err, EPERM, "the state folder %.200s belongs to another user", dir);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return FAIL(err, EPERM, "the state folder %.150s can be written by others: chmod go-w %.150s", dir,
		            dir);
	*ret_fd = fd_take(&fd);
	return 0;
}

static int is_locked(int fd, const char *dir, struct sbx_err *err)
{
	char pid[16];
	ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

	pid[n > 0 ? n : 0] = '\0';
	pid[strspn(pid, "0123456789")] = '\0';
	return FAIL(err, EBUSY, "another sbx serve%s%s has the state folder %.200s", pid[0] != '\0' ? ", pid " : "",
	            pid, dir);
}

/* The pid is for messages only: what counts is the lock, which ends with its process. */
static int take_lock(struct store *store, const char *dir, struct sbx_err *err)
{
	char pid[16];
	int len = snprintf(pid, sizeof(pid), "%d\n", (int)getpid());

	store->lock_fd = openat(store->dir_fd, LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (store->lock_fd < 0)
		return CANNOT(err, errno, "open " LOCK " in %.200s", dir);
	if (flock(store->lock_fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? is_locked(store->lock_fd, dir, err)
		                            : CANNOT(err, errno, "lock " LOCK " in %.200s", dir);
	if (ftruncate(store->lock_fd, 0) < 0 || pwrite(store->lock_fd, pid, (size_t)len, 0) != len)
		return CANNOT(err, errno, "write " LOCK " in %.200s", dir);
	return 0;
}

/* So that it is nobody else's to read from its first byte on; what SQLite puts beside it gets the same mode. */
static int make_db(const struct store *store, const char *dir, struct sbx_err *err)
{
	FD_CLEANUP int fd =
	        openat(store->dir_fd, STORE_DB, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	struct stat st;

	if (fd < 0)
		return CANNOT(err, errno, "open " STORE_DB " in %.200s", dir);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 0077) != 0)
		return FAIL(err, EPERM, STORE_DB " in %.200s is not a file for its owner alone (0600), who is us", dir);
	return 0;
}

/* SQLite wants a path, and refuses one with a link in it; the kernel knows one without, if nothing is moved. */
static int find_path(struct store *store, const char *dir, struct sbx_err *err)
{
	char link[32], path[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", store->dir_fd);
	n = readlink(link, path, sizeof(path));
	if (n < 0 || n >= (ssize_t)sizeof(path))
		return CANNOT(err, n < 0 ? errno : ENAMETOOLONG, "tell the path of the state folder %.200s", dir);
	if (asprintf(&store->path, "%.*s/" STORE_DB, (int)n, path) < 0) {
		store->path = NULL;
		return FAIL(err, ENOMEM, "out of memory");
	}
	return 0;
}

int store_dir_open(struct store *store, const char *dir, struct sbx_err *err)
{
	*store = (struct store){.dir_fd = -1, .files_fd = -1, .lock_fd = -1};
	TRY(open_dir(dir, &store->dir_fd, err));
	TRY(take_lock(store, dir, err));
	/* not before the lock is ours: closing any descriptor of it would drop the locks that SQLite has in here */
	TRY(make_db(store, dir, err));
	if (mkdirat(store->dir_fd, FILES, 0700) < 0 && errno != EEXIST)
		return CANNOT(err, errno, "make the folder of files in %.200s", dir);
	store->files_fd = openat(store->dir_fd, FILES, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (store->files_fd < 0)
		return CANNOT(err, errno, "open the folder of files in %.200s", dir);
	/* its name and that of the database last, as what will be committed does */
	if (fsync(store->dir_fd) < 0)
		return CANNOT(err, errno, "write the state folder %.200s", dir);
	return find_path(store, dir, err);
}

void store_dir_finish(struct store *store)
{
	free(store->path);
	free(store->gone);
	fd_close(&store->files_fd);
	fd_close(&store->lock_fd);
	fd_close(&store->dir_fd);
}

/* ---- files ---- */

int store_dir_size(const struct store *store, const char *name, uint64_t *ret)
{
	struct stat st;

	if (fstatat(store->files_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ENOENT;
	*ret = (uint64_t)st.st_size;
	return 0;
}

int store_dir_sweep(struct store *store, int dir_fd,
                    int (*keep)(struct store *store, const char *name, struct sbx_err *err), struct sbx_err *err)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (dir == NULL) {
		fd_close(&fd);
		return FAIL(err, errno, "cannot list a folder of the state: %s", strerror(errno));
	}
	while (rc >= 0 && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		rc = keep(store, entry->d_name, err);
		if (rc == 0)
			unlinkat(dir_fd, entry->d_name, 0);
	}
	closedir(dir);
	return rc < 0 ? rc : 0;
}
