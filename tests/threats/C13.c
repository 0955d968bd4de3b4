/*
 * C13 HOW: memory that is no process's own: files in tmpfs, memfd, shared mappings, System V shared memory, each
 * detached, unmapped or unlinked as soon as it is full. Ends by OOM, or with 0 where there was no room.
 */
#include "tests/threats/attack.h"

#include <sys/mman.h>
#include <sys/shm.h>

#define PIECE (4 << 20)

static bool fill_file(int fd)
{
	static char block[PIECE];

	memset(block, 1, sizeof(block));
	for (size_t done = 0; done < sizeof(block);) {
		ssize_t n = write(fd, block + done, sizeof(block) - done);
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

/* false: no room. What was filled stays, without a name. */
static bool fill(const char *how)
{
	char path[64];
	char *piece;
	int fd, id;

	if (strcmp(how, "memfd") == 0)
		return fill_file(MUST(memfd_create("", 0)));
	if (strcmp(how, "shared") == 0) {
		piece = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		return piece != MAP_FAILED && memset(piece, 1, PIECE) != NULL;
	}
	if (strcmp(how, "sysv") == 0) {
		id = MUST(shmget(IPC_PRIVATE, PIECE, 0600));
		piece = shmat(id, NULL, 0);
		memset(piece, 1, PIECE);
		MUST(shmdt(piece));
		return true;
	}
	snprintf(path, sizeof(path), "%s/file", how);
	fd = open(path, O_CREAT | O_EXCL | O_RDWR, 0600);
	if (fd < 0 || unlink(path) < 0)
		return false;
	return fill_file(fd);
}

int main(int argc, char **argv)
{
	for (int i = 0; i < 128; i++)
		if (!fill(argc > 1 ? argv[1] : ""))
			return 0;
	broke("half a gibibyte in %s", argv[1]);
}
