/* Text to a reader who may be slow. Used for the events of a job. */
#include "runner/outlet.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void outlet_init(struct outlet *outlet, int fd)
{
	*outlet = (struct outlet){.fd = fd};
}

/* Writes what can be written; with a timeout of -1, all of it. */
static void flush(struct outlet *outlet, int timeout_ms)
{
	struct pollfd ready = {.fd = outlet->fd, .events = POLLOUT};

	while (outlet->begin < outlet->end && outlet->errnum == 0) {
		size_t len = outlet->end - outlet->begin;
		ssize_t n = poll(&ready, 1, timeout_ms);
		if (n == 0)
			return;
		if (n > 0)
			n = write(outlet->fd, outlet->bytes + outlet->begin, len < PIPE_BUF ? len : PIPE_BUF);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			outlet->errnum = errno;
		if (n > 0)
			outlet->begin += (size_t)n;
	}
}

void outlet_put(struct outlet *outlet, const char *bytes, size_t len)
{
	if (outlet->fd < 0 || outlet->errnum != 0)
		return;
	/* not each time: a slow reader leaves much behind */
	if (outlet->begin > outlet->end / 2) {
		memmove(outlet->bytes, outlet->bytes + outlet->begin, outlet->end - outlet->begin);
		outlet->end -= outlet->begin;
		outlet->begin = 0;
	}
	if (outlet->end - outlet->begin + len > OUTLET_BYTES_MAX) {
		outlet->errnum = ENOBUFS;
		return;
	}
	if (outlet->size - outlet->end < len) {
		size_t size = 2 * outlet->size + len;
		char *larger = realloc(outlet->bytes, size);
		if (larger == NULL) {
			outlet->errnum = ENOMEM;
			return;
		}
		outlet->bytes = larger;
		outlet->size = size;
	}
	memcpy(outlet->bytes + outlet->end, bytes, len);
	outlet->end += len;
	flush(outlet, 0);
}

int outlet_finish(struct outlet *outlet)
{
	int errnum;

	if (outlet->fd >= 0)
		flush(outlet, -1);
	errnum = outlet->errnum;
	free(outlet->bytes);
	if (outlet->fd > STDERR_FILENO && close(outlet->fd) < 0 && errnum == 0)
		errnum = errno;
	outlet_init(outlet, -1);
	return -errnum;
}
