/* Scope cleanup for descriptors and memory, and the small reads and writes that kernel files want. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

static inline void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}
/* Takes a descriptor out of a variable that would close it. */
static inline int fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}
static inline void free_charp(char **p)
{
	free(*p);
}

/* Closed when the variable leaves its scope; initialise it, with -1 at least. */
#define FD_CLEANUP __attribute__((cleanup(fd_close)))
#define FREE_CLEANUP __attribute__((cleanup(free_charp)))

/*
 * The start of the file `name` below `dir_fd` (AT_FDCWD for a path), NUL-terminated, at most size - 1 bytes,
 * without following a link at its last component. Returns the length or -errno.
 */
int fd_read_at(int dir_fd, const char *name, char *buf, size_t size);

/* Writes `text` with one write(2), as cgroup and proc files want it, to an existing file. Returns 0 or -errno. */
int fd_write_at(int dir_fd, const char *name, const char *text);

/* Writes all of it; a descriptor that is non-blocking is waited for, as a blocking one would be. Returns 0 or -errno.
 */
int fd_write_all(int fd, const char *bytes, size_t len);

/* The decimal number that a kernel file starts with. "max" gives UINT64_MAX. Returns 0 or -errno. */
int fd_read_u64_at(int dir_fd, const char *name, uint64_t *ret);

/*
 * The number behind `key` and one space in the flat-keyed text of memory.stat and its kin. `key` matches
 * whole words at a line's start. False, *ret untouched, where there is none.
 */
bool text_key_u64(const char *text, const char *key, uint64_t *ret);

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t clock_ns(void);
