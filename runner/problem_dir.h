/*
 * Folders of a problem package: opened below each other, never through a symbolic link, since packages come from
 * strangers. Used by problem_load.c and problem_files.c. Everything fails with SBX_STAGE_USAGE.
 */
#pragma once

#include "runner/job_memory.h"
#include "sandbox/err.h"
#include "sandbox/fd.h"

#include <dirent.h>
#include <stdbool.h>

#define PROBLEM_DEPTH_MAX 16       /* folders within each other */
#define PROBLEM_ENTRIES_MAX 500000 /* in one */

/* `path` is how jobs and messages name it; it lies in a job's memory. */
struct problem_dir {
	int fd;
	const char *path;
};

static inline void problem_dir_close(struct problem_dir *dir)
{
	fd_close(&dir->fd);
}
#define PROBLEM_DIR_CLEANUP __attribute__((cleanup(problem_dir_close)))

/* The folder `name` in `parent`: 1 with it, 0 and *ret with no descriptor where there is nothing of that name. */
int problem_dir_open(struct job_memory *memory, const struct problem_dir *parent, const char *name,
                     struct problem_dir *ret, struct sbx_err *err);

/* A file that was read: all of it, with a NUL behind. */
struct problem_text {
	const char *path;
	char *bytes;
	size_t len;
};

/* The regular file `name` in `dir`, of at most `max` bytes: 1 with it, 0 where there is nothing of that name. */
int problem_dir_read(struct job_memory *memory, const struct problem_dir *dir, const char *name, size_t max,
                     struct problem_text *ret, struct sbx_err *err);

/* What is in a folder, but for names that begin with a dot. */
struct problem_list {
	struct dirent **entries;
	int n;
};

void problem_list_finish(struct problem_list *list);
#define PROBLEM_LIST_CLEANUP __attribute__((cleanup(problem_list_finish)))

/* In the order of strverscmp(3), for which "1.in" is "1". */
int problem_dir_list(const struct problem_dir *dir, struct problem_list *ret, struct sbx_err *err);

/* 1 for a folder, 0 for a regular file; all else is an error. */
int problem_dir_is_dir(const struct problem_dir *dir, const char *name, struct sbx_err *err);
