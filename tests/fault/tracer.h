/*
 * Runs sbx under ptrace and, at one system call of one of its processes, makes that call fail or kills processes.
 * ptrace and not strace: one process follows all of them and counts the calls of each by its part in the run, so that
 * "the 12th call of init" is one place, and it ends by itself the moment that nothing which sbx started is alive.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum role {
	ROLE_START,    /* libc's calls in the launcher's process, before main() */
	ROLE_LAUNCHER, /* sbx itself */
	ROLE_INIT,
	ROLE_NETWORK, /* init's helper */
	ROLE_PROGRAM, /* up to exec */
	ROLE_OTHER,   /* nothing of a run that goes well */
	ROLE_MAX,
};

const char *role_name(enum role role);

#define CALLS_MAX 4096

struct fault {
	enum role role;
	unsigned call;    /* from 1; 0: no fault */
	int errnum;       /* what the call returns instead of being made, or 0 */
	unsigned victims; /* bits of ROLE_LAUNCHER and ROLE_INIT: killed just before the call */
};

struct outcome {
	bool reached;     /* the call was made */
	bool victim;      /* one of the victims was there */
	bool hung;        /* not all was over within the time */
	int status;       /* of the launcher, as wait(2) gives it */
	bool executed;    /* the program came through exec */
	char view[16384]; /* what it was then, by view_take() */
	uint64_t left_us; /* how long something of the box was alive after the kill */
	unsigned calls[ROLE_MAX];
	int nr[ROLE_MAX][CALLS_MAX]; /* [role][call - 1] */
};

/*
 * Runs argv[0], with its standard input empty and its output and errors going to `err_path`, until all its processes
 * are gone. What is alive after `seconds` is killed. False, with a line on stderr, where this machine cannot do it.
 */
bool tracer_run(char *const *argv, const char *err_path, const struct fault *fault, unsigned seconds,
                struct outcome *ret);
