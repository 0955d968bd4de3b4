/*
 * An answer, as the handlers make it. Pure but for memory. A struct http_reply is on its maker's stack or in a request;
 * what it owns is given up by http_reply_finish(), which the HTTP layer calls for each reply that it was given.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define HTTP_HEADERS_MAX 6 /* of the handler's own */
#define HTTP_VALUE_MAX 200

/* What a stream's pull returns where it has no bytes to give. */
#define HTTP_STREAM_IDLE 0 /* nothing now: it is asked again when http_stream_wake() was called */
#define HTTP_STREAM_END (-1)

/*
 * Bytes that are made while they are sent. `pull` writes at most `size` bytes, says how many, and never waits: a thread
 * that serves many connections calls it, never two at once for one stream. `close` is called once, after the last
 * pull, whether there was one or not; it may be NULL.
 */
struct http_stream {
	ssize_t (*pull)(void *data, char *buf, size_t size);
	void (*close)(void *data);
	void *data;
};

/* What the body takes of a room that others share; given back with the reply, by whichever thread gives that up. */
struct http_room {
	void (*give_back)(void *data); /* NULL for none */
	void *data;
};

struct http_reply {
	unsigned status;
	const char *type; /* static; NULL for an answer without a body */
	const char *body;
	size_t body_len;
	bool body_owned;  /* from malloc(), and given up with the reply */
	bool may_be_kept; /* by caches, as a page's own files; all else is "no-store" */
	struct http_room room;
	struct http_stream stream;
	size_t n_headers;
	struct {
		const char *name; /* static */
		char value[HTTP_VALUE_MAX];
	} headers[HTTP_HEADERS_MAX];
};

/* The four ways to make one; what the reply was is overwritten. `type` and the body of the first are static. */
void http_reply_static(struct http_reply *reply, unsigned status, const char *type, const char *body, size_t len);
/* Takes `body`, from malloc(). */
void http_reply_owned(struct http_reply *reply, unsigned status, const char *type, char *body, size_t len);
/* Status 200. Takes stream->data, which its `close` gives up. */
void http_reply_stream(struct http_reply *reply, const char *type, const struct http_stream *stream);
/*
 * A problem document (RFC 9457): the status, its title, the sentence, and where `field` is not NULL, which part of the
 * request is at fault. What strangers wrote may stand in both. Without memory it is the status alone.
 */
void http_reply_problem(struct http_reply *reply, unsigned status, const char *field, const char *fmt, ...)
        __attribute__((format(printf, 4, 5)));

bool http_reply_is_problem(const struct http_reply *reply);

/*
 * One header more, or another value for one that is there; `name` is static. False, and no change, for a value that has
 * control characters or more bytes than HTTP_VALUE_MAX - 1, or where there are too many: so what came from a client may
 * be handed on here.
 */
bool http_reply_header(struct http_reply *reply, const char *name, const char *value);

/* A zeroed reply is fine, too. */
void http_reply_finish(struct http_reply *reply);

/* "Not Found". "Error" for what is not known. */
const char *http_status_title(unsigned status);

/*
 * The whole answer as HTTP/1.1 sends it, for a connection that is closed afterwards; malloc'ed, NULL where there is no
 * memory. Not for streams.
 */
char *http_reply_wire(const struct http_reply *reply, size_t *ret_len);
