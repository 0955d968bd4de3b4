/*
 * Two runs that talk to each other: whose time runs while they wait. Called by the supervision loop.
 *
 * The one that leads is the problem's. While it works the other one has to wait, so the wall time of that one is made
 * longer by twice the CPU time of the leader, since even that gets a core no sooner than others do. The leader itself
 * waits as long as the other one runs, whose limits end that.
 */
#include "runner/supervise_streams.h"

#include "sandbox/fd.h"

#include <sys/ioctl.h>

/* A leader that has done less than this since the last look does not keep anybody waiting. */
#define WORK_US_MIN 1000
/* A leader at work for longer than its CPU time tells is looked at so often, and no longer than that. */
#define WORK_LOOK_US 10000
#define EXTRA_US_MAX 120000000

void supervisor_pair(struct run *leader, struct run *follower)
{
	leader->pair = (struct run_pair){.other = follower, .leads = true, .alone_us_max = BOX_UNLIMITED};
	follower->pair = (struct run_pair){.other = leader};
	/* whatever was in these places before has ended */
	leader->state = follower->state = RUN_SETUP;
}

static uint64_t cpu_us(const struct run *run)
{
	uint64_t us = 0;

	if (run->state >= RUN_DRAINED)
		return run->result.cpu_us == RESULT_UNKNOWN ? 0 : run->result.cpu_us;
	/* one that cannot be read has ended by now */
	if (run->state != RUN_SETUP)
		box_cpu_us(&run->box, &us);
	return us;
}

static bool is_empty(int fd)
{
	int n;

	return fd < 0 || (ioctl(fd, FIONREAD, &n) == 0 && n == 0);
}

/* What both do is looked at while both are alive, and only then. */
static void look(struct run *run, uint64_t now_ns)
{
	const struct relay *out = &run->streams.out;

	run->pair.wait = run->state == RUN_RUNNING ? box_wait(&run->box) : BOX_WAITS_UNKNOWN;
	run->pair.quiet = out->begin == out->end && is_empty(out->src) && is_empty(out->dst);
	run->pair.silence_us = (now_ns - (run->pair.passed_ns != 0 ? run->pair.passed_ns : run->box.exec_ns)) / 1000;
}

/* Whether `run` can do nothing until its leader, which is at work, has done something. */
static bool waits_for_work(const struct run *run)
{
	const struct run_pair *own = &run->pair, *leader = &own->other->pair;

	return own->wait == BOX_WAITS_INPUT && leader->wait == BOX_WAITS_NOT && own->quiet && leader->quiet;
}

static bool extend(struct run *run, uint64_t extra_us, uint64_t now_ns)
{
	run->pair.extra_us = extra_us;
	run->deadline_ns = run->box.exec_ns + (run->plan->wall_us_max + extra_us) * 1000;
	return run->deadline_ns > now_ns;
}

bool supervise_pair_goes_on(struct run *run)
{
	struct run_pair *pair = &run->pair;
	uint64_t now_ns = clock_ns(), work_us, over_us;

	if (pair->other == NULL || pair->leads)
		return false;
	work_us = 2 * cpu_us(pair->other);
	if (work_us > pair->extra_us + WORK_US_MIN && extend(run, work_us, now_ns))
		return true;
	look(run, now_ns);
	look(pair->other, now_ns);
	over_us = (now_ns - run->box.exec_ns) / 1000 - run->plan->wall_us_max;
	if (over_us >= work_us + EXTRA_US_MAX)
		return false;
	/* a leader that gets no core is not the other one's fault either, which then has its time anew */
	if (waits_for_work(run)) {
		pair->waiting = true;
		return extend(run, over_us + WORK_LOOK_US, now_ns);
	}
	if (!pair->waiting)
		return false;
	pair->waiting = false;
	return extend(run, over_us + run->plan->wall_us_max, now_ns);
}

/* A leader whose other one has ended. */
static void begin_alone(struct run *run, uint64_t since_ns)
{
	if (run->pair.alone_us_max >= UINT64_MAX / 2000)
		return;
	run->deadline_ns = since_ns + run->pair.alone_us_max * 1000;
	supervise_arm(run);
}

void supervise_pair_started(struct run *run)
{
	const struct run_pair *pair = &run->pair;

	/* the other one may have been so quick */
	if (pair->other != NULL && pair->leads && pair->other->state >= RUN_DRAINED)
		begin_alone(run, run->box.exec_ns);
}

void supervise_pair_ended(struct run *run)
{
	struct run *other = run->pair.other;

	if (other == NULL)
		return;
	if (other->pair.leads && other->state == RUN_RUNNING)
		begin_alone(other, clock_ns());
	/* what it writes from now on goes nowhere */
	supervise_streams(other);
}

void supervisor_hurry(struct run *leader, uint64_t us)
{
	if (leader->pair.alone_us_max <= us)
		return;
	leader->pair.alone_us_max = us;
	if (leader->state == RUN_RUNNING)
		begin_alone(leader, clock_ns());
}
