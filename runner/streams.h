/*
 * The program's standard streams: what the caller gave or named, opened with the caller's rights before the
 * program exists, and the pipes that stand between.
 */
#pragma once

#include "policy/spec.h"
#include "runner/relay.h"
#include "sandbox/err.h"

#include <sys/types.h>

/* Which of 0, 1 and 2 were closed when sbx started, as a mask. They hold /dev/null since, so nothing else lands there.
 */
extern unsigned streams_closed;
/* Called first of all. Fails with SBX_STAGE_STDIO when not even /dev/null can be opened. */
int streams_guard(struct sbx_err *err);

/* What a new file of ours gets: the caller's umask and 022 are off it, but the caller itself can use it. */
extern mode_t streams_file_mode;

/* Refuses a spec of which two options, --report's file (or NULL) among them, name one file. Touches nothing. */
int run_streams_check(const struct run_spec *spec, const char *report, struct sbx_err *err);

struct run_streams {
	int box_fd[3]; /* what the program gets: pipe ends, or the standard input itself where that is harmless; ours */
	struct relay in, out, err; /* src -1: this one is not relayed */
};

/* Fails with SBX_STAGE_STDIO; then nothing needs finishing. `io` is large: do not put it on a small stack. */
int run_streams_open(struct run_streams *io, const struct run_spec *spec, struct sbx_err *err);
/* Closes the program's ends, once it has its own: only then do readers see an end. */
void run_streams_started(struct run_streams *io);
void run_streams_finish(struct run_streams *io);
