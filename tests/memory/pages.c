/* Routes by pages that a process maps, and by what the kernel needs to map them. */
#include "tests/memory/routes.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>

#define PIECE (1UL << 20)

static int nothing(const char *arg)
{
	(void)arg;
	return 0;
}

static int heap(const char *arg)
{
	(void)arg;
	while (take(PIECE)) {
		void *piece = sbrk(PIECE);
		if (piece == (void *)-1)
			return errno;
		memset(piece, 1, PIECE);
	}
	return 0;
}

static int map(int flags, int advice)
{
	while (take(4 * PIECE)) {
		void *piece = mmap(NULL, 4 * PIECE, PROT_READ | PROT_WRITE, flags, -1, 0);
		if (piece == MAP_FAILED)
			return errno;
		madvise(piece, 4 * PIECE, advice);
		memset(piece, 1, 4 * PIECE);
	}
	return 0;
}

static int private(const char *arg)
{
	(void)arg;
	return map(MAP_PRIVATE | MAP_ANONYMOUS, MADV_NOHUGEPAGE);
}

static int huge(const char *arg)
{
	(void)arg;
	return map(MAP_PRIVATE | MAP_ANONYMOUS, MADV_HUGEPAGE);
}

static int shared(const char *arg)
{
	(void)arg;
	return map(MAP_SHARED | MAP_ANONYMOUS, MADV_NORMAL);
}

static int hugetlb(const char *arg)
{
	(void)arg;
	return map(MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, MADV_NORMAL);
}

static int locked(const char *arg)
{
	(void)arg;
	if (mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
		return errno;
	return private(NULL);
}

static size_t recurse(size_t depth)
{
	volatile char frame[64 << 10];

	for (size_t i = 0; i < sizeof(frame); i += 4096)
		frame[i] = 1;
	return depth == 0 ? 0 : recurse(depth - 1) + (size_t)frame[0];
}

static int stack(const char *arg)
{
	(void)arg;
	recurse(ENOUGH >> 16);
	return 0;
}

static void *use_stack(void *arg)
{
	(void)arg;
	recurse(14);
	pause();
	return NULL;
}

static int stacks(const char *arg)
{
	pthread_t thread;

	(void)arg;
	while (take(PIECE)) {
		int rc = pthread_create(&thread, NULL, use_stack, NULL);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int sysv(const char *arg)
{
	(void)arg;
	while (take(4 * PIECE)) {
		int id = shmget(IPC_PRIVATE, 4 * PIECE, 0600);
		if (id < 0)
			return errno;
		void *piece = shmat(id, NULL, 0);
		if (piece == (void *)-1)
			return errno;
		memset(piece, 1, 4 * PIECE);
		MUST(shmdt(piece));
	}
	return 0;
}

/* One byte read in each 2 MiB: all the pages are one, but each wants a table. */
static int tables(const char *arg)
{
	size_t n = (arg == NULL ? ENOUGH : ENOUGH / 64) >> 12; /* tables */
	volatile char *space = mmap(NULL, n << 21, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (space == MAP_FAILED)
		return errno;
	madvise((void *)space, n << 21, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < n; i++)
		(void)space[i << 21];
	return 0;
}

/* Each page of other rights than its neighbours; with names, each mapping of another one. */
static int mappings(const char *arg)
{
	size_t size = 65000UL << 12;
	char *space = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), name[80];

	if (space == MAP_FAILED)
		return errno;
	for (size_t i = 0; i < size; i += 8192) {
		if (mprotect(space + i, 4096, PROT_READ) < 0)
			return errno;
		if (arg == NULL)
			continue;
		for (size_t j = i; j < i + 8192; j += 4096) {
			snprintf(name, sizeof(name), "%079zu", j);
			if (prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, space + j, 4096, name) < 0)
				return errno;
		}
	}
	return 0;
}

/* Each child has its own links from each page's mapping to all that were forked with it. */
static int forked_mappings(const char *arg)
{
	size_t size = 20000UL << 12;
	char *space = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)arg;
	if (space == MAP_FAILED)
		return errno;
	for (size_t i = 0; i < size; i += 8192) {
		if (mprotect(space + i, 4096, PROT_READ | PROT_WRITE) < 0)
			return errno;
		space[i] = 1;
	}
	return in_children(60, nothing, NULL);
}

const struct route page_routes[] = {
        {"nothing", nothing, NULL},
        {"heap", heap, NULL},
        {"private", private, NULL},
        {"huge-pages", huge, NULL},
        {"shared", shared, NULL},
        {"hugetlb", hugetlb, NULL},
        {"locked", locked, NULL},
        {"stack", stack, NULL},
        {"thread-stacks", stacks, NULL},
        {"sysv-shm", sysv, NULL},
        {"page-tables", tables, NULL},
        {"tables-forked", tables, "few", true},
        {"mappings", mappings, NULL, true},
        {"mapping-names", mappings, "names", true},
        {"mappings-forked", forked_mappings, NULL},
        {0},
};
