/* A profile of the caller's own: the file that --seccomp names. */
#pragma once

#include "policy/spec.h"
#include "sandbox/err.h"

/*
 * Where spec->seccomp is a file's name, not a built-in's, reads it and sets spec->seccomp_json; *ret_text is what the
 * caller then frees, after the plan. Fails with SBX_STAGE_USAGE.
 */
int profile_file_load(struct run_spec *spec, char **ret_text, struct sbx_err *err);
