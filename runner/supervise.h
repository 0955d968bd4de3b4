/*
 * The loop that holds boxes until they end: one thread, one epoll, for one box (`sbx run`) or many. It enforces
 * what the kernel does not (CPU time, wall time, output), kills, and collects facts. It judges nothing.
 */
#pragma once

#include "runner/streams.h"
#include "sandbox/box.h"
#include "sandbox/plan.h"
#include "sandbox/result.h"
#include "sandbox/waits.h"

#include <signal.h>

struct run;

/* What an epoll event leads to. */
struct watch {
	void (*ready)(struct run *run); /* NULL: supervisor_next() returns */
	struct run *run;
	uint32_t events; /* the last that came */
};

struct supervisor {
	int epoll_fd, signal_fd;
	sigset_t caller_mask;
	unsigned live; /* runs that supervisor_next() has yet to return */
	struct run *runs;
	int interrupt_signal; /* the first that came; 0 */
	struct watch signal_watch;
};

enum run_state {
	RUN_SETUP,   /* the box is being built */
	RUN_RUNNING, /* the program runs */
	RUN_DYING,   /* the program has ended or was killed, the box is not dead yet */
	RUN_DRAINED, /* the box is dead, its output is still being passed on */
	RUN_ENDED,
};

/*
 * What a run has to do with the one that it talks to, whose standard input its output leads to and the other way round.
 * Neither may be blamed for what the end of the other does to it, so it is certain who was first: of an end the other
 * learns only once it has been put down.
 */
struct run_pair {
	struct run *other; /* NULL: it talks to nobody */
	bool leads; /* its wall clock starts when the other has ended, and its writes never fail; else: see below */
	/* of one that leads */
	uint64_t alone_us_max; /* how long it may go on then; BOX_UNLIMITED until somebody says */
	/* of the other one, whose wall clock stands still while the leader works */
	uint64_t extra_us; /* what its wall time was made longer by so far */
	bool waiting;      /* its wall time is over, but the leader at work */
	uint64_t ended_ns; /* CLOCK_MONOTONIC: when it ended, or was ended; 0 */
	/* when the wall time of the one that does not lead was over: */
	enum box_wait wait;
	bool quiet;          /* and all that it had written was read */
	uint64_t silence_us; /* since it last wrote something */
	uint64_t passed_ns;  /* when that was */
};

/* One run. Zero it, set plan and streams by run_streams_open(), then supervisor_start(). Large: keep it off small
 * stacks. */
struct run {
	const struct box_plan *plan;
	struct run_streams streams;
	struct run_result result; /* complete once supervisor_next() returned it */

	struct run *next;
	struct supervisor *supervisor;
	enum run_state state;
	struct box box;
	uint64_t output_left; /* bytes that stdout and stderr may still pass */
	unsigned cores;       /* that the program can burn at once */
	int timer_fd;
	uint64_t deadline_ns; /* of set-up, then of the wall clock; UINT64_MAX for none */
	uint64_t wall_end_ns; /* the one that it was ended at */
	uint64_t look_ns;     /* next look at the CPU counter; UINT64_MAX for none */
	uint64_t memory_ns;   /* next look at the memory in use; the same */
	uint64_t looked_us;   /* what it showed last, and how long nothing has changed since */
	uint64_t idle_ns;
	bool looked;          /* the first look, for the noise fields, has been taken */
	unsigned oom_looks;   /* left, while an OOM kill is announced but not yet counted */
	uint64_t steal_ticks; /* of the whole machine at the first look */
	struct run_pair pair;
	struct watch watch_sock, watch_init, watch_notify, watch_oom, watch_timer, watch_streams;
};

/* Blocks SIGINT, SIGTERM, SIGQUIT and, unless it is ignored, SIGHUP, which end all runs from now on. Fails with
 * SBX_STAGE_SUPERVISE. */
int supervisor_init(struct supervisor *supervisor, struct sbx_err *err);
/* Gives the signals back. */
void supervisor_finish(struct supervisor *supervisor);

/* Starts a run. An error of its own making is returned, noted in run->result.error, and leaves the run ended. */
int supervisor_start(struct supervisor *supervisor, struct run *run, const struct box_host *host, struct sbx_err *err);

/* Makes two runs a pair, before the streams of either are opened; both are started before supervisor_next() is called.
 */
void supervisor_pair(struct run *leader, struct run *follower);
/* Leaves a leader whose other one has ended so much wall time from now on, where it had more. */
void supervisor_hurry(struct run *leader, uint64_t us);
/* Ends a run as IE with this error. */
void supervisor_end(struct run *run, const struct sbx_err *why);
/*
 * Waits until a run has ended, and gives it back in *ret; NULL where something else happened first: a signal to this
 * process, what supervisor_watch() asked for, or there is no run. Fails with SBX_STAGE_SUPERVISE, after killing all
 * runs.
 */
int supervisor_next(struct supervisor *supervisor, struct run **ret, struct sbx_err *err);
/* Returns when every run has ended. Fails as that does. */
int supervisor_wait(struct supervisor *supervisor, struct sbx_err *err);
/* Ends all runs as IE with this error, and returns when they have ended. */
void supervisor_abort(struct supervisor *supervisor, const struct sbx_err *why);
/* Wakes supervisor_next() when `fd` is readable, until supervisor_unwatch(); `watch` is the supervisor's so long.
 * -errno. */
int supervisor_watch(struct supervisor *supervisor, int fd, struct watch *watch);
void supervisor_unwatch(struct supervisor *supervisor, int fd);
