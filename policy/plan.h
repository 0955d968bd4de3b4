/*
 * A run_spec to a box_plan: every decision about a box is made here, and nothing is touched. Called by
 * the front-ends once per run; `sbx run --dry-run` prints what it gives.
 */
#pragma once

#include "policy/spec.h"
#include "sandbox/err.h"
#include "sandbox/plan.h"

/* Ids inside the box. */
#define POLICY_UID 1000
#define POLICY_INIT_UID 999

struct policy_plan {
	struct box_plan box;
	/* what the plan points to */
	struct box_mount mounts[SPEC_BINDS_MAX + 48];
	char *envp[SPEC_ENV_MAX + 4];
	struct sock_filter *filter; /* compiled from the caller's profile; NULL for built-ins */
};

/* Borrows the spec and its strings. Fails with SBX_STAGE_PLAN or SBX_STAGE_USAGE; then nothing needs finishing. */
int policy_plan(struct policy_plan *plan, const struct run_spec *spec, struct sbx_err *err);
void policy_plan_finish(struct policy_plan *plan);

/* The plan as text, one line per decision, malloc'ed for the caller. NULL when memory is out. */
char *policy_plan_text(const struct box_plan *plan);
