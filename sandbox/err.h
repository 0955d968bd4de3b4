/*
 * The one error value of sbx: which stage failed, with which errno, and one line for a person.
 *
 * It has a fixed size and owns nothing, so it crosses the socket between the box's init and the
 * launcher unchanged. Every fallible function of the house returns 0 (or a count) or -errno, takes
 * its `struct sbx_err *` last, fills it only on failure, and leaves its `ret_` outputs alone then.
 */
#pragma once

#include <stdarg.h>

enum sbx_stage {
	SBX_STAGE_NONE,
	/* the launcher */
	SBX_STAGE_USAGE,      /* the command line or a file it names */
	SBX_STAGE_PLAN,       /* spec -> plan */
	SBX_STAGE_HOST,       /* finding the cgroup hierarchies and the run directory */
	SBX_STAGE_SLOT,       /* taking a slot */
	SBX_STAGE_CGROUP,     /* making the leaf and writing its limits */
	SBX_STAGE_STDIO,      /* redirections and pipes */
	SBX_STAGE_NAMESPACES, /* clone3 of init into fresh namespaces */
	SBX_STAGE_IDS,        /* uid and gid maps, and taking the ids */
	/* init */
	SBX_STAGE_SOURCES, /* opening what will be mounted */
	SBX_STAGE_SPAWN,   /* clone3 of the program into the leaf */
	SBX_STAGE_ROOT,    /* the box's own tmpfs */
	SBX_STAGE_MOUNT,   /* each mount and file of the plan */
	SBX_STAGE_PIVOT,
	SBX_STAGE_NETWORK,
	SBX_STAGE_LOCKDOWN, /* init gives up what it no longer needs */
	/* the program */
	SBX_STAGE_ENTER, /* entering a v1 leaf, hiding the cgroup path */
	SBX_STAGE_SESSION,
	SBX_STAGE_FDS,
	SBX_STAGE_RLIMITS,
	SBX_STAGE_CREDENTIALS,
	SBX_STAGE_CHDIR,
	SBX_STAGE_SECCOMP,
	SBX_STAGE_EXEC,
	/* the launcher again */
	SBX_STAGE_WORKSPACE, /* the folder of a job */
	SBX_STAGE_SUPERVISE,
	SBX_STAGE_OUTPUT, /* passing the program's output on */
	SBX_STAGE_TEARDOWN,
	SBX_STAGE_REPORT,
	/* sbx serve */
	SBX_STAGE_STARTER, /* the parent, which starts programs for the service */
	SBX_STAGE_STORE,   /* the state folder */
	SBX_STAGE_MAX,
};

struct sbx_err {
	enum sbx_stage stage;
	int errnum;    /* a positive errno, or 0 where no system call was at fault */
	char msg[400]; /* one line, no newline at its end, empty when there is no error */
};

/* The stage's name as the report and the messages print it: lower case, no spaces. */
const char *sbx_stage_name(enum sbx_stage stage);

/*
 * Fills *err and returns -errnum (-EINVAL where errnum is 0), so that a failing function can end in
 * `return sbx_fail(err, ...)`. The text is cut, never overrun; control characters in it are
 * replaced by '?', because paths chosen by a stranger reach a terminal and a log through it.
 */
int sbx_fail(struct sbx_err *err, enum sbx_stage stage, int errnum, const char *fmt, ...)
        __attribute__((format(printf, 4, 5)));
#ifdef __clang_analyzer__ /* it sees one file at a time, and has to be told that this is never success */
#define sbx_fail(...) ((void)sbx_fail(__VA_ARGS__), -1)
#endif

/* Returns from the calling function when `expr`, an int, is negative: the one macro that hides control flow. */
#define TRY(expr)                                                                                                      \
	do {                                                                                                           \
		int try_result_ = (expr);                                                                              \
		if (try_result_ < 0)                                                                                   \
			return try_result_;                                                                            \
	} while (0)
