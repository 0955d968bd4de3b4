/* What runner/supervise.c and its streams share. Called by nobody else. */
#pragma once

#include "runner/supervise.h"

/* Calls `ready` whenever `fd` is so; once more for the same one changes what is waited for. -errno. */
int supervise_watch(struct run *run, int fd, uint32_t events, struct watch *watch, void (*ready)(struct run *run));
void supervise_unwatch(struct run *run, int fd);
/* Ends the run before its program does. Only the first cause counts. */
void supervise_end(struct run *run, enum killed_by why);
void supervise_fail(struct run *run, const struct sbx_err *err);

/* Moves what can be moved, and ends a run whose box is dead and whose output has all been passed on. */
void supervise_streams(struct run *run);
void supervise_close(struct run *run, struct relay *relay);

/* Sets the timer to what is due first: the deadline, or a look. */
void supervise_arm(struct run *run);

/* The wall time of a run is over: true where it was made longer. (runner/supervise_pair.c) */
bool supervise_pair_goes_on(struct run *run);
/* Its program runs now. */
void supervise_pair_started(struct run *run);
/* The box of a run is dead. */
void supervise_pair_ended(struct run *run);
