/*
 * The report of one run: facts and verdict as a line for a person or as one JSON object, schema sbx.run/1
 * (docs/sbx.1, REPORT, describes every field).
 */
#pragma once

#include "policy/verdict.h"
#include "sandbox/err.h"
#include "sandbox/plan.h"
#include "sandbox/result.h"

#include <stdbool.h>
#include <stdio.h>

enum report_format {
	REPORT_TEXT,
	REPORT_JSON,
	REPORT_MAX,
};

struct report {
	const struct box_plan *plan; /* NULL, like limits, only where the run failed before there was one (IE) */
	const struct run_result *result;
	const struct limit_fact *limits; /* BOX_LIMIT_MAX of them, by enum box_limit */
	enum verdict verdict;
	const char *reason;
};

/*
 * The report as a malloc'ed, NUL-terminated line (with its newline), which the caller frees. The JSON
 * form is valid UTF-8 whatever bytes the error message quotes; in its `limits`, the values of `seccomp` (the profile)
 * and `pin` (the cores, "auto" for those of the slot) are strings from the plan. Fails only with -ENOMEM.
 */
int report_format(const struct report *report, enum report_format format, char **ret_text, struct sbx_err *err);

/* Its JSON form, the caller's. */
struct json_object *report_json(const struct report *report);

/*
 * Where a report goes, opened before the run so that a bad place is found out before the program starts:
 * "-" is standard output, "fd:N" an open descriptor of the caller, anything else a file, written whole or
 * not at all (a temporary file beside it, fsync, rename). A file's name must be free or a regular file's: a link, a
 * device or a pipe would be replaced, not written to. NULL: standard error. An fd:N above 2 is set close-on-exec.
 */
struct report_sink {
	const char *option; /* which names it, for messages; "--report" */
	int fd;             /* -1 when closed */
	bool owned;         /* close it */
	int dir_fd;         /* of the file's folder; only where `name` is set */
	char tmp[64];       /* the temporary name in dir_fd, "" when none */
	bool unnamed;       /* the file gets that name only when it is whole (O_TMPFILE) */
	char name[256];     /* the final name in dir_fd */
};

/* The descriptor that such a place is; or one of these two, the second for an fd:N without a number. */
enum { REPORT_FILE = -1, REPORT_NOWHERE = -2 };
int report_where_fd(const char *where);
/*
 * Whether what is written to one of two such places would spoil the other: the same descriptor, or the same file,
 * however it is spelt or opened. Two descriptors of one terminal or pipe are two places: who asks for both sees both.
 */
bool report_is_same_place(const char *a, const char *b);

/* Whether the caller's `fd`, which `option` calls `what`, can be written to, and was open when sbx started. Fails with
 * SBX_STAGE_REPORT. */
int report_check_fd(const char *option, const char *what, int fd, struct sbx_err *err);

/* `option` must outlive the sink. `sink` may be uninitialised, and is filled only on success. Fails with
 * SBX_STAGE_REPORT. */
int report_sink_open(struct report_sink *sink, const char *option, const char *where, struct sbx_err *err);
/*
 * Writes all of these bytes; report_sink_publish(), called once, then makes a file appear. Both fail with
 * SBX_STAGE_REPORT; then the sink is finished and no partial file is left. SIGPIPE and SIGXFSZ must be ignored, so that
 * they come back as errors.
 */
int report_sink_write(struct report_sink *sink, const char *bytes, size_t len, struct sbx_err *err);
int report_sink_publish(struct report_sink *sink, struct sbx_err *err);
bool report_sink_is_file(const struct report_sink *sink);
/* A sink that report_sink_finish() has nothing to do for. */
void report_sink_init(struct report_sink *sink);
/* Closes, and removes the temporary file where nothing was written. Accepts an initialised, zeroed or finished sink. */
void report_sink_finish(struct report_sink *sink);
