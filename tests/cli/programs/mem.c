/*
 * mem MODE MIB: ways to use memory.
 *   touch       touches MIB MiB and exits 0
 *   reserve     asks for them and touches none
 *   child       a child touches them; its parent waits for it and exits 0 whatever came of it
 *   child-wait  a child touches them; its parent sleeps for ever
 *   stack       touches them on the stack
 *   tmp, shm    fills a file in /tmp or /dev/shm
 *   pipes       fills pipes
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int map(size_t mib, int touched)
{
	volatile char *p = mmap(NULL, mib << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	for (size_t i = 0; touched && i < mib << 20; i += 4096)
		p[i] = 1;
	return 0;
}

static int deep(size_t frames)
{
	volatile char page[4096];

	page[0] = (char)frames;
	return frames == 0 ? page[0] : deep(frames - 1) + page[0];
}

static int fill(const char *path, size_t mib)
{
	static char block[1 << 20];
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	memset(block, 1, sizeof(block));
	while (mib-- > 0)
		if (write(fd, block, sizeof(block)) != sizeof(block)) {
			perror("write");
			return 1;
		}
	return 0;
}

static int fill_pipes(void)
{
	static char block[1 << 16];
	int p[2];

	while (pipe2(p, O_NONBLOCK) == 0) {
		fcntl(p[1], F_SETPIPE_SZ, 1 << 20);
		while (write(p[1], block, sizeof(block)) > 0)
			;
	}
	return 0;
}

int main(int argc, char **argv)
{
	size_t mib = argc > 2 ? (size_t)atol(argv[2]) : 1;
	const char *mode = argc > 1 ? argv[1] : "";

	if (strcmp(mode, "touch") == 0)
		return map(mib, 1);
	if (strcmp(mode, "reserve") == 0)
		return map(mib, 0);
	if (strcmp(mode, "child") == 0 || strcmp(mode, "child-wait") == 0) {
		if (fork() == 0)
			_exit(map(mib, 1));
		if (mode[5] != '\0')
			for (;;)
				pause();
		wait(NULL);
		return 0;
	}
	if (strcmp(mode, "stack") == 0)
		return deep(mib << 8) == 1;
	if (strcmp(mode, "tmp") == 0)
		return fill("/tmp/fill", mib);
	if (strcmp(mode, "shm") == 0)
		return fill("/dev/shm/fill", mib);
	if (strcmp(mode, "pipes") == 0)
		return fill_pipes();
	return 2;
}
