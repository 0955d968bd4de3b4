/* Memory that a job's strings lie in, and what is read into it. All of it fails with SBX_STAGE_USAGE. */
#pragma once

#include "sandbox/err.h"

#include <stddef.h>

/* Zero it; job_memory_finish() frees all. */
struct job_memory {
	void **blocks;
	size_t n;
};

void job_memory_finish(struct job_memory *memory);

/* Takes `block` over, also when that fails; NULL is memory exhaustion of the caller's. */
int job_memory_own(struct job_memory *memory, void *block, struct sbx_err *err);

/* "dir/name"; `dir` may be "", and then it is the name alone. */
int job_memory_join(struct job_memory *memory, const char *dir, const char *name, const char **ret,
                    struct sbx_err *err);

/* All of a descriptor, at most `max` bytes, with a NUL behind. `fd` stays the caller's; `what` is for messages. */
int job_memory_read(struct job_memory *memory, int fd, size_t max, const char *what, char **ret, size_t *ret_len,
                    struct sbx_err *err);
/* The same of the regular file at `path`, which the option `what` named. */
int job_memory_read_file(struct job_memory *memory, const char *what, const char *path, size_t max, char **ret,
                         size_t *ret_len, struct sbx_err *err);
