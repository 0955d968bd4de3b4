/*
 * The HTTP layer of sbx serve: takes requests apart, holds their senders to limits, and gives what is left to the
 * handlers in a table of routes. It knows no job, no key and no store. Underneath is libmicrohttpd, which only http.c,
 * intake.c and exchange.c know. What the library does not do is done here: deadlines for slow senders and answers that
 * arrive though their request was not read (http_watch.h), strict paths (http_target.h), a route table (http_route.h).
 *
 * Threads. `config->threads` workers each serve a share of the connections; a request stays with one of them. They call
 * admit, handle, done, log, and the pull and close of streams: several at once for different requests, never two at
 * once for the same. None of these may wait for anything, since all other connections of that worker wait with it.
 * http_keep(), http_drop(), http_answer() and http_stream_wake() may be called by any thread, at any time, also from
 * those functions, and take no lock of the caller's. Start and stop are for one thread.
 *
 * A request's way:
 *
 *     headers complete  -> its path, its framing, the route, parameters and length are checked -> admit
 *     body complete     -> handle -> a reply; or HTTP_LATER, and some thread calls http_answer()
 *     the end, whichever it is: answered, refused by admit, client gone, too slow, http_stop() -> done, once
 *
 * A refusal before the body was read is answered at once, and what the client still sends is read and thrown away for a
 * while: a socket that is closed with bytes unread makes the kernel send a reset, which can destroy the answer on its
 * way. A short body is read to its end first, so that the connection can be used again.
 */
#pragma once

#include "runner/serve/http_log.h"
#include "runner/serve/http_reply.h"
#include "runner/serve/http_route.h"
#include "runner/serve/http_target.h"
#include "sandbox/err.h"

#include <stdint.h>

#define HTTP_PEER_MAX 64

struct http_server;

/*
 * What a handler sees. It may set `user`, take `body` (and then sets it to NULL), and in admit make `body_max` less;
 * the rest is to be read.
 */
struct http_request {
	const struct http_route *route;
	const char *method; /* the route's: "GET" for HEAD, too */
	struct http_target target;
	char variable[HTTP_VARIABLE_MAX + 1]; /* what stands in the place of the pattern's "{...}" */
	char peer[HTTP_PEER_MAX];             /* an address without a port, or "unix" */
	bool length_known;
	uint64_t length; /* of the body, as announced; 0 where it is not known */
	size_t body_max; /* the route's at first; holds for a body whose length was not announced */
	char *body;      /* from malloc(), with a NUL behind it; NULL in admit, and where there is none */
	size_t body_len;
	void *data; /* the configuration's */
	void *user;
};

enum http_outcome {
	HTTP_CONTINUE, /* of admit: the body is read */
	HTTP_REPLY,    /* the reply was made */
	HTTP_LATER, /* of handle, but not where the route has HTTP_EARLY: http_keep() was called, http_answer() will be
	             */
};

enum http_flag {
	HTTP_EARLY = 1,      /* handle is called right after admit, and what body there is is thrown away */
	HTTP_CORS = 2,       /* pages of any origin may use it */
	HTTP_OWN_ERRORS = 4, /* its clients know no problem documents: reword() */
};

struct http_route {
	const char *method;
	const char *pattern; /* "/v1/jobs/{id}/events": one variable segment at most */
	const char *query;   /* the parameters it knows, separated by single spaces; NULL for none */
	size_t body_max;     /* bytes */
	unsigned flags;
	/* After the headers. NULL: all are admitted. The headers can be looked at, `length` is known or not. */
	enum http_outcome (*admit)(struct http_request *request, struct http_reply *reply);
	/* After the body. */
	enum http_outcome (*handle)(struct http_request *request, struct http_reply *reply);
	/* Once for each request that admit or handle was called for; no more of them is called then. NULL: nothing to
	 * do. */
	void (*done)(struct http_request *request);
};

struct http_config {
	int listen_fd; /* non-blocking, listening; closed by http_stop(), or when http_start() fails */
	unsigned threads;
	unsigned connections_max; /* in all; more wait in the kernel's queue. Each needs a descriptor, and one more in
	                             the end */
	unsigned per_address_max; /* of one address; 0 for no limit. More are closed at once */
	unsigned idle_s;          /* nothing came, or nothing could be sent, for so long */
	unsigned header_ms;       /* from the first byte that could come to the end of the headers */
	/* An answer has this time, and for each so many bytes of it (above 0) a second more; so has a body, which holds
	   room that others wait for. */
	unsigned grace_ms;
	unsigned bytes_per_s, body_bytes_per_s;
	/* How long, and how much, is read of those who were refused early. */
	unsigned linger_ms;
	size_t linger_bytes;
	const struct http_route *routes;
	size_t n_routes;
	/* In a worker, of a route with HTTP_OWN_ERRORS: makes another error of a problem document, whoever made that.
	 */
	void (*reword)(struct http_reply *reply);
	void *data;
	void (*log)(void *data, const struct http_log *entry); /* NULL for none */
};

/* `config` and its routes are the caller's, and stay until http_stop(). */
int http_start(const struct http_config *config, struct http_server **ret_server, struct sbx_err *err);
/*
 * Takes no connection any more. Requests that wait for an answer get 503, streams end, connections are closed. All
 * `done` were called when it returns; http_answer() and http_drop() are still allowed. NULL is fine.
 */
void http_stop(struct http_server *server);

/*
 * The request stays until it is dropped as often, however it ends; so does what is in it, but for its headers. What
 * `user` points to is the owner's.
 */
struct http_request *http_keep(struct http_request *request);
void http_drop(struct http_request *request);

/*
 * Answers a request whose handle said HTTP_LATER, or will say so. Once; takes what the reply owns, and empties it.
 * Where the client has gone the reply is given up. That it has gone is not noticed before, but by http_has_left():
 * libmicrohttpd does not look at connections that wait. One that closed only its sending half, after a whole request,
 * gets its answer.
 */
void http_answer(struct http_request *request, struct http_reply *reply);
/*
 * Whether a kept request has ended, or its client has closed at least its sending half: TCP tells no difference to one
 * that is gone. Any thread.
 */
bool http_has_left(struct http_request *request);
/* There is more for a stream to pull, or its end. Never lost, whenever it is called; nothing to do for other requests.
 */
void http_stream_wake(struct http_request *request);

/* In admit and handle only, since headers are gone after. NULL where there is none; names in any case. */
const char *http_header(const struct http_request *request, const char *name);
/* The key that was presented, or NULL. Compare it in constant time. */
const char *http_bearer(const struct http_request *request);
