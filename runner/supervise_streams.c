/* The streams of a run, driven by the supervision loop: whatever one of their ends is ready for is done here. */
#include "runner/supervise_streams.h"

#include <errno.h>
#include <sys/epoll.h>

static void fail_relay(struct run *run, const struct relay *relay)
{
	struct sbx_err err;
	const char *name = relay == &run->streams.in ? "stdin" : relay == &run->streams.out ? "stdout" : "stderr";

	if (relay->errnum == EBADF && !relay->reading)
		sbx_fail(&err, SBX_STAGE_OUTPUT, EBADF, "the program wrote to %s, which was closed when sbx started",
		         name);
	else if (relay->errnum == EPIPE)
		sbx_fail(&err, SBX_STAGE_OUTPUT, EPIPE, "the reader of %s went away", name);
	else
		sbx_fail(&err, SBX_STAGE_OUTPUT, relay->errnum, "cannot %s %s", relay->reading ? "read" : "write",
		         name);
	supervise_fail(run, &err);
}

static int wait_for(struct run *run, struct relay *relay, int fd)
{
	if (relay->watched == fd)
		return 0;
	supervise_unwatch(run, relay->watched);
	relay->watched = -1;
	if (fd >= 0)
		TRY(supervise_watch(run, fd, fd == relay->src ? EPOLLIN : EPOLLOUT, &run->watch_streams,
		                    supervise_streams));
	relay->watched = fd;
	return 0;
}

void supervise_close(struct run *run, struct relay *relay)
{
	wait_for(run, relay, -1);
	relay_close(relay);
}

/* Whether the end of this stream is to be kept from its reader: a program that closes its output may not have ended. */
static bool holds_back(const struct run *run, const struct relay *relay)
{
	return run->pair.other != NULL && relay == &run->streams.out && run->state < RUN_DRAINED;
}

/* Whether the reader has ended, so that what is written to it has to fail. */
static bool is_broken(const struct run *run, const struct relay *relay)
{
	const struct run_pair *pair = &run->pair;

	return pair->other != NULL && !pair->leads && relay == &run->streams.out && pair->other->state >= RUN_DRAINED;
}

/* Moves what can be moved, then waits for whichever end is not ready. True while the stream is not at its end. */
static bool pump(struct run *run, struct relay *relay)
{
	enum relay_state state;
	int rc;

	if (relay->src < 0)
		return false;
	if (is_broken(run, relay)) {
		supervise_close(run, relay);
		return false;
	}
	do
		state = relay_pump(relay);
	while (state == RELAY_READY && run->state == RUN_DRAINED);
	if (state == RELAY_DONE && holds_back(run, relay)) {
		wait_for(run, relay, -1);
		return true;
	}
	if (state == RELAY_OVER || state == RELAY_FAILED || state == RELAY_DONE) {
		if (state == RELAY_OVER)
			supervise_end(run, KILLED_BY_OUTPUT);
		if (state == RELAY_FAILED)
			fail_relay(run, relay);
		supervise_close(run, relay);
		return false;
	}
	/* a stream with more to move at once is due again in the next turn of the loop, which its source brings about
	 */
	rc = wait_for(run, relay, state == RELAY_WAIT_DST ? relay->dst : relay->src);
	if (rc == -EPERM) /* a regular file cannot be waited for, and its pipe soon is writable */
		rc = wait_for(run, relay, relay->dst);
	if (rc == 0)
		return true;
	relay->errnum = -rc;
	relay->reading = true;
	fail_relay(run, relay);
	supervise_close(run, relay);
	return false;
}

void supervise_streams(struct run *run)
{
	bool more;

	if (run->state == RUN_ENDED || run->state == RUN_SETUP)
		return;
	pump(run, &run->streams.in);
	more = pump(run, &run->streams.out);
	more = pump(run, &run->streams.err) || more;
	if (run->state == RUN_DRAINED && !more)
		run->state = RUN_ENDED;
}
