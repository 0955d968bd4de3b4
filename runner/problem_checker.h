/* A package's own output validators, as the checkers of a job. Used by problem_load.c. */
#pragma once

#include "runner/problem_load.h"

/*
 * Of a package whose validators are loaded: where it has any of its own, the job gets their sources, languages and
 * limits. Refused are more validators than JOB_CHECKERS_MAX,
 * or than one where that would have no meaning. Fails with SBX_STAGE_USAGE.
 */
int problem_load_checker(const struct problem_package *package, struct job *job, struct job_memory *memory,
                         struct sbx_err *err);
