/*
 * Two things that libmicrohttpd does not do, by one thread of ours beside its own.
 *
 * Deadlines. The library closes a connection where nothing has happened for a while, but one byte a second is
 * something. Here each connection has a time by which its headers, a part of its body or a part of its answer must be
 * through; after that both directions are shut down, which the library takes for the client's own going.
 *
 * Lingering. Where the library closes a socket with bytes unread, the kernel sends a reset, and the answer before
 * it may never be read. So the socket is duplicated before, and what still comes is read and thrown away, until the
 * client closes or a bound is met.
 *
 * Called by http.c, from the library's threads; each function takes the watch's own lock, and calls nothing back.
 */
#pragma once

#include "sandbox/err.h"

#include <stddef.h>
#include <stdint.h>

#define HTTP_NO_DEADLINE UINT64_MAX

struct http_watch;

/* One connection; its owner keeps it where it is between add and remove, and looks at nothing in it. */
struct http_watched {
	struct http_watched *prev, *next;
	uint64_t deadline_ns;
	int fd;
};

/* At most `lingering_max` sockets linger at once, each for `linger_ms` and `linger_bytes`; others are closed as they
 * are. */
int http_watch_start(unsigned lingering_max, unsigned linger_ms, size_t linger_bytes, struct http_watch **ret_watch,
                     struct sbx_err *err);
/* Those that linger are closed. All connections have been removed before. NULL is fine. */
void http_watch_stop(struct http_watch *watch);

/* `fd` stays open until the connection is removed; that is what makes it safe to shut it down from another thread. */
void http_watch_add(struct http_watch *watch, struct http_watched *watched, int fd, uint64_t deadline_ns);
/* By CLOCK_MONOTONIC. */
void http_watch_until(struct http_watch *watch, struct http_watched *watched, uint64_t deadline_ns);
void http_watch_remove(struct http_watch *watch, struct http_watched *watched);

/* Sends our end, and reads what comes on a duplicate of `fd`, which the caller may close. */
void http_watch_linger(struct http_watch *watch, int fd);
