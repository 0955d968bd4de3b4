/*
 * Where the files of one job lie: a tmpfs of its own that is mounted where only this process and its boxes see it, in
 * a mount namespace that this process enters for good. So nobody else can look into it, no box learns a path of the
 * host from it, what a compiler writes is bounded, and the kernel removes it with the last of the job's processes,
 * however these end: there is nothing that a killed job could leave.
 *
 *   box/     the sources, then what the compiler makes of them; the program sees this, and only this
 *   tests/   inputs and answers that came inline
 */
#pragma once

#include "sandbox/err.h"
#include "sandbox/host.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#define WORKSPACE_BYTES (UINT64_C(1) << 30)
#define WORKSPACE_INODES 65536
#define WORKSPACE_DEPTH_MAX 32

struct workspace {
	int fd;       /* its root */
	char box[96]; /* path of box/, for a plan */
	char tests[96];
};

/*
 * Call it before any file is opened that a box is to get as its standard input: one of another mount namespace has to
 * be copied through a pipe. Ordinary users enter a user namespace too, with their own id. Fails with
 * SBX_STAGE_WORKSPACE.
 */
int workspace_open(struct workspace *ws, const struct box_host *host, struct sbx_err *err);
void workspace_finish(struct workspace *ws);

/*
 * Makes the file `name` in box/ with these bytes, and the folders in its name. The name must be relative, without
 * empty, "." and ".." parts: -EINVAL for another one, -EEXIST for one that is there, or -errno. Sources are for the
 * compiler to read only.
 */
int workspace_add_source(struct workspace *ws, const char *name, const char *bytes, size_t len);
/* A file in tests/, as it is. -errno. */
int workspace_add_test(struct workspace *ws, const char *name, const char *bytes, size_t len);

/* box/ may be written by the compiler's box. */
int workspace_unseal(struct workspace *ws);
/*
 * From now on all of box/ can be read and run by every box, and belongs to us. Fails with SBX_STAGE_WORKSPACE; -ELOOP
 * for folders deeper than WORKSPACE_DEPTH_MAX, which only a hostile source makes a compiler leave.
 */
int workspace_seal(struct workspace *ws, struct sbx_err *err);
