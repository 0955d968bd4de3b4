/*
 * The core thread: what was asked and programs that ended become one transaction; only when that is on the disk are
 * clients answered, and jobs taken from the queue. So nobody is told of a job that could be lost, and the disk is
 * waited for once for all that came meanwhile. The jobs whose turn it is by then are started first, for that wait to be
 * theirs.
 */
#include "runner/serve/batch.h"
#include "runner/serve/child.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <time.h>

#define EVENTS_AT_ONCE 64
#define TICK_NS UINT64_C(250000000)
#define KEEP_ALIVE_TICKS 60 /* 15 s */
#define EXPIRE_TICKS 4      /* each second, and BATCH_EXPIRED_MAX of them: more than can have ended in one */
#define HOLD_NS UINT64_C(1000000000)
#define PUT_OFFS_MAX 60 /* so often a job keeps its place; then it may be at fault itself, and others go before it */

/* What epoll says: a descriptor of the service's own, or a child's events. */
enum source {
	SOURCE_WAKE,
	SOURCE_SIGNAL,
	SOURCE_STARTER,
	SOURCE_CHILD, /* and its number */
};

uint64_t serve_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void serve_ask(struct serve *serve, struct ask *ask)
{
	ask->next = NULL;
	pthread_mutex_lock(&serve->lock);
	*serve->asked_end = ask;
	serve->asked_end = &ask->next;
	pthread_mutex_unlock(&serve->lock);
	eventfd_write(serve->wake_fd, 1);
}

/* ---- programs ---- */

static int watch(struct serve *serve, int fd, enum source source, uint32_t number, struct sbx_err *err)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)source << 32 | number};

	if (epoll_ctl(serve->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
		return sbx_fail(err, SBX_STAGE_STARTER, errno, "cannot wait for a descriptor");
	return 0;
}

/* Nothing of it runs: it waits again, where it did, or behind the others. */
static void take_back(struct serve *serve, struct job_entry *job, struct child *child, bool behind)
{
	struct sbx_err err;

	/* else the next service would count a death of this one's against it */
	if (!job->is_run && store_put_back(&serve->store, job->id, &err) < 0)
		serve_log("store", job->id, "%s", err.msg);

	child_finish(child);
	job->child = NULL;
	feed_end(job->feed);
	feed_drop(job->feed);
	job->feed = NULL;
	if (behind)
		job_give_way(serve, job);
	else
		job_return(serve, job);
}

/* Its start failed, and it may be the fault itself: then the others are not to wait for it. */
static bool gives_way(struct job_entry *job, bool is_damaged)
{
	return is_damaged || ++job->put_offs > PUT_OFFS_MAX;
}

/* For want of descriptors, memory or processes, which others may give up: nothing is started for a while. */
static void hold(struct serve *serve)
{
	serve->hold_ns = clock_ns() + HOLD_NS;
}

static void put_off(struct serve *serve, struct child *child)
{
	bool behind = gives_way(child->job, false);

	take_back(serve, child->job, child, behind);
	if (!behind)
		hold(serve);
}

static void note_end(struct serve *serve, const struct starter_event *event)
{
	struct child *child;

	if (event->number > serve->n_children)
		return;
	child = &serve->children[event->number];
	if (event->number == serve->n_children)
		child_keep_languages(serve, child);
	if (child->job == NULL || child->has_ended)
		return;
	if (event->kind == STARTER_REFUSED && !child->job->cancelled) {
		serve_log("error", child->job->id, "the judge was not started: %s", strerrordesc_np(event->value));
		put_off(serve, child);
		return;
	}
	child->has_ended = true;
	/* a suspect's place is not the next one's before its result is stored, by which the service may die, too */
	if (!child->job->is_suspect)
		job_ran(serve, child->job);
	child->status = event->kind == STARTER_ENDED ? event->value : 0;
	child_read_events(child);
	child->next = serve->ended;
	serve->ended = child;
}

static int hear_starter(struct serve *serve, struct sbx_err *err)
{
	struct starter_event event;
	int rc;

	while ((rc = starter_next(serve->starter_fd, &event)) > 0)
		note_end(serve, &event);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_STARTER, -rc, "the starter is gone");
	return 0;
}

/* It is stored as running. On failure nothing was handed over. */
static int start(struct serve *serve, const struct turn *turn, struct sbx_err *err)
{
	struct child *child = turn->child;

	TRY(child_start(serve, child, turn->job, err));
	if (watch(serve, child->events_fd, SOURCE_CHILD, (uint32_t)(child - serve->children), err) < 0) {
		serve_log("error", turn->job->id, "%s", err->msg);
		/* which nobody would read: the judge's writes fail then, and do not wait for ever */
		fd_close(&child->events_fd);
	}
	turn_begun(serve, turn->job);
	return 0;
}

