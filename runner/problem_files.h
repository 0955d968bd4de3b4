/* Programs in a problem package: which files they are made of. Used by problem_load.c. */
#pragma once

#include "runner/problem_load.h"

/*
 * The programs in a folder, which lie in `memory`. With `is_one` the folder is itself the program, if it has anything
 * in it, unless all that it has is a folder. Fails with SBX_STAGE_USAGE.
 */
int problem_load_programs(struct job_memory *memory, const struct problem_dir *dir, bool is_one,
                          struct problem_program **ret, size_t *ret_n, struct sbx_err *err);

/*
 * A text of the package's, of at most `max` bytes, in which constants are replaced: the new one lies in `memory`. Fails
 * with SBX_STAGE_USAGE; `path` is for messages.
 */
int problem_replace(const struct problem *problem, struct job_memory *memory, const char *path, size_t max,
                    char **bytes, size_t *len, struct sbx_err *err);
