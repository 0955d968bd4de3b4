/*
 * The leaf: the cgroup of one run, where the kernel holds the limits and keeps the counters that the
 * verdict is made from. Made fresh for each run, since charges and peaks outlive processes.
 *
 * Two backends behind one face: cg_v2.c, and cg_v1.c for hosts whose controllers are bound to v1. There a leaf
 * is one directory in each hierarchy.
 */
#pragma once

#include "sandbox/err.h"
#include "sandbox/host.h"
#include "sandbox/plan.h"
#include "sandbox/result.h"

struct cg_leaf {
	const struct box_host *host;
	char name[16];        /* "run-N" by the slot's number, in every slice */
	int dir_fd[CG_MAX];   /* v1: one each, -1 where not used; v2: only [CG_MEMORY] */
	int tasks_fd[CG_MAX]; /* v1: what the program writes "0" to, to enter; -1 on v2 */
	int cpu_fd;           /* the CPU counter, kept open: the supervisor reads it again and again */
	uint64_t seen_bytes, seen_anon_bytes, seen_shared_bytes; /* memory in use at the look when that was most */
	bool swap_free; /* the kernel does not account swap, and the plan lets that limit go */
	int oom_fd; /* v1: an eventfd that is readable once the OOM killer acts; -1 on v2, which kills the whole leaf */
};

/*
 * Makes the leaf of slot `number` with the plan's limits in force; a leftover of that name, whose owner must be
 * dead since the slot was free, is killed and removed first. `cpus` is the list to pin to or NULL. Fails with
 * SBX_STAGE_CGROUP, and then nothing is left.
 */
int cg_leaf_create(struct cg_leaf *leaf, const struct box_host *host, unsigned number, const struct box_plan *plan,
                   const char *cpus, struct sbx_err *err);
void cg_leaf_init(struct cg_leaf *leaf); /* so that destroy accepts it */

/* CPU time of all that ever ran in the leaf, microseconds. The kernel updates it at least every tick. */
int cg_leaf_cpu_us(const struct cg_leaf *leaf, uint64_t *ret_us);
int cg_leaf_oom_kills(const struct cg_leaf *leaf, uint64_t *ret_kills);
/* Whether the leaf ever was out of memory, which is known even where the kill was counted elsewhere. */
bool cg_leaf_oom_seen(const struct cg_leaf *leaf);
/* Looks at what kind of memory is in use now, and remembers it if it is no less than at any look before. */
void cg_leaf_look(struct cg_leaf *leaf);
/* The final counters, after the last process is gone, into the memory, pids, CPU and noise fields. Fails with
 * SBX_STAGE_TEARDOWN. */
int cg_leaf_read(const struct cg_leaf *leaf, struct run_result *result, struct sbx_err *err);

/* Sends SIGKILL to all in the leaf: cgroup.kill, then each pid listed (the facts of design.md say why both). */
void cg_leaf_kill(const struct cg_leaf *leaf);
/* Removes it, waiting up to two seconds for dying processes. Fails with SBX_STAGE_TEARDOWN; closes all in any case. */
int cg_leaf_destroy(struct cg_leaf *leaf, struct sbx_err *err);

/*
 * Removes leaves whose launcher was killed: those whose slot nobody holds. Cheap when there are none beside `own`
 * (UINT_MAX for no own). Failures are left for the next sweep.
 */
void cg_leaf_sweep(const struct box_host *host, unsigned own);

/*
 * What enforces a limit here: "cgroup-v2 memory.max", ... NULL for limits that no cgroup holds. Where a box has a
 * network, the limit of memory is not held for what lies in its sockets (ADR 9), and is named otherwise.
 */
const char *cg_leaf_mechanism(const struct box_host *host, const struct box_plan *plan, enum box_limit limit);

/* Backends, for cg_leaf.c alone. */
struct cg_backend {
	int (*set_limits)(struct cg_leaf *leaf, const struct box_plan *plan, const char *cpus, struct sbx_err *err);
	int (*read)(const struct cg_leaf *leaf, struct run_result *result);
	const char *const *mechanism; /* BOX_LIMIT_MAX of them */
	const char *memory_with_network;
	const char *cpu_counter;
	const char *oom_counter; /* the file with the line "oom_kill N" */
	const char *usage;       /* the file with the memory in use */
	const char *anon_key;    /* in memory.stat */
};
extern const struct cg_backend cg_v1, cg_v2;

/* Shared by the backends: writes `value` to `file` of the controller, for the sake of `limit`. Fails as
 * SBX_STAGE_CGROUP. */
int cg_leaf_write(const struct cg_leaf *leaf, enum box_limit limit, enum cg_controller controller, const char *file,
                  const char *value, struct sbx_err *err);
/* Writes cpuset.cpus; fails with the cores that there are. */
int cg_leaf_pin(const struct cg_leaf *leaf, enum cg_controller controller, const char *cpus, struct sbx_err *err);
/* The controller is missing: 0 when the plan lets `limit` go, else an error that says so. */
int cg_leaf_without(const struct box_plan *plan, enum box_limit limit, const char *what, struct sbx_err *err);
