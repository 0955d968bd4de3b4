/*
 * C35 HOW DIR: makes one huge file in DIR: by writing, by fallocate in each mode, by truncation, by a hole of 2 GiB and
 * a byte behind it, by a mapping. Prints how many KiB of blocks it has in the end.
 */
#include "tests/threats/attack.h"

#include <linux/falloc.h>
#include <signal.h>
#include <sys/mman.h>

int main(int argc, char **argv)
{
	static char block[1 << 20];
	const char *how = argc > 1 ? argv[1] : "";
	struct stat st;
	int fd;

	signal(SIGXFSZ, SIG_IGN);
	MUST(chdir(argc > 2 ? argv[2] : "/tmp"));
	fd = MUST(open("huge", O_CREAT | O_RDWR, 0600));
	if (strcmp(how, "write") == 0) {
		while (write(fd, block, sizeof(block)) > 0)
			;
	} else if (strcmp(how, "fallocate") == 0) {
		for (off_t size = 1L << 40; size > 4096; size /= 2) {
			fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, size);
			fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, size);
			posix_fallocate(fd, 0, size);
		}
	} else if (strcmp(how, "sparse") == 0) {
		if (pwrite(fd, "x", 1, (off_t)2 << 30) == 1)
			MUST(pwrite(fd, "x", 1, (off_t)3 << 30));
	} else if (strcmp(how, "truncate") == 0) {
		if (ftruncate(fd, 1L << 40) == 0)
			MUST(pread(fd, block, 1, 1L << 39));
	} else if (strcmp(how, "many") == 0) {
		/* each file within its limit, all together not */
		for (int i = 0; i < 1000; i++) {
			snprintf(block, sizeof(block), "part%d", i);
			fd = open(block, O_CREAT | O_RDWR, 0600);
			if (fd < 0)
				break;
			if (write(fd, block, sizeof(block)) < (ssize_t)sizeof(block))
				break;
			close(fd);
		}
		return 0;
	}
	MUST(fstat(fd, &st));
	printf("%ld\n", (long)st.st_blocks / 2);
	return 0;
}
