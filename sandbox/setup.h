/*
 * Building a box, from inside: what launcher, init and program share while they do it, and the tables of steps.
 * Private to sandbox/: box.c fills a struct setup, init.c and program.c carry out their tables over it.
 *
 * The program is cloned early, in the caller's ids, since only these may place it in the leaf. It shares init's
 * memory and descriptors (CLONE_VM, CLONE_FILES, CLONE_FS), so its error, its clock readings and its seccomp listener
 * need no channel: they are fields and descriptors that init has too. It sleeps until init lets it go, and from there
 * to exec the two never run at once.
 *
 * Init in turn shares the launcher's memory, where may_share() in box.c allows it, and the launcher goes on meanwhile.
 * So nothing in init.c, program.c, network.c and root.c calls what keeps state in libc: no errno, no malloc, no stdio
 * but snprintf. sandbox/sys.h makes their system calls. See docs/adr/0004.
 */
#pragma once

#include "sandbox/box.h"

#define SETUP_MOUNTS_MAX 256
#define SETUP_TRACE_MAX 16

struct setup {
	const struct box_plan *plan;
	const struct box_host *host;
	int sock; /* init's end */
	int slot_fd;
	char *source[SETUP_MOUNTS_MAX]; /* where the plan's path leads through links: without them; else NULL */
	bool oom_protected; /* the launcher has a negative oom_score_adj, which the program must not inherit */
	int stdio[3];

	/* init's, received with the launcher's word to go on: v1, the leaf's tasks files; v2, its directory at
	 * CG_MEMORY */
	int leaf_fd[CG_MAX];
	int source_fd[SETUP_MOUNTS_MAX]; /* by index of plan->mounts; -1 where there is none */
	int root_fd;                     /* of the box's tmpfs */
	pid_t program_pid;

	/* between the two */
	int network_fd; /* the box's network namespace, or -errno, once the helper has ended */
	uint32_t go;    /* futex: init sets 1 to let the program go */
	uint32_t alive; /* futex: the kernel clears it when the program has left init's memory, by exec or death */
	enum sbx_stage stage; /* the step the program is at */
	struct sbx_err program_err;
	uint64_t exec_ns;     /* just before exec */
	uint64_t cpu_base_ns; /* what the program's own clock showed then, less what it showed on entering the leaf */
	uint64_t cpu_enter_ns;
	int listener_fd;

	/* --debug */
	bool tracing;
	struct box_trace program_trace[SETUP_TRACE_MAX];
	unsigned n_program_trace;
};

struct setup_step {
	enum sbx_stage stage;
	const char *what; /* for --debug */
	int (*run)(struct setup *setup, struct sbx_err *err);
};

/* The launcher's word to init: ids are mapped, the leaf is ready; the descriptors come in the order of the controllers.
 */
struct setup_go {
	bool has_fd[CG_MAX];
};

/* Messages from init to the launcher, one per packet of a SOCK_SEQPACKET pair. */
enum setup_msg_type {
	SETUP_MSG_TRACE,
	SETUP_MSG_FAILED,
	SETUP_MSG_EXEC, /* with the listener as SCM_RIGHTS where there is a filter */
	SETUP_MSG_EXIT,
};

struct setup_msg {
	enum setup_msg_type type;
	union {
		struct box_trace trace;
		struct sbx_err err;
		struct {
			uint64_t exec_ns, cpu_base_ns;
		} exec;
		struct {
			int wait_status;
			bool alone;  /* nothing else was left running in the box */
			bool denied; /* a denied call was waiting for the launcher */
			uint64_t end_ns, involuntary_switches;
		} exit;
	};
};

/*
 * What the launcher takes for one box, and gives back when the box is dead: a struct setup, and below it a stack for
 * each process that runs in this memory, with a page that nobody may touch at the end of each.
 */
enum setup_stack {
	SETUP_STACK_INIT,
	SETUP_STACK_PROGRAM,
	SETUP_STACK_NETWORK,
	SETUP_STACK_MAX,
};
#define SETUP_STACK_BYTES (64UL << 10)

/* Zeroed. NULL with errno set on failure. */
struct setup *setup_take(void);
/* Of a box whose plan is still there. */
void setup_give_back(struct setup *setup);
/* For struct clone_args: the lowest byte; it is SETUP_STACK_BYTES long. */
uint64_t setup_stack(const struct setup *setup, enum setup_stack which);

/* sandbox/init.c: pid 1 of the box, `arg` a struct setup. Never returns. */
_Noreturn void setup_init(void *arg);

/* sandbox/init.c: tells the launcher of a step of init's, or a part of one, that began then. Only where setup->tracing.
 */
void setup_trace(const struct setup *setup, enum sbx_stage stage, uint64_t begin_ns, int errnum, const char *what,
                 const char *detail);

/* sandbox/program.c: makes the calling process this user with no other group, real, effective and saved. 0 or -errno.
 */
long setup_take_ids(uid_t uid, gid_t gid);

/* sandbox/program.c: closes all descriptors from 3 on but these. 0 or -errno. */
long setup_close_but(const int *keep, size_t n);

/* sandbox/program.c: all capabilities of the calling process, for good. 0 or -errno. */
long setup_drop_caps(void);

/* sandbox/program.c: clones the program into the leaf, asleep; see above. A step of init. */
int setup_spawn_program(struct setup *setup, struct sbx_err *err);

/* sandbox/network.c: whether init is to be born in host->network_fd, and the program with it. */
bool setup_shares_network(const struct setup *setup);
/* sandbox/network.c: steps of init, the last also of the program. They do nothing where it shares one. */
int setup_start_network(struct setup *setup, struct sbx_err *err);
int setup_end_network(struct setup *setup, struct sbx_err *err);
int setup_join_network(struct setup *setup, struct sbx_err *err);

/* sandbox/root.c: of the launcher, before init; then steps of init. */
int setup_resolve_sources(struct setup *setup, struct sbx_err *err);
int setup_open_sources(struct setup *setup, struct sbx_err *err);
int setup_make_root(struct setup *setup, struct sbx_err *err);
int setup_mounts(struct setup *setup, struct sbx_err *err);
/* After all that the box itself puts there: what is left is exactly the program's share. */
int setup_limit_scratch(struct setup *setup, struct sbx_err *err);
int setup_pivot(struct setup *setup, struct sbx_err *err);
