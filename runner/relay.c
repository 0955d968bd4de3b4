/* Passing bytes between the caller's descriptors and the program's pipes. Driven by the supervisor. */
#include "runner/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

void relay_init(struct relay *relay)
{
	relay->src = relay->dst = relay->watched = -1;
	relay->own_src = relay->own_dst = relay->dst_is_box = relay->over = relay->reading = false;
	relay->goes_on = relay->is_deaf = false;
	relay->consume = relay->passed = NULL;
	relay->budget = NULL;
	relay->bytes = 0;
	relay->errnum = 0;
	relay->begin = relay->end = 0;
}

void relay_close(struct relay *relay)
{
	if (relay->own_src && relay->src >= 0)
		close(relay->src);
	if (relay->own_dst && relay->dst >= 0)
		close(relay->dst);
	relay->src = relay->dst = -1;
}

/* Regular files are always ready, and poll says so too; a descriptor it does not know fails at read or write. */
static bool ready(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};

	return poll(&p, 1, 0) != 0;
}

static enum relay_state fail(struct relay *relay, int errnum, bool reading)
{
	relay->errnum = errnum;
	relay->reading = reading;
	return RELAY_FAILED;
}

/* Reads into the empty buffer. RELAY_READY when there is something in it now. */
static enum relay_state fill(struct relay *relay)
{
	size_t want = sizeof(relay->buf);
	ssize_t n;

	/* one byte more than may pass, to see whether there is one */
	if (relay->budget != NULL && *relay->budget < want)
		want = (size_t)*relay->budget + 1;
	if (!ready(relay->src, POLLIN))
		return RELAY_WAIT_SRC;
	n = read(relay->src, relay->buf, want);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return RELAY_WAIT_SRC;
	if (n < 0)
		return fail(relay, errno, true);
	if (n == 0)
		return RELAY_DONE;
	relay->begin = 0;
	relay->end = (size_t)n;
	if (relay->budget != NULL) {
		if ((uint64_t)n > *relay->budget) {
			relay->end = (size_t)*relay->budget;
			relay->over = true;
		}
		*relay->budget -= relay->end;
	}
	return RELAY_READY;
}

static void moved(struct relay *relay, size_t n)
{
	if (relay->passed != NULL && !relay->is_deaf)
		relay->passed(relay->consumer, relay->buf + relay->begin, n);
	relay->begin += n;
	relay->last = relay->buf[relay->begin - 1];
	relay->bytes += n;
}

static enum relay_state drain(struct relay *relay)
{
	if (relay->consume != NULL && relay->begin < relay->end) {
		relay->consume(relay->consumer, relay->buf + relay->begin, relay->end - relay->begin);
		moved(relay, relay->end - relay->begin);
	}
	if (relay->is_deaf && relay->begin < relay->end)
		moved(relay, relay->end - relay->begin);
	while (relay->begin < relay->end) {
		size_t len = relay->end - relay->begin;
		ssize_t n;
		if (relay->dst < 0) /* the caller had closed it */
			return fail(relay, EBADF, false);
		if (!ready(relay->dst, POLLOUT))
			return RELAY_WAIT_DST;
		n = write(relay->dst, relay->buf + relay->begin, len < PIPE_BUF ? len : PIPE_BUF);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return RELAY_WAIT_DST;
		if (n < 0 && errno == EPIPE && relay->goes_on) {
			relay->is_deaf = true;
			n = (ssize_t)len;
		}
		if (n < 0 && errno == EPIPE && relay->dst_is_box)
			return RELAY_DONE;
		if (n < 0)
			return fail(relay, errno, false);
		moved(relay, (size_t)n);
	}
	return RELAY_READY;
}

enum relay_state relay_pump(struct relay *relay)
{
	/* bounded, so that one busy stream starves neither the others nor the clock */
	for (int rounds = 0; rounds < 16; rounds++) {
		enum relay_state state = drain(relay);
		if (state != RELAY_READY)
			return state;
		if (relay->over)
			return RELAY_OVER;
		state = fill(relay);
		if (state != RELAY_READY)
			return state;
	}
	return RELAY_READY;
}
