/*
 * Where the files of one job lie: a tmpfs of its own that is mounted where only this process and its boxes see it, in
 * a mount namespace that this process enters for good. So nobody else can look into it, no box learns a path of the
 * host from it, what a compiler writes is bounded, and the kernel removes it with the last of the job's processes,
 * however these end: there is nothing that a killed job could leave.
 *
 *   box/       the sources, then what the compiler makes of them; the program sees this, and only this
 *   checker/   the same of the problem's checker, and checker-2/ and so on where it has several
 *   data/      what came inline: N is the input of test N, N.ans its answer; and what runs hand on to checkers
 *
 * box/ is a tmpfs by itself, since what a hostile source makes the compiler fill is not to be the checker's room. For
 * one submission after the other box/ and data/ are renewed each time, and those of checkers stay.
 */
#pragma once

#include "policy/job.h"
#include "sandbox/err.h"
#include "sandbox/host.h"
#include "sandbox/slot.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORKSPACE_BYTES (UINT64_C(1) << 30) /* beside the outputs that checkers are to see */
#define WORKSPACE_INODES 65536
#define WORKSPACE_DEPTH_MAX 64

enum workspace_folder {
	WORKSPACE_BOX,
	WORKSPACE_DATA,
	WORKSPACE_CHECKER, /* and as many as a job can have */
	WORKSPACE_MAX = WORKSPACE_CHECKER + JOB_CHECKERS_MAX,
};

#define WORKSPACE_PATH_BYTES 128 /* of a path in it, the name at most 32 long */

struct workspace {
	int fd;        /* its root */
	char path[80]; /* for plans: the folders lie below it */
	uint64_t bytes, inodes;
	unsigned renewed; /* a bit for each folder that is a tmpfs of its own by now */
	unsigned covered; /* a bit for each folder that another one is laid over */
};

/*
 * `bytes` and `inodes` are how large it may get. Call it before any file is opened that a box is to get as its standard
 * input: one of another mount namespace has to be copied through a pipe. Enters a user namespace, too, where the
 * process may not mount (own_mounts.h). Fails with SBX_STAGE_WORKSPACE.
 */
int workspace_open(struct workspace *ws, const struct box_host *host, uint64_t bytes, uint64_t inodes,
                   struct sbx_err *err);
void workspace_finish(struct workspace *ws);

/*
 * Empties a folder: a fresh tmpfs, as large as the first, takes its place, so that nothing has to walk through what
 * boxes left there. None of them may live. Fails with SBX_STAGE_WORKSPACE.
 */
int workspace_renew(struct workspace *ws, enum workspace_folder folder, struct sbx_err *err);

/*
 * Lays an empty folder over one, for what may turn out to be of no use half-way: then uncover it, and all is as it was.
 * No box may live. Fails with SBX_STAGE_WORKSPACE.
 */
int workspace_cover(struct workspace *ws, enum workspace_folder folder, struct sbx_err *err);
int workspace_uncover(struct workspace *ws, enum workspace_folder folder, struct sbx_err *err);

/* The path of a folder, or of a file in it. */
void workspace_path(const struct workspace *ws, enum workspace_folder folder, const char *name, char *buf, size_t size);
/* A descriptor (O_PATH) of a folder, or -errno. */
int workspace_folder(const struct workspace *ws, enum workspace_folder folder);

/*
 * Makes the file `name` with these bytes, and the folders in its name. The name must be relative, without empty, "."
 * and
 * ".." parts: -EINVAL for another one, -EEXIST for one that is there, or -errno. Nobody but us may write to it.
 */
int workspace_add(struct workspace *ws, enum workspace_folder folder, const char *name, const char *bytes, size_t len,
                  bool is_executable);

/* The folder may be written by a box, but not what is in it. -errno. */
int workspace_unseal(struct workspace *ws, enum workspace_folder folder);
/* The folder, and all that is in it, belongs to the box in this slot, as if that had made it. -errno, as below. */
int workspace_give(struct workspace *ws, enum workspace_folder folder, const struct box_host *host,
                   const struct slot *slot);
/*
 * From now on all of the folder can be read and run by every box, and belongs to us; what is neither file, folder nor
 * link is removed. Fails with SBX_STAGE_WORKSPACE;
 * -ELOOP for folders deeper than WORKSPACE_DEPTH_MAX, which only a hostile source makes a compiler leave.
 */
int workspace_seal(struct workspace *ws, enum workspace_folder folder, struct sbx_err *err);
/*
 * The same for what is `name` in a folder, which all boxes may write to from now on: another one has other ids than
 * that which made it. -errno; -ELOOP as above.
 */
int workspace_share(int dir_fd, const char *name);
