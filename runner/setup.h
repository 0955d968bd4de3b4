/*
 * What `sbx setup` is made of, one file each: delegating to a user, the unit under systemd, taking all of it away.
 * Each says what it did, a line for each thing, through setup_note().
 */
#pragma once

#include "sandbox/host.h"

#include <stdio.h>

/* The unit's one process sits there, below the slice, and ends with the unit. */
#define KEEPER_GROUP "keeper"

/* A line to `notes`, which is NULL where nobody wants to know. */
void setup_note(FILE *notes, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * runner/setup_spawn.c: runs argv[0], found along PATH, and waits for it. With `size` > 0 its output goes to `out`, cut
 * and NUL-terminated. *ret_status is its exit status, 128 + N for a signal. -errno when it cannot be started.
 */
int setup_spawn(char *const *argv, char *out, size_t size, int *ret_status);

/* runner/setup_user.c: the uid of a name (asked of getent(1), so that every user database is) or of decimal digits. */
int setup_find_user(const char *name, uid_t *ret_uid, struct sbx_err *err);
/*
 * Makes the user's group below root's slice and the group `main` in it, hands both to the user, and makes the run
 * directory that says so. Root's slice must be there.
 */
int setup_delegate(uid_t uid, FILE *notes, struct sbx_err *err);
/*
 * Moves a process into the user's group `main`. The kernel lets a user clone a process into a leaf only from a group
 * below one whose cgroup.procs that user may write.
 */
int setup_move(uid_t uid, pid_t pid, FILE *notes, struct sbx_err *err);

/* runner/setup_systemd.c: writes and starts the unit whose cgroup is the slice; nothing where it runs already. */
int setup_unit_start(FILE *notes, struct sbx_err *err);
int setup_unit_stop(FILE *notes, struct sbx_err *err);
/* The unit's process: makes its own cgroup the slice, then sleeps so that the cgroup stays. Returns on failure only. */
int setup_keeper(struct sbx_err *err);

/*
 * runner/setup_undo.c: removes what was made, all of it or one user's. Kills nothing: fails with EBUSY, and has removed
 * nothing then, where a process is in one of the groups or a box is being built.
 */
int setup_undo(FILE *notes, struct sbx_err *err);
int setup_undo_user(uid_t uid, FILE *notes, struct sbx_err *err);
