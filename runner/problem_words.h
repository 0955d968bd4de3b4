/* What a package's tests tell the programs that are run on them, as arguments. Used by problem_load.c. */
#pragma once

#include "runner/problem_load.h"

/*
 * Of a package whose groups and validators are loaded: each of the job's tests gets the submission's arguments and
 * those of the package's own validators, by its group or its own settings. Fails with SBX_STAGE_USAGE.
 */
int problem_load_words(const struct problem_package *package, struct job *job, struct job_memory *memory,
                       struct sbx_err *err);
