/*
 * The supervision loop. `sbx run` gives it one box, `sbx judge` many.
 *
 * The CPU limit is enforced on the cgroup's own counter. The next look at it is due when the budget could be used up
 * at the earliest, that is after what is left of it divided by the cores the program can burn at once: a busy
 * program is looked at ever closer to its limit, an idle one hardly at all.
 */
#include "runner/supervise.h"

#include "policy/size.h"
#include "runner/supervise_streams.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#define SETUP_NS_MAX (60ULL * 1000000000)
/* Looks closer together than this gain nothing: the counter itself moves by ticks. */
#define LOOK_NS_MIN 100000ULL
/* So far apart they get while the counter stands still just below the limit. */
#define LOOK_NS_IDLE 4000000ULL
/* Runs shorter than this end before /proc/stat, which counts in hundredths of a second, could show anything. */
#define FIRST_LOOK_NS 10000000ULL
/* After a killed box is dead: how long a slow reader of its output is waited for. */
#define DRAIN_NS 1000000000ULL
/* What a killed box may take to die before it is left behind as stuck: on a busy host gigabytes take their time to
 * free. */
#define DYING_NS 30000000000ULL
#define OOM_LOOKS 100
#define OOM_LOOK_NS 1000000ULL
#define NEVER UINT64_MAX

static void on_init(struct run *run);

