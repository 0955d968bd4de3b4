/*
 * What happened to a run: facts only, from the wait status, the cgroup and the supervisor's own acts.
 * Never from anything the program says. `policy/verdict.h` judges it, `runner/report.h` prints it.
 *
 * A count that the kernel did not give is RESULT_UNKNOWN, and reports print it as null, never as 0.
 */
#pragma once

#include "sandbox/err.h"

#include <stdbool.h>
#include <stdint.h>

#define RESULT_UNKNOWN UINT64_MAX

/* Why the supervisor ended the run before the program did; NONE when it did not. */
enum killed_by {
	KILLED_BY_NONE,
	KILLED_BY_CPU,       /* the cgroup's CPU counter reached the limit */
	KILLED_BY_WALL,      /* the wall clock did */
	KILLED_BY_OUTPUT,    /* one byte more than allowed came out */
	KILLED_BY_MEMORY,    /* the kernel's OOM killer acted in the leaf (and the rest went with it) */
	KILLED_BY_SYSCALL,   /* a call that the filter sends to the supervisor */
	KILLED_BY_INTERRUPT, /* a signal to the launcher */
	KILLED_BY_ERROR,     /* the sandbox failed; see error */
	KILLED_BY_MAX,
};

/* The name in reports: "cpu", "wall", ...; NULL for NONE. */
const char *killed_by_name(enum killed_by killed_by);

struct denied_call {
	bool seen;
	uint32_t arch; /* AUDIT_ARCH_*, as the kernel gave it; 0: its caller died before it told */
	int nr;        /* number in that architecture's table, x32's bit 30 kept; there are calls below 0 too */
};

enum limit_hit {
	LIMIT_NOT_HIT,
	LIMIT_HIT,
	LIMIT_HIT_UNTOLD, /* the kernel does not tell */
};

/* The mechanism that held one limit. */
struct limit_fact {
	const char *mechanism; /* "cgroup-v2 memory.max", "rlimit", "supervisor", ...; "none" when nobody does */
	uint64_t value;        /* in the limit's own unit; RESULT_UNKNOWN for unlimited */
	enum limit_hit hit;
};

struct run_result {
	bool started; /* exec happened; false means that no code of the program ever ran */
	bool status_known;
	int wait_status; /* as wait(2) gives it, when status_known; not known when the supervisor killed the box */
	enum killed_by killed_by;
	struct denied_call denied;
	int interrupt_signal; /* with KILLED_BY_INTERRUPT */

	uint64_t cpu_us, user_us, system_us; /* of the whole tree, from exec, from the cgroup */
	uint64_t wall_us;                    /* from exec to the end of the last process */
	uint64_t memory_peak_bytes;
	uint64_t memory_file_bytes; /* page cache charged to the run at its end */
	/* At the look when most was in use; RESULT_UNKNOWN where no look came within a tenth of the peak. */
	uint64_t memory_anon_bytes;
	uint64_t memory_shared_bytes; /* tmpfs and shared memory */
	uint64_t memory_kernel_bytes; /* highest, where the kernel keeps it, else at the end */
	uint64_t oom_kills;
	uint64_t pids_peak;
	uint64_t pids_refused; /* forks refused by the pids limit */
	uint64_t stdout_bytes, stderr_bytes;

	uint64_t throttled_us;         /* CPU rate limit */
	uint64_t pressure_us;          /* CPU pressure of the leaf */
	uint64_t steal_us;             /* taken by the hypervisor from the whole machine during the run */
	uint64_t involuntary_switches; /* of the program and what it waited for */

	uint64_t setup_us, teardown_us; /* the launcher's own work before exec and after the end */
	unsigned cgroup_version;        /* 1 or 2; 0 when no leaf was made */
	bool swap_free;                 /* --allow-weaker swap, and nothing here limits swap */

	struct sbx_err error; /* stage NONE when all went well */
};

/* Nothing is known yet: every count unknown, all else zero. */
void run_result_init(struct run_result *result);
