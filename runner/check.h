/*
 * The checks of `sbx check`: each looks at, or better tries, one thing that the sandbox needs or profits from, and
 * says what it found in one row. cmd_check.c has the table of them. A check leaves nothing behind.
 */
#pragma once

#include "sandbox/host.h"

#include <stdbool.h>
#include <stdint.h>

enum check_status {
	CHECK_OK,
	CHECK_WARN, /* works, but with something less: noise, a risk, an option that is refused */
	CHECK_FAIL, /* sbx run will not work, or not with its defaults */
	CHECK_NA,   /* cannot be known or does not apply here; the reason says why */
	CHECK_STATUS_MAX,
};

struct check_row {
	const char *name;
	enum check_status status;
	char reason[400];
	char fix[400]; /* the command that mends it; "" where nothing is to be mended, or no command does it */
};

/* What many checks go by, found out once. */
struct check_host {
	bool root;
	int userns_rc; /* 0, or -errno of trying to make and use a user namespace */

	struct host_layout mounts; /* the mount points; cgroup_version is 0 when there are none, and then: */
	struct sbx_err mounts_err;

	bool open; /* whether there is a slice to run in, and then `box` is open, else: */
	struct box_host box;
	struct host_layout slice; /* its paths, "" where not known */
	struct sbx_err open_err;
};

typedef void check_fn(const struct check_host *host, struct check_row *row);

struct check {
	const char *name; /* stable: scripts find the row by it */
	check_fn *run;
};

/* runner/check_row.c: what a check says. Each may be called again, the last call counts. */
const char *check_status_name(enum check_status status);
void check_say(struct check_row *row, enum check_status status, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));
void check_fix(struct check_row *row, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* An error of the sandbox's own, whose message may close with `run: COMMAND`. */
void check_say_err(struct check_row *row, enum check_status status, const struct sbx_err *err);
/* The first line of a file into buf (no newline): true, or false and "" where it cannot be read. */
bool check_read_line(const char *path, char *buf, size_t size);
/* The number a file starts with, or `otherwise`. */
long check_read_number(const char *path, long otherwise);

/*
 * runner/check_try.c: runs `fn` in a child made by clone3 with `clone_flags`; with CLONE_NEWUSER its ids are mapped
 * to 1000 first. Returns what fn returned (0 or -errno), -errno of clone3, or -ECHILD when a signal killed it.
 */
int check_try(uint64_t clone_flags, int (*fn)(void *arg), void *arg);

/* runner/check_kernel.c */
check_fn check_kernel, check_clone_into, check_openat2, check_pidfd, check_close_range, check_seccomp;
check_fn check_fsopen, check_mount_setattr, check_overlay, check_proc;

/* runner/check_namespaces.c */
check_fn check_ns_user, check_ns_pid, check_ns_mount, check_ns_net, check_ns_ipc, check_ns_uts, check_ns_cgroup;
/* 0, or -errno: whether a user namespace can be made and gives rights over the namespaces made with it. */
int check_userns_try(void);
bool check_is_filtered(void); /* this process runs under a seccomp filter */

/* runner/check_cgroup.c */
check_fn check_cgroup_version, check_memory, check_pids, check_cpuacct, check_cpu, check_cpuset;
check_fn check_slice, check_delegation, check_leaf, check_swap_accounting;

/* runner/check_limits.c: what this process was given. */
check_fn check_ids, check_rlimits, check_caller_filter;

/* runner/check_security.c */
check_fn check_core_pattern, check_fatal_signals, check_aslr;

/* runner/check_noise.c */
check_fn check_swap, check_thp, check_smt, check_governor, check_boost, check_clocksource, check_numa, check_ksm;
check_fn check_pressure, check_steal;

/* runner/check_measure.c: what --measure finds. */
struct check_spread {
	uint64_t min_us, p50_us, p99_us, max_us;
};
struct check_measure {
	unsigned launches; /* of each kind */
	unsigned pause_us;
	struct check_spread spawn_packed, spawn_paused; /* posix_spawn of true(1) until it is reaped */
	struct check_spread run_packed, run_paused;     /* sbx run of it */
	unsigned rounds;
	struct check_spread loop; /* the same work of about 10 ms, again and again */
};
/* Fails with a message when sbx run does not work here, or there is no true(1). */
int check_measure(struct check_measure *ret, struct sbx_err *err);

/* What was asked for beside the checks; NULL where it was not. */
struct attack_result;
struct check_extras {
	const struct check_measure *measure;
	const struct attack_result *attacks;
};

/* runner/check_print.c: both return 0 or -errno of writing. */
int check_print_table(const struct check_row *rows, size_t n, const struct check_extras *extras);
int check_print_json(const struct check_row *rows, size_t n, const struct check_extras *extras);
