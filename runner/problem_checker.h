/* A package's own output validator, as the checker of a job. Used by problem_load.c. */
#pragma once

#include "runner/problem_load.h"

/*
 * Of a package whose validators and groups are loaded: where it has one of its own, the job gets its sources, language,
 * limits and arguments, those of each test by its group. Refused are more validators than one. Fails with
 * SBX_STAGE_USAGE.
 */
int problem_load_checker(const struct problem_package *package, struct job *job, struct job_memory *memory,
                         struct sbx_err *err);