int supervise_watch(struct run *run, int fd, uint32_t events, struct watch *watch, void (*ready)(struct run *run))
{
	struct epoll_event event = {.events = events, .data.ptr = watch};

	*watch = (struct watch){.ready = ready, .run = run};
	if (epoll_ctl(run->supervisor->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0)
		return 0;
	if (errno == EEXIST && epoll_ctl(run->supervisor->epoll_fd, EPOLL_CTL_MOD, fd, &event) == 0)
		return 0;
	return -errno;
}

void supervise_unwatch(struct run *run, int fd)
{
	if (fd >= 0)
		epoll_ctl(run->supervisor->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

void supervise_arm(struct run *run)
{
	uint64_t look_ns = run->look_ns < run->memory_ns ? run->look_ns : run->memory_ns;
	uint64_t at = run->deadline_ns < look_ns ? run->deadline_ns : look_ns;
	struct itimerspec spec = {{0, 0}, {0, 0}};

	if (at != NEVER) {
		spec.it_value.tv_sec = (time_t)(at / 1000000000);
		spec.it_value.tv_nsec = (long)(at % 1000000000);
	}
	/* without it no limit of time is held */
	if (timerfd_settime(run->timer_fd, TFD_TIMER_ABSTIME, &spec, NULL) < 0 &&
	    run->result.error.stage == SBX_STAGE_NONE) {
		struct sbx_err err;
		sbx_fail(&err, SBX_STAGE_SUPERVISE, errno, "cannot set the clock of the run");
		supervise_fail(run, &err);
	}
}

/* From here on no limit of time can be hit; only the dying itself may not take for ever. */
static void dying(struct run *run)
{
	if (run->state != RUN_SETUP && run->state != RUN_RUNNING)
		return;
	run->state = RUN_DYING;
	run->pair.ended_ns = clock_ns();
	run->look_ns = run->memory_ns = NEVER;
	run->deadline_ns = clock_ns() + DYING_NS;
	supervise_arm(run);
}

void supervise_end(struct run *run, enum killed_by why)
{
	if (run->result.killed_by == KILLED_BY_NONE)
		run->result.killed_by = why;
	box_kill(&run->box);
	dying(run);
}

void supervise_fail(struct run *run, const struct sbx_err *err)
{
	if (run->result.error.stage == SBX_STAGE_NONE)
		run->result.error = *err;
	supervise_end(run, KILLED_BY_ERROR);
}

/* Hundredths of a second that the hypervisor took from all cores since boot; UINT64_MAX when unknown. */
static uint64_t steal_ticks(void)
{
	char text[256];
	uint64_t steal;

	if (fd_read_at(AT_FDCWD, "/proc/stat", text, sizeof(text)) <= 0 ||
	    sscanf(text, "cpu %*u %*u %*u %*u %*u %*u %*u %" SCNu64, &steal) != 1)
		return RESULT_UNKNOWN;
	return steal;
}

static unsigned cores_at_once(const struct box_plan *plan)
{
	cpu_set_t set;
	unsigned listed;
	uint64_t n = sched_getaffinity(0, sizeof(set), &set) == 0 ? (uint64_t)CPU_COUNT(&set) : CPU_SETSIZE;

	if (plan->cpus_of_slot)
		n = 1;
	if (plan->cpus != NULL && cpu_list_parse(plan->cpus, &listed) == 0 && listed < n)
		n = listed;
	if (plan->pids_max < n)
		n = plan->pids_max;
	if (plan->cpu_rate_millis != BOX_UNLIMITED && (plan->cpu_rate_millis + 999) / 1000 < n)
		n = (plan->cpu_rate_millis + 999) / 1000;
	return (unsigned)n;
}

static void look_at_cpu(struct run *run, uint64_t now_ns)
{
	uint64_t used_us, wait_ns;

	if (run->plan->cpu_us_max == BOX_UNLIMITED) {
		run->look_ns = NEVER;
		return;
	}
	if (box_cpu_us(&run->box, &used_us) < 0) {
		struct sbx_err err;
		sbx_fail(&err, SBX_STAGE_SUPERVISE, EIO, "cannot read the CPU counter of the run");
		supervise_fail(run, &err);
		return;
	}
	if (used_us > run->plan->cpu_us_max) {
		supervise_end(run, KILLED_BY_CPU);
		return;
	}
	wait_ns = (run->plan->cpu_us_max - used_us) * 1000 / run->cores;
	run->idle_ns = used_us != run->looked_us     ? LOOK_NS_MIN
	               : run->idle_ns < LOOK_NS_IDLE ? 2 * run->idle_ns
	                                             : LOOK_NS_IDLE;
	run->looked_us = used_us;
	run->look_ns = now_ns + (wait_ns < run->idle_ns ? run->idle_ns : wait_ns);
}

/* v1 announces an OOM kill before it is counted, and a victim of ours would never be. */
static void look_at_oom(struct run *run, uint64_t now_ns)
{
	uint64_t kills = 0;

	if (box_oom_kills(&run->box, &kills) == 0 && kills > 0) {
		supervise_end(run, KILLED_BY_MEMORY);
		return;
	}
	if (--run->oom_looks > 0 && run->look_ns > now_ns + OOM_LOOK_NS)
		run->look_ns = now_ns + OOM_LOOK_NS;
}

/* Nothing is decided here, so looks get rarer: a few in a run of seconds. */
static void look_at_memory(struct run *run, uint64_t now_ns)
{
	if (!run->looked) {
		run->looked = true;
		run->steal_ticks = steal_ticks();
	}
	cg_leaf_look(&run->box.leaf);
	run->memory_ns = now_ns + 2 * (now_ns - run->box.exec_ns);
}

static void on_deadline(struct run *run)
{
	uint64_t passed_ns = run->deadline_ns;
	struct sbx_err err;

	run->deadline_ns = NEVER;
	switch (run->state) {
	case RUN_SETUP:
		sbx_fail(&err, SBX_STAGE_SUPERVISE, ETIMEDOUT, "the box was not built within a minute");
		supervise_fail(run, &err);
		break;
	case RUN_RUNNING:
		if (!supervise_pair_goes_on(run)) {
			run->wall_end_ns = passed_ns;
			supervise_end(run, KILLED_BY_WALL);
		}
		break;
	case RUN_DYING:
		sbx_fail(&err, SBX_STAGE_TEARDOWN, ETIMEDOUT,
		         "the killed box does not die; its slot stays taken until it does");
		supervise_fail(run, &err);
		on_init(run);
		break;
	case RUN_DRAINED:
		/* a run that was ended for a fault of its own stands: that is known, the rest of its output a detail */
		if (run->result.killed_by == KILLED_BY_NONE)
			sbx_fail(&run->result.error, SBX_STAGE_OUTPUT, ETIMEDOUT, "nobody reads the program's output");
		run->state = RUN_ENDED;
		break;
	case RUN_ENDED:
		break;
	}
}

static void on_timer(struct run *run)
{
	uint64_t expirations, now_ns = clock_ns();

	if (read(run->timer_fd, &expirations, sizeof(expirations)) < 0)
		return; /* set anew meanwhile */
	if (now_ns >= run->deadline_ns) {
		on_deadline(run);
	} else {
		/* first what may have to end the run: the rest takes as long as a tenth of a millisecond */
		if (now_ns >= run->look_ns)
			look_at_cpu(run, now_ns);
		if (run->oom_looks > 0)
			look_at_oom(run, now_ns);
		if (now_ns >= run->memory_ns)
			look_at_memory(run, now_ns);
	}
	supervise_arm(run);
}

static void on_notify(struct run *run)
{
	if (run->watch_notify.events & EPOLLIN) {
		box_read_denied(&run->box, &run->result);
		supervise_end(run, KILLED_BY_SYSCALL);
	}
	/* no process has the filter any more, and the descriptor would stay readable for ever */
	supervise_unwatch(run, run->box.notify_fd);
}

static void on_oom(struct run *run)
{
	supervise_unwatch(run, run->box.leaf.oom_fd);
	run->oom_looks = OOM_LOOKS;
	look_at_oom(run, clock_ns());
	supervise_arm(run);
}

static int started(struct run *run)
{
	const struct box_plan *plan = run->plan;

	run->state = RUN_RUNNING;
	run->deadline_ns = plan->wall_us_max > NEVER / 1000 - run->box.exec_ns / 1000
	                           ? NEVER
	                           : run->box.exec_ns + plan->wall_us_max * 1000;
	run->look_ns = run->memory_ns = run->box.exec_ns + FIRST_LOOK_NS;
	if (plan->cpu_us_max < FIRST_LOOK_NS / 1000 * run->cores)
		run->look_ns = run->box.exec_ns + plan->cpu_us_max * 1000 / run->cores;
	supervise_arm(run);
	supervise_pair_started(run);
	if (run->box.notify_fd >= 0)
		TRY(supervise_watch(run, run->box.notify_fd, EPOLLIN, &run->watch_notify, on_notify));
	if (run->box.leaf.oom_fd >= 0)
		TRY(supervise_watch(run, run->box.leaf.oom_fd, EPOLLIN, &run->watch_oom, on_oom));
	supervise_streams(run);
	return 0;
}

static void on_sock(struct run *run)
{
	for (;;) {
		enum box_event event = box_read_event(&run->box, &run->result);
		/* one that was ended while it was built may still have come this far: it stays ended */
		if (event == BOX_EVENT_EXEC && run->state == RUN_SETUP && started(run) < 0) {
			struct sbx_err err;
			sbx_fail(&err, SBX_STAGE_SUPERVISE, ENOMEM, "cannot watch the running box");
			supervise_fail(run, &err);
		} else if (event == BOX_EVENT_EXIT || event == BOX_EVENT_FAILED) {
			if (run->result.denied.seen)
				supervise_end(run, KILLED_BY_SYSCALL);
			dying(run);
		} else if (event == BOX_EVENT_CLOSED) {
			supervise_unwatch(run, run->box.sock);
			return;
		} else if (event == BOX_EVENT_NONE) {
			return;
		}
	}
}

/* The box is dead: take its facts, then pass on what is left in the pipes. */
static void on_init(struct run *run)
{
	struct sbx_err err;

	on_sock(run);
	/*
	 * A launcher that came late, or was stopped, learns of the limit first; the program may have ended before it.
	 * To the microsecond, as it is reported.
	 */
	if (run->result.killed_by == KILLED_BY_WALL && run->box.end_ns != 0 &&
	    run->box.end_ns < run->wall_end_ns + 1000)
		run->result.killed_by = KILLED_BY_NONE;
	supervise_unwatch(run, run->box.init_pidfd);
	supervise_unwatch(run, run->box.sock);
	supervise_unwatch(run, run->box.notify_fd);
	supervise_unwatch(run, run->box.leaf.oom_fd);
	if (box_end(&run->box, &run->result, &err) < 0 && run->result.error.stage == SBX_STAGE_NONE)
		run->result.error = err;
	if (run->looked && run->steal_ticks != RESULT_UNKNOWN) {
		uint64_t now = steal_ticks();
		if (now != RESULT_UNKNOWN && now >= run->steal_ticks)
			run->result.steal_us = (now - run->steal_ticks) * 10000;
	}
	supervise_close(run, &run->streams.in);
	run->state = RUN_DRAINED;
	run->look_ns = run->memory_ns = NEVER;
	run->deadline_ns = NEVER;
	if (run->result.killed_by != KILLED_BY_NONE)
		run->deadline_ns = clock_ns() + DRAIN_NS;
	else if (run->plan->wall_us_max != BOX_UNLIMITED && run->pair.other == NULL)
		run->deadline_ns = clock_ns() + run->plan->wall_us_max * 1000;
	supervise_arm(run);
	supervise_streams(run);
	supervise_pair_ended(run);
}

static void on_signal(struct supervisor *supervisor)
{
	struct signalfd_siginfo info;

	if (read(supervisor->signal_fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return;
	if (supervisor->interrupt_signal == 0)
		supervisor->interrupt_signal = (int)info.ssi_signo;
	for (struct run *run = supervisor->runs; run != NULL; run = run->next) {
		if (run->state == RUN_ENDED)
			continue;
		if (run->result.interrupt_signal == 0)
			run->result.interrupt_signal = (int)info.ssi_signo;
		supervise_end(run, KILLED_BY_INTERRUPT);
		if (run->state == RUN_DRAINED)
			run->state = RUN_ENDED;
	}
}

int supervisor_init(struct supervisor *supervisor, struct sbx_err *err)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = &supervisor->signal_watch};
	struct sigaction hup;
	sigset_t set;

	*supervisor = (struct supervisor){.epoll_fd = -1, .signal_fd = -1};
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGQUIT);
	/* a blocked signal comes even where nohup(1) had it ignored */
	if (sigaction(SIGHUP, NULL, &hup) == 0 && hup.sa_handler != SIG_IGN)
		sigaddset(&set, SIGHUP);
	/* an ignored SIGCHLD would reap init behind our back, and a blocked one changes nothing */
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR || sigprocmask(SIG_SETMASK, &set, &supervisor->caller_mask) < 0)
		return sbx_fail(err, SBX_STAGE_SUPERVISE, errno, "cannot set up signals");
	supervisor->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	supervisor->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (supervisor->signal_fd < 0 || supervisor->epoll_fd < 0 ||
	    epoll_ctl(supervisor->epoll_fd, EPOLL_CTL_ADD, supervisor->signal_fd, &event) < 0) {
		sbx_fail(err, SBX_STAGE_SUPERVISE, errno, "cannot set up the event loop");
		supervisor_finish(supervisor);
		return -EIO;
	}
	return 0;
}

void supervisor_finish(struct supervisor *supervisor)
{
	if (supervisor->signal_fd < 0)
		return;
	fd_close(&supervisor->epoll_fd);
	fd_close(&supervisor->signal_fd);
	sigprocmask(SIG_SETMASK, &supervisor->caller_mask, NULL);
}

static int start_watching(struct run *run)
{
	run->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (run->timer_fd < 0)
		return -errno;
	run->deadline_ns = clock_ns() + SETUP_NS_MAX;
	run->look_ns = run->memory_ns = NEVER;
	supervise_arm(run);
	TRY(supervise_watch(run, run->timer_fd, EPOLLIN, &run->watch_timer, on_timer));
	TRY(supervise_watch(run, run->box.sock, EPOLLIN, &run->watch_sock, on_sock));
	return supervise_watch(run, run->box.init_pidfd, EPOLLIN, &run->watch_init, on_init);
}

int supervisor_start(struct supervisor *supervisor, struct run *run, const struct box_host *host, struct sbx_err *err)
{
	int rc;

	run_result_init(&run->result);
	run->result.cgroup_version = host->cgroup_version;
	run->supervisor = supervisor;
	run->timer_fd = -1;
	run->state = RUN_SETUP;
	run->cores = cores_at_once(run->plan);
	run->output_left = run->plan->output_bytes_max;
	if (run->output_left != BOX_UNLIMITED)
		run->streams.out.budget = run->streams.err.budget = &run->output_left;
	rc = box_start(&run->box, host, run->plan, run->streams.box_fd, err);
	if (rc == 0 && (rc = start_watching(run)) < 0) {
		struct sbx_err ignored;
		sbx_fail(err, SBX_STAGE_SUPERVISE, -rc, "cannot watch the box");
		box_end(&run->box, &run->result, &ignored);
	}
	run_streams_started(&run->streams);
	if (rc < 0) {
		fd_close(&run->timer_fd);
		run->result.error = *err;
		run->state = RUN_ENDED;
		return rc;
	}
	run->next = supervisor->runs;
	supervisor->runs = run;
	supervisor->live++;
	return 0;
}

/* Takes a run that has ended off the list. */
static struct run *collect(struct supervisor *supervisor)
{
	struct run **link = &supervisor->runs, *run;

	while (*link != NULL && (*link)->state != RUN_ENDED)
		link = &(*link)->next;
	run = *link;
	if (run == NULL)
		return NULL;
	*link = run->next;
	supervisor->live--;
	fd_close(&run->timer_fd);
	run->result.stdout_bytes = run->streams.out.bytes;
	run->result.stderr_bytes = run->streams.err.bytes;
	run_streams_finish(&run->streams);
	return run;
}

static int give_up(struct supervisor *supervisor, struct sbx_err *err)
{
	sbx_fail(err, SBX_STAGE_SUPERVISE, errno, "cannot wait for events");
	for (struct run *run = supervisor->runs; run != NULL; run = run->next) {
		supervise_fail(run, err);
		on_init(run);
		run->state = RUN_ENDED;
	}
	while (collect(supervisor) != NULL)
		;
	return -EIO;
}

int supervisor_watch(struct supervisor *supervisor, int fd, struct watch *watch)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = watch};

	*watch = (struct watch){.ready = NULL};
	return epoll_ctl(supervisor->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

void supervisor_unwatch(struct supervisor *supervisor, int fd)
{
	epoll_ctl(supervisor->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

int supervisor_next(struct supervisor *supervisor, struct run **ret, struct sbx_err *err)
{
	struct run *run = collect(supervisor);

	while (run == NULL) {
		struct epoll_event event;
		struct watch *watch;
		int n = epoll_wait(supervisor->epoll_fd, &event, 1, -1);

		if (n < 0 && errno != EINTR)
			return give_up(supervisor, err);
		if (n <= 0)
			continue;
		watch = event.data.ptr;
		watch->events = event.events;
		if (watch == &supervisor->signal_watch)
			on_signal(supervisor);
		else if (watch->ready != NULL)
			watch->ready(watch->run);
		run = collect(supervisor);
		if (watch->ready == NULL)
			break;
	}
	*ret = run;
	return 0;
}

int supervisor_wait(struct supervisor *supervisor, struct sbx_err *err)
{
	struct run *ended;

	while (supervisor->live > 0)
		TRY(supervisor_next(supervisor, &ended, err));
	return 0;
}

void supervisor_end(struct run *run, const struct sbx_err *why)
{
	supervise_fail(run, why);
}

void supervisor_abort(struct supervisor *supervisor, const struct sbx_err *why)
{
	struct sbx_err ignored;

	for (struct run *run = supervisor->runs; run != NULL; run = run->next)
		if (run->state != RUN_ENDED)
			supervise_fail(run, why);
	supervisor_wait(supervisor, &ignored);
}
