/* Routes by files: what is in them, what they are called, and that they are there. */
#include "tests/memory/routes.h"

#include <sys/file.h>
#include <sys/mman.h>
#include <sys/xattr.h>

#define PIECE (4UL << 20)

static int fill(int fd)
{
	static char block[64 << 10];

	memset(block, 1, sizeof(block));
	for (size_t done = 0; done < PIECE; done += sizeof(block))
		if (write(fd, block, sizeof(block)) != (ssize_t)sizeof(block))
			return errno;
	return 0;
}

/* Files without a name any more. */
static int files(const char *folder)
{
	int rc = 0;

	MUST(chdir(folder));
	while (rc == 0 && take(PIECE)) {
		int fd = open("file", O_CREAT | O_EXCL | O_RDWR, 0600);
		if (fd < 0 || unlink("file") < 0)
			return errno;
		rc = fill(fd);
	}
	return rc;
}

static int memfds(const char *arg)
{
	int rc = 0;

	(void)arg;
	while (rc == 0 && take(PIECE)) {
		int fd = memfd_create("", 0);
		if (fd < 0)
			return errno;
		rc = fill(fd);
	}
	return rc;
}

/* A page in each of the nodes that a file's tree of pages consists of. */
static int sparse(const char *arg)
{
	int fd = memfd_create("", 0);

	(void)arg;
	for (off_t at = 0; at < (off_t)ENOUGH << 6; at += 64 << 12)
		if (pwrite(fd, "", 1, at) != 1)
			return errno;
	return 0;
}

static int fallocated(const char *arg)
{
	(void)arg;
	while (take(PIECE))
		if (fallocate(MUST(memfd_create("", 0)), 0, 0, PIECE) < 0)
			return errno;
	return 0;
}

static int read_cache(const char *path)
{
	static char block[64 << 10];
	int fd = open(path, O_RDONLY);
	size_t done = 0;
	ssize_t n;

	if (fd < 0)
		return errno;
	while (done < ENOUGH && (n = read(fd, block, sizeof(block))) > 0)
		done += (size_t)n;
	return 0;
}

static int map_cache(const char *path)
{
	int fd = open(path, O_RDONLY);
	volatile char *space = fd < 0 ? MAP_FAILED : mmap(NULL, ENOUGH, PROT_READ, MAP_SHARED, fd, 0);

	if (space == MAP_FAILED)
		return errno;
	for (size_t i = 0; i < ENOUGH; i += 4096)
		(void)space[i];
	return 0;
}

/* Files by the hundred thousand, of one kind, with long names. */
static int many(const char *kind)
{
	char path[300], target[128];

	MUST(chdir("/tmp"));
	MUST(close(MUST(open("file", O_CREAT | O_RDWR, 0600))));
	memset(target, 'x', sizeof(target));
	target[sizeof(target) - 1] = '\0';
	for (long n = 0; n < 200000; n++) {
		int rc;
		snprintf(path, sizeof(path), "%0*ld", kind[0] == 'l' ? 240 : 8, n);
		if (strcmp(kind, "folders") == 0)
			rc = mkdir(path, 0700);
		else if (strcmp(kind, "symlinks") == 0)
			rc = symlink(target, path);
		else if (strcmp(kind, "links") == 0)
			rc = link("file", path);
		else
			rc = open(path, O_CREAT | O_RDWR, 0600);
		if (rc >= 0 && strcmp(kind, "files") == 0)
			rc = close(rc);
		if (rc < 0)
			return errno;
	}
	return 0;
}

/* Names that are not there, which the kernel remembers. */
static int missing(const char *folder)
{
	char path[300];

	MUST(chdir(folder));
	for (long n = 0; n < 400000; n++) {
		snprintf(path, sizeof(path), "%0240ld", n);
		if (access(path, F_OK) == 0 || errno != ENOENT)
			return errno;
	}
	return 0;
}

static int attributes(const char *arg)
{
	static char value[60000];

	(void)arg;
	MUST(close(MUST(open("/tmp/file", O_CREAT | O_RDWR, 0600))));
	return setxattr("/tmp/file", "user.name", value, sizeof(value), 0) < 0 ? errno : 0;
}

/* A file's locks are a list that each new one is looked for in: many files with some of them are quicker. */
static int record_locks(const char *arg)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
	int fd = -1;

	(void)arg;
	for (int i = 0; take(192); i++) {
		if (i % 5000 == 0)
			fd = memfd_create("", 0);
		lock.l_start = 2L * i;
		if (fcntl(fd, F_SETLK, &lock) < 0)
			return errno;
	}
	return 0;
}

static int whole_locks(const char *arg)
{
	(void)arg;
	for (;;)
		if (flock(MUST(open("/tmp/file", O_CREAT | O_RDWR, 0600)), LOCK_SH) < 0)
			return errno;
}

static int lease(const char *arg)
{
	(void)arg;
	return fcntl(MUST(open("/tmp/file", O_CREAT | O_RDONLY, 0600)), F_SETLEASE, F_RDLCK) < 0 ? errno : 0;
}

const struct route file_routes[] = {
        {"file-tmp", files, "/tmp"},
        {"file-dev-shm", files, "/dev/shm"},
        {"file-cow", files, "/box"},
        {"file-rw", files, "/box"},
        {"file-read", read_cache, "/box/large"},
        {"file-mapped", map_cache, "/box/large"},
        {"memfd", memfds, NULL},
        {"memfd-sparse", sparse, NULL},
        {"fallocate", fallocated, NULL},
        {"inodes", many, "files"},
        {"folders", many, "folders"},
        {"symlinks", many, "symlinks"},
        {"hard-links", many, "links"},
        {"missing-names", missing, "/usr/lib"},
        {"xattr", attributes, NULL},
        {"record-locks", record_locks, NULL},
        {"flock", whole_locks, NULL},
        {"lease", lease, NULL},
        {0},
};