static void start_all(struct serve *serve)
{
	unsigned n = turns_take(serve), i;

	for (i = 0; i < n; i++) {
		const struct turn *turn = &serve->turns[i];
		struct sbx_err err;

		if (start(serve, turn, &err) == 0)
			continue;
		serve_log("error", turn->job->id, "%s", err.msg);
		if (!gives_way(turn->job, err.stage == SBX_STAGE_STORE))
			break;
		take_back(serve, turn->job, turn->child, true);
	}
	if (i < n)
		hold(serve);
	/* the last first: so their keys have their turns back, too */
	while (n-- > i)
		take_back(serve, serve->turns[n].job, serve->turns[n].child, false);
}

/* ---- time ---- */

static void tell_positions(struct serve *serve)
{
	for (size_t i = 0; i < serve->table_size; i++)
		for (struct job_entry *job = serve->table[i]; job != NULL; job = job->next)
			if (job->child == NULL)
				job_tell_state(serve, job);
}

static void keep_alive(struct serve *serve)
{
	for (size_t i = 0; i < serve->table_size; i++)
		for (struct job_entry *job = serve->table[i]; job != NULL; job = job->next)
			if (job->feed != NULL)
				feed_keep_alive(job->feed);
}

static void tick(struct serve *serve, uint64_t now_ns)
{
	struct sbx_err err;

	serve->ticks++;
	stats_tick(serve, now_ns);
	jobs_answer_late(serve, now_ns);
	runs_leave(serve);
	if (serve->ticks % 4 == 0)
		tell_positions(serve);
	if (serve->ticks % KEEP_ALIVE_TICKS == 0)
		keep_alive(serve);
	if (serve->ticks % EXPIRE_TICKS == 0) {
		batch_expire(serve);
		if (store_sync(&serve->store, &err) < 0)
			serve_log("store", NULL, "%s", err.msg);
	}
	for (unsigned i = 0; i < serve->n_children; i++)
		if (serve->children[i].job != NULL && serve->children[i].kill_ns != 0 &&
		    serve->children[i].kill_ns <= now_ns)
			child_stop(serve, &serve->children[i]);
}

/* ---- the end ---- */

static unsigned running(const struct serve *serve)
{
	unsigned n = 0;

	for (unsigned i = 0; i < serve->n_children; i++)
		n += serve->children[i].job != NULL;
	return n;
}

static void drain(struct serve *serve)
{
	struct signalfd_siginfo info;

	if (read(serve->signal_fd, &info, sizeof(info)) != sizeof(info) || atomic_exchange(&serve->draining, true))
		return;
	serve->grace_ns = clock_ns() + serve->config.grace_us * 1000;
	serve_log("draining", NULL, "%u jobs run", running(serve));
}

/* What still runs is ended without a result: the next service runs it again. */
static void stop_all(struct serve *serve)
{
	if (serve->stopped)
		return;
	serve->stopped = true;
	for (unsigned i = 0; i < serve->n_children; i++)
		if (serve->children[i].job != NULL)
			child_stop(serve, &serve->children[i]);
}

/* ---- the loop ---- */

static int hear(struct serve *serve, const struct epoll_event *event, struct sbx_err *err)
{
	uint32_t number = (uint32_t)event->data.u64;
	eventfd_t count;

	switch ((enum source)(event->data.u64 >> 32)) {
	case SOURCE_WAKE:
		eventfd_read(serve->wake_fd, &count);
		break;
	case SOURCE_SIGNAL:
		drain(serve);
		break;
	case SOURCE_STARTER:
		return hear_starter(serve, err);
	case SOURCE_CHILD:
		if (serve->children[number].job != NULL)
			child_read_events(&serve->children[number]);
	}
	return 0;
}

/* Whether another one is due: jobs may start now, and nothing else will come to start them. */
static bool turn(struct serve *serve)
{
	struct batch batch;

	start_all(serve);
	batch_begin(serve, &batch);
	return batch_commit(serve, &batch) && batch.again;
}

static int begin(struct serve *serve, struct sbx_err *err)
{
	serve->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (serve->epoll_fd < 0)
		return sbx_fail(err, SBX_STAGE_STARTER, errno, "cannot make an epoll");
	TRY(watch(serve, serve->wake_fd, SOURCE_WAKE, 0, err));
	TRY(watch(serve, serve->signal_fd, SOURCE_SIGNAL, 0, err));
	TRY(child_ask_languages(serve, &serve->children[serve->n_children], err));
	return watch(serve, serve->starter_fd, SOURCE_STARTER, 0, err);
}

int core_run(struct serve *serve, struct sbx_err *err)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	uint64_t next_tick = clock_ns() + TICK_NS;
	bool again = false;

	TRY(begin(serve, err));
	for (;;) {
		uint64_t now = clock_ns();
		int n = epoll_wait(serve->epoll_fd, events, EVENTS_AT_ONCE,
		                   again || now >= next_tick ? 0 : (int)((next_tick - now) / 1000000 + 1));

		for (int i = 0; i < n; i++)
			TRY(hear(serve, &events[i], err));
		now = clock_ns();
		if (now >= next_tick) {
			tick(serve, now);
			next_tick = now + TICK_NS;
		}
		if (atomic_load(&serve->draining) && now >= serve->grace_ns)
			stop_all(serve);
		again = turn(serve);
		if (atomic_load(&serve->draining) && running(serve) == 0)
			return 0;
	}
}
