/*
 * The folder in which a checker of Kattis' convention says more than its exit status does: data/feedback-N for test N.
 * Called by judge_run.c. A box could write there, so nothing in it is what it seems: it is read without following a
 * link, and only after the box's death.
 */
#pragma once

#include "runner/workspace.h"
#include "sandbox/err.h"

#include <stddef.h>

/* Makes the test's folder, empty, and gives its path. Fails with SBX_STAGE_WORKSPACE. */
int feedback_make(const struct workspace *ws, size_t test, char *path, size_t size, struct sbx_err *err);

/* A descriptor (O_PATH) of the folder, or -errno. */
int feedback_open(const struct workspace *ws, size_t test);
/* The start of judgemessage.txt, at most size - 1 bytes, with a NUL behind; "" where there is none. */
void feedback_message(int folder, char *buf, size_t size);
/*
 * The number that is all of the file `name` but white space: as C writes it in decimal, finite. 1 with it, 0 where
 * there is nothing of that name, -EINVAL for anything else.
 */
int feedback_number(int folder, const char *name, double *ret);

/*
 * The input for another run of the test, nextpass.in: made into the file `name` of the job's data, in the place of what
 * had that name, and removed from the folder. 1 with it, 0 where there is nothing of that name, or -errno: -EINVAL for
 * what is no file, -EFBIG for one larger than FEEDBACK_PASS_BYTES_MAX.
 */
#define FEEDBACK_PASS_BYTES_MAX (64 << 20)
int feedback_next_pass(const struct workspace *ws, int folder, const char *name);

/* What is in it may be written by the checker of the next run. -errno. */
int feedback_keep(const struct workspace *ws, size_t test);

/*
 * Removes the folder, so that those of many tests do not fill the job's. What is deeper than WORKSPACE_DEPTH_MAX, or
 * cannot be removed, stays, until the kernel removes all.
 */
void feedback_remove(const struct workspace *ws, size_t test);
