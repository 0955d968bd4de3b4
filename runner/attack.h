/*
 * The attacks of `sbx check --attack`: a harmless part of tests/threats/catalogue.tsv, in C functions of this binary
 * itself, which is copied into a box and attacks from there. None would change the host, were the fence that it tries
 * not there: a file is opened but not written, a call is made with arguments that let it do nothing.
 *
 * runner/attack.c has the table; attack_run.c runs it from outside; the other attack_*.c are what runs inside.
 */
#pragma once

#include "policy/verdict.h"
#include "sandbox/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a box ends whose attack was held. */
enum attack_end {
	ATTACK_REFUSED, /* OK: each try was refused; or SV: the filter stopped it */
	ATTACK_CPU,     /* TLE, at the CPU limit */
	ATTACK_WALL,    /* TLE, at the wall limit */
	ATTACK_MEMORY,  /* MLE */
	ATTACK_OUTPUT,  /* OLE */
	ATTACK_FAULT,   /* RE */
	ATTACK_END_MAX,
};

/*
 * Inside the box, once for each way, in a box of its own: a call that the filter stops ends the box, and some attacks
 * need two boxes. Returns where it was refused; else it says so by attack_through().
 */
struct attack_place {
	unsigned way;
	unsigned port; /* on 127.0.0.1, and in the name of an abstract socket: the launcher listens there; 0: nobody */
};
typedef void attack_fn(const struct attack_place *at);

struct attack {
	const char *id;   /* in the catalogue */
	const char *what; /* in a few words */
	attack_fn *attack;
	unsigned ways;
	enum attack_end end;
};

/* Sorted by id; ends with an id of NULL. */
extern const struct attack attack_table[];
#define ATTACKS_MAX 64

enum attack_state {
	ATTACK_NOT_TRIED,
	ATTACK_HELD,
	ATTACK_OPEN, /* it got through */
	ATTACK_STATE_MAX,
};
const char *attack_state_name(enum attack_state state); /* "not tried", "held", "OPEN" */

/* The status of an attacker that could not try, which its words explain. */
#define ATTACK_EXIT_NOT_TRIED 3

/* What one box came to. `exit_code` is -1 where its program did not exit. */
enum attack_state attack_judge(const struct attack *attack, enum verdict verdict, const char *reason, int exit_code);
/* What it means for the host that one is open. Static storage. */
const char *attack_means(const struct attack *attack);

/* What became of one. */
struct attack_row {
	const struct attack *attack;
	enum attack_state state;
	char outcome[200]; /* "stopped at ptrace", "MLE in 35 ms", or why it was not tried; "" where nothing is known */
};
struct attack_result {
	struct attack_row rows[ATTACKS_MAX];
	size_t n, counts[ATTACK_STATE_MAX];
	const char *profile;
};

/*
 * runner/attack_run.c: runs all of them, each in boxes of its own, with the profile that `seccomp` names as --seccomp
 * does. Fails, with *ret complete as far as it came, where the sandbox fails; with ret->n 0 where it cannot start at
 * all. Leaves nothing.
 */
int attack_run(const char *seccomp, struct attack_result *ret, struct sbx_err *err);

/* runner/attack_print.c */
struct json_object;
void attack_print(const struct attack_result *result, bool colour);
struct json_object *attack_json(const struct attack_result *result);

/*
 * What runs inside. Returns the exit status: 0 held, 1 it got through, ATTACK_EXIT_NOT_TRIED. Where this is no box, it
 * attacks nothing. runner/attack.c
 */
int attack_inside(const char *id, const char *way, const char *port);

/* runner/attack_inside.c: for the attacks. */
_Noreturn void attack_through(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void attack_not_tried(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The call failed with -1, and with one of these errnos (ended by 0); any other tells that it reached further. */
void attack_refused(const char *call, long rc, const int *errnos);
#define REFUSED(call, ...) attack_refused(#call, (long)(call), (const int[]){__VA_ARGS__, 0})
/* What has to work for the attack to be one. */
long attack_need(const char *call, long rc);
#define NEED(call) attack_need(#call, (long)(call))
/* Neither for reading nor as a name. */
void attack_absent(const char *path);
/* /proc shows no other process. */
void attack_alone(void);
/* Whether this process is the program of a box: nothing else has its number, rights and filter at once. */
bool attack_is_in_box(void);

/* runner/attack_host.c: the host's files, devices and settings. */
attack_fn attack_read_host, attack_leave_root, attack_overwrite, attack_make_device, attack_open_device;
attack_fn attack_kernel_settings, attack_kernel_facts, attack_file_handle, attack_environment, attack_descriptors;
attack_fn attack_terminal, attack_streams;

/* runner/attack_rights.c: other processes, and rights over the kernel. */
attack_fn attack_kill_init, attack_trace, attack_look_at_init, attack_enter_namespace, attack_new_namespace;
attack_fn attack_mount, attack_new_mount, attack_kernel_parts, attack_keys, attack_i386, attack_x32, attack_upper_bits;
attack_fn attack_machine, attack_become_root, attack_own_filter, attack_io_uring, attack_priority;

/* runner/attack_limits.c: more than it was given. */
attack_fn attack_burn, attack_burn_orphan, attack_burn_deaf, attack_sleep, attack_heap, attack_memfd, attack_oom_child;
attack_fn attack_forks, attack_large_file, attack_many_files, attack_flood, attack_look_limited;

/* runner/attack_next.c: other boxes, and the network. */
attack_fn attack_leave_ipc, attack_leave_daemon, attack_leave_files, attack_outside, attack_localhost, attack_metadata;
attack_fn attack_unix_socket, attack_families;
