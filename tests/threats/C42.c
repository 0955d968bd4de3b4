/*
 * C42 HOW: `sync`: writing out the whole host; `storm`: writes, syncs and reads its own files over and over, for a
 * second of CPU time; `cache`: reads all of /usr that it can, by each call that does.
 */
#include "tests/threats/attack.h"

#include <ftw.h>
#include <sys/mman.h>

static long total;

static int read_all(const char *path, const struct stat *st, int type, struct FTW *where)
{
	static char block[1 << 18];
	int fd = type == FTW_F ? open(path, O_RDONLY | O_NOFOLLOW) : -1;
	ssize_t n;

	if (fd < 0 || where->level < 0)
		return 0;
	readahead(fd, 0, (size_t)st->st_size);
	posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED);
	while ((n = read(fd, block, sizeof(block))) > 0)
		total += n;
	close(fd);
	return total > 200L << 20;
}

int main(int argc, char **argv)
{
	static char block[1 << 20];
	const char *how = argc > 1 ? argv[1] : "";
	int fd = MUST(open("/tmp/file", O_CREAT | O_RDWR, 0600));

	if (strcmp(how, "sync") == 0) {
		static const char *const places[] = {"/", "/tmp", "/usr", "/box", "/dev/null"};
		for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
			REFUSED(syncfs(MUST(open(places[i], O_RDONLY))), EPERM);
		REFUSED(syscall(SYS_sync), EPERM);
		REFUSED(syscall(SYS_sync_file_range, MUST(open("/usr", O_RDONLY)), 0, 0, 7));
	} else if (strcmp(how, "cache") == 0) {
		nftw("/usr/bin", read_all, 20, FTW_PHYS);
		nftw("/usr/lib", read_all, 20, FTW_PHYS);
		printf("%ld\n", total >> 20);
	} else {
		for (;;) {
			MUST(pwrite(fd, block, sizeof(block), 0));
			fsync(fd);
			fdatasync(fd);
			posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
			MUST(pread(fd, block, sizeof(block), 0));
		}
	}
	return 0;
}
