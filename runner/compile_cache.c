/* The folder of a compile cache. A failure costs a compile, and never a verdict. */
#include "runner/compile_cache.h"

#include "runner/cache_entry.h"
#include "runner/judge.h"
#include "sandbox/fd.h"
#include "sandbox/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#define ENTRY_SUFFIX ".entry"
#define NEW_SUFFIX ".new"
#define HEX_LEN ((size_t)2 * DIGEST_BYTES)
#define NAME_BYTES (HEX_LEN + sizeof(ENTRY_SUFFIX))

/* What a file takes at least on a usual disk; it also bounds how many an honest count can hold. */
#define BLOCK_BYTES 4096

#define LOCK_TRIES 400
#define LOCK_PAUSE_NS 5000000L
#define NEW_TRIES 8

static int refuse(const char *path, const char *what, struct sbx_err *err)
{
	return sbx_fail(err, SBX_STAGE_USAGE, EPERM, "--compile-cache: %.150s %s", path, what);
}

int compile_cache_open(struct compile_cache *cache, const char *path, uint64_t bytes_max, struct sbx_err *err)
{
	FD_CLEANUP int fd = path_open(path, O_RDONLY | O_DIRECTORY, 0);
	struct stat st;

	if (fd < 0)
		return sbx_fail(err, SBX_STAGE_USAGE, -fd, "--compile-cache: cannot open %.150s: %s%s%s", path,
		                strerror(-fd), -fd == ENOENT ? "; mkdir -m 700 makes it" : "", PATH_LOOP_NOTE(-fd));
	if (fstat(fd, &st) < 0)
		return sbx_fail(err, SBX_STAGE_USAGE, errno, "--compile-cache: cannot look at %.150s", path);
	if (st.st_uid != geteuid())
		return refuse(path,
		              "belongs to another user, who could put any program there: use a folder of your own",
		              err);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		char what[256];
		snprintf(what, sizeof(what), "can be written by others: chmod go-w %.150s", path);
		return refuse(path, what, err);
	}
	if (faccessat(fd, ".", R_OK | W_OK | X_OK, AT_EACCESS) < 0)
		return refuse(path, errno == EROFS ? "lies on a file system that is read-only" : "cannot be written",
		              err);
	*cache = (struct compile_cache){.fd = fd_take(&fd), .bytes_max = bytes_max};
	return 0;
}

void compile_cache_finish(struct compile_cache *cache)
{
	fd_close(&cache->fd);
}

static void make_name(const unsigned char *bytes, const char *suffix, char name[NAME_BYTES])
{
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		snprintf(name + 2 * i, 3, "%02x", bytes[i]);
	snprintf(name + HEX_LEN, NAME_BYTES - HEX_LEN, "%s", suffix);
}

static bool is_name(const char *name, const char *suffix)
{
	return strspn(name, "0123456789abcdef") == HEX_LEN && strcmp(name + HEX_LEN, suffix) == 0;
}

static bool is_ours(int fd, struct stat *st)
{
	return fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_uid == geteuid() && (st->st_mode & 0077) == 0;
}

