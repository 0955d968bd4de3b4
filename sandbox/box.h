/*
 * One box: its init, its leaf and its slot, from the launcher's side. The order of calls:
 *
 *   box_start  ->  box_read_event, each time box.sock is readable  ->  box_end, once box.init_pidfd is
 *
 * with box_kill at any time between. docs/ARCHITECTURE.md tells who does what when.
 */
#pragma once

#include "sandbox/cg_leaf.h"
#include "sandbox/err.h"
#include "sandbox/host.h"
#include "sandbox/plan.h"
#include "sandbox/result.h"
#include "sandbox/slot.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* One set-up step, as --debug prints it. */
struct box_trace {
	enum sbx_stage stage;
	int errnum; /* 0: it worked */
	uint32_t us;
	char detail[116]; /* its arguments, cut; "" where it has none */
};
typedef void box_trace_fn(void *arg, const struct box_trace *trace);

struct box {
	const struct box_host *host;
	const struct box_plan *plan;
	struct slot slot;
	struct cg_leaf leaf;
	struct setup *setup; /* what init works from; sandbox/setup.h, private to sandbox/ */
	pid_t init_pid;
	int init_pidfd;                     /* readable when the box is dead: the last of it is gone before init is */
	int sock;                           /* messages from init; readable */
	int notify_fd;                      /* seccomp notifications; -1 without a filter, and until exec */
	uint64_t start_ns, exec_ns, end_ns; /* CLOCK_MONOTONIC; 0 while it has not happened */
	uint64_t cpu_base_us;               /* what the leaf was charged for before exec */
	box_trace_fn *trace;                /* NULL: no tracing */
	void *trace_arg;
};

enum box_event {
	BOX_EVENT_NONE,   /* nothing to read now */
	BOX_EVENT_TRACE,  /* one was passed on */
	BOX_EVENT_EXEC,   /* the program runs: exec_ns and notify_fd are set */
	BOX_EVENT_EXIT,   /* it ended: the wait status is in the result */
	BOX_EVENT_FAILED, /* a set-up step failed: the error is in the result */
	BOX_EVENT_CLOSED, /* init has no more to say */
};

/* Makes `box` acceptable to box_end. */
void box_init(struct box *box);

/*
 * Takes a slot, where box->slot holds none yet, makes the leaf, clones init into fresh namespaces, maps its ids and
 * lets it build. Returns while the box is still being built. `stdio` are the three descriptors the program gets; they
 * stay the caller's, but pipes among them are given to the box's user. With no `box->trace` set, nothing is traced. On
 * failure nothing is left; the stage says how far it came.
 */
int box_start(struct box *box, const struct box_host *host, const struct box_plan *plan, const int stdio[3],
              struct sbx_err *err);

/* Reads one message from box->sock and notes what it says in the box and in *result. */
enum box_event box_read_event(struct box *box, struct run_result *result);

/*
 * After POLLIN on box->notify_fd, which says that a denied call was made: notes in result->denied that it was, and
 * which, where its caller still lives to be asked. The call stays blocked: killing the box is the caller's next step.
 */
void box_read_denied(struct box *box, struct run_result *result);

/* CPU time since exec, microseconds. */
int box_cpu_us(const struct box *box, uint64_t *ret_us);

/* How often the kernel's OOM killer has acted in it. */
int box_oom_kills(const struct box *box, uint64_t *ret_kills);

/* Kills everything in it. The dead are seen by init_pidfd. */
void box_kill(struct box *box);

/*
 * Once init is dead: reaps it, reads the counters into *result, removes the leaf and gives up the slot. Accepts a
 * box in any state, kills what lives and waits for it. Fails with SBX_STAGE_TEARDOWN when counters or leaf make
 * trouble; everything is closed all the same.
 */
int box_end(struct box *box, struct run_result *result, struct sbx_err *err);

/* Who enforced which limit and which was hit: BOX_LIMIT_MAX facts, in the order of the enum. */
void box_limit_facts(const struct box_host *host, const struct box_plan *plan, const struct run_result *result,
                     struct limit_fact facts[BOX_LIMIT_MAX]);
