/*
 * Reading one option's value into a run_args; see args_value.c. All of them return 0 or -errno with stage
 * SBX_STAGE_USAGE, and a message of the form `--mem: "12x" is not a size (...)`.
 */
#pragma once

#include "runner/args_run.h"

#define ARGS_VALUE_BYTES_MAX 4096 /* longer values are refused before they come here */
#define ARGS_QUOTE_SIZE 68        /* 64 bytes, "...", NUL */

/* The place where a value stands. */
struct args_value {
	struct run_args *args; /* NULL for other commands, which use the functions with a field only */
	void *base;            /* what the fields are in */
	const char *option;    /* its long name */
	void *field;           /* for the functions that serve many options */
	char *const *environ_; /* the caller's, NULL-terminated; or NULL */
	struct sbx_err *err;
};

/* `text`, cut to what fits on a line with a message around it, not within a UTF-8 character. Returns buf. */
const char *args_quote(const char *text, char buf[ARGS_QUOTE_SIZE]);

/* For options without a value, which is NULL then. */
int args_take_flag(const struct args_value *at, const char *value); /* field: bool, set to true */
int args_take_no_aslr(const struct args_value *at, const char *value);

int args_take_string(const struct args_value *at, const char *value);   /* field: const char *; not empty, borrowed */
int args_take_size(const struct args_value *at, const char *value);     /* field: uint64_t bytes */
int args_take_duration(const struct args_value *at, const char *value); /* field: uint64_t microseconds */
int args_take_count(const struct args_value *at, const char *value);    /* field: uint64_t */

int args_take_pids(const struct args_value *at,
                   const char *value); /* field: uint64_t; at most the kernel's own limit */
int args_take_rate(const struct args_value *at, const char *value);         /* cores, kept in thousandths */
int args_take_report(const struct args_value *at, const char *value);       /* field: const char *; F, "-" or fd:N */
int args_take_tmp(const struct args_value *at, const char *value);          /* S[,INODES] */
int args_take_pin(const struct args_value *at, const char *value);          /* auto, none or a list of cores */
int args_take_box_mode(const struct args_value *at, const char *value);     /* ro, cow, rw */
int args_take_net(const struct args_value *at, const char *value);          /* none, loopback */
int args_take_format(const struct args_value *at, const char *value);       /* field: enum report_format; text, json */
int args_take_chdir(const struct args_value *at, const char *value);        /* an absolute path inside */
int args_take_bind(const struct args_value *at, const char *value);         /* SRC[:DST[:OPTS]] */
int args_take_tmpfs(const struct args_value *at, const char *value);        /* DST[:S] */
int args_take_env(const struct args_value *at, const char *value);          /* K=V, or K */
int args_take_require(const struct args_value *at, const char *value);      /* limits, comma-separated, or all */
int args_take_allow_weaker(const struct args_value *at, const char *value); /* the same */