bool compile_cache_has(const struct compile_cache *cache)
{
	char name[NAME_BYTES];

	make_name(cache->key, ENTRY_SUFFIX, name);
	return faccessat(cache->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

bool compile_cache_get(struct compile_cache *cache, int folder_fd, struct kept *text)
{
	FD_CLEANUP int fd = -1;
	char name[NAME_BYTES];
	struct stat st;
	int rc;

	make_name(cache->key, ENTRY_SUFFIX, name);
	fd = openat(cache->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	rc = is_ours(fd, &st) ? cache_entry_read(fd, cache->key, folder_fd, text) : -EBADMSG;
	if (rc == 0)
		futimens(fd, NULL);
	else if (rc == -EBADMSG)
		unlinkat(cache->fd, name, 0);
	return rc == 0;
}

/* ---- room ---- */

struct entry {
	char name[NAME_BYTES];
	struct timespec used;
	uint64_t bytes;
};

struct census {
	struct entry *entries;
	size_t n;
	uint64_t bytes;
};

static uint64_t bytes_on_disk(const struct stat *st)
{
	return ((uint64_t)st->st_size + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
}

/* Its writer holds a lock as long as it lives. */
static void sweep(const struct compile_cache *cache, const char *name)
{
	FD_CLEANUP int fd = openat(cache->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(cache->fd, name, 0);
}

static void count(const struct compile_cache *cache, struct census *census, const char *name)
{
	struct entry *entry = &census->entries[census->n];
	struct stat st;

	if (fstatat(cache->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	/* more than there can be: another version's, or another bound's */
	if (census->n == COMPILE_CACHE_ENTRIES_MAX) {
		unlinkat(cache->fd, name, 0);
		return;
	}
	memcpy(entry->name, name, sizeof(entry->name)); /* an is_name() of this suffix is so long */
	entry->used = st.st_mtim;
	entry->bytes = bytes_on_disk(&st);
	census->bytes += entry->bytes;
	census->n++;
}

static int take_census(const struct compile_cache *cache, struct census *census)
{
	int fd = openat(cache->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL) {
		int rc = -errno;
		fd_close(&fd);
		return rc;
	}
	for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
		if (is_name(entry->d_name, NEW_SUFFIX))
			sweep(cache, entry->d_name);
		else if (is_name(entry->d_name, ENTRY_SUFFIX))
			count(cache, census, entry->d_name);
	}
	closedir(dir);
	return 0;
}

static int by_use(const void *a, const void *b)
{
	const struct timespec *x = &((const struct entry *)a)->used, *y = &((const struct entry *)b)->used;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? -1 : 1;
	return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

/* Removes what was used least recently, until `bytes` more fit. The folder is locked. */
static int make_room(const struct compile_cache *cache, uint64_t bytes)
{
	struct census census = {.entries = calloc(COMPILE_CACHE_ENTRIES_MAX, sizeof(struct entry))};
	size_t gone = 0;
	int rc;

	if (census.entries == NULL)
		return -ENOMEM;
	rc = take_census(cache, &census);
	qsort(census.entries, census.n, sizeof(*census.entries), by_use);
	while (rc == 0 && gone < census.n &&
	       (census.bytes > cache->bytes_max - bytes || census.n - gone >= COMPILE_CACHE_ENTRIES_MAX)) {
		const struct entry *entry = &census.entries[gone++];
		if (unlinkat(cache->fd, entry->name, 0) < 0 && errno != ENOENT)
			rc = -errno;
		census.bytes -= entry->bytes;
	}
	free(census.entries);
	return rc;
}

/* ---- keeping ---- */

/* Whoever holds it counts files and renames one. One that was stopped meanwhile must not hold up a judge for good. */
static int lock_folder(const struct compile_cache *cache)
{
	const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(cache->fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		nanosleep(&pause, NULL);
	}
	return -EWOULDBLOCK;
}

static int publish(const struct compile_cache *cache, int fd, const char *new_name)
{
	char name[NAME_BYTES];
	struct stat st;
	int rc = 0;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (bytes_on_disk(&st) > cache->bytes_max)
		return -EFBIG;
	make_name(cache->key, ENTRY_SUFFIX, name);
	TRY(lock_folder(cache));
	rc = make_room(cache, bytes_on_disk(&st));
	if (rc == 0 && renameat(cache->fd, new_name, cache->fd, name) < 0)
		rc = -errno;
	flock(cache->fd, LOCK_UN);
	return rc;
}

/* A new file, locked. One that is swept before it is locked has no name any more, and another is made. */
static int open_new(const struct compile_cache *cache, char name[NAME_BYTES])
{
	for (int i = 0; i < NEW_TRIES; i++) {
		unsigned char random[DIGEST_BYTES];
		FD_CLEANUP int fd = -1;
		struct stat st;
		if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
			return -EIO;
		make_name(random, NEW_SUFFIX, name);
		fd = openat(cache->fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd < 0)
			return -errno;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 && st.st_nlink == 1)
			return fd_take(&fd);
		unlinkat(cache->fd, name, 0);
	}
	return -EWOULDBLOCK;
}

static int keep(const struct compile_cache *cache, int folder_fd, const struct kept *text)
{
	char name[NAME_BYTES];
	FD_CLEANUP int fd = open_new(cache, name);
	int rc;

	TRY(fd);
	rc = cache_entry_write(fd, cache->key, folder_fd, text);
	if (rc == 0 && fdatasync(fd) < 0)
		rc = -errno;
	if (rc == 0)
		rc = publish(cache, fd, name);
	if (rc < 0)
		unlinkat(cache->fd, name, 0);
	return rc;
}

static const char *why(int errnum)
{
	switch (errnum) {
	case EFBIG:
		return "it is too large for the cache";
	case EMLINK:
		return "the compiler left a symbolic link";
	case EWOULDBLOCK:
		return "another judge holds the cache's lock";
	default:
		return strerror(errnum);
	}
}

void compile_cache_put(struct compile_cache *cache, int folder_fd, const struct kept *text)
{
	int rc = folder_fd < 0 ? folder_fd : keep(cache, folder_fd, text);

	if (rc < 0 && cache->error.stage == SBX_STAGE_NONE)
		sbx_fail(&cache->error, SBX_STAGE_WORKSPACE, -rc, "what was compiled is not kept in the cache: %s",
		         why(-rc));
}
