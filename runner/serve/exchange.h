/*
 * A request while it is under way: what http.c, intake.c and exchange.c, the three that know libmicrohttpd, share.
 *
 *     http.c      starts and stops; connections; what the library calls
 *     intake.c    from the headers to the handlers
 *     exchange.c  answers, waiting for them, and how long a request lives
 */
#pragma once

#include "runner/serve/http.h"
#include "runner/serve/http_watch.h"

#include <pthread.h>
#include <stdatomic.h>

#define METHOD_MAX 16
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)

struct MHD_Connection;
struct MHD_Daemon;

struct http_server {
	const struct http_config *config;
	struct MHD_Daemon *daemon;
	struct http_watch *watch;
	pthread_mutex_t lock; /* of what follows; taken inside an exchange's */
	pthread_cond_t quiet; /* n_active became 0 */
	bool stopping;
	size_t n_active;          /* requests whose headers were complete, and that have not ended */
	struct exchange *waiting; /* those that are suspended */
};

struct connection {
	struct http_watched watched;
	struct exchange *exchange; /* the request that is under way */
	bool linger;
};

/* A request and all that belongs to it. What has no comment is the worker's alone. */
struct exchange {
	struct http_request request; /* first, since that is what the handlers hold */
	struct http_server *server;
	struct connection *connection;
	atomic_uint references;
	char *raw;           /* the path and its parameters as they came */
	const char *version; /* where the library has to find it: one byte behind them */
	char method[METHOD_MAX];
	uint64_t started_ns, body_started_ns, body_received, bytes_sent;
	size_t body_size; /* what is set aside */
	bool begun;       /* the headers were complete */
	bool decided;     /* the reply is made, without handle or by it */
	bool closes;      /* nothing that the client sends can be trusted to be the next request */
	bool cors, called;

	pthread_mutex_t lock;       /* of what follows; the reply is the worker's once `answered` is set */
	struct MHD_Connection *mhd; /* NULL when the request has ended */
	bool suspended, answered, woken;
	struct http_reply reply;
	struct exchange *prev, *next; /* in server->waiting, by its lock */
};

/* exchange.c */

/* By when so many bytes must be through that started to move at `start_ns`, by what the configuration has for bodies,
 * or for answers; and holding the client to it. */
uint64_t exchange_body_deadline(const struct exchange *x, uint64_t start_ns, uint64_t bytes);
uint64_t exchange_answer_deadline(const struct exchange *x, uint64_t start_ns, uint64_t bytes);
void exchange_until(struct exchange *x, uint64_t deadline_ns);
/* In a worker, while nobody else can answer: the reply is made by the caller, in what is returned. */
struct http_reply *exchange_decide(struct exchange *x);
/* The reply as this request's client has it; before it is sent, by whoever sends it. */
void exchange_reword(struct exchange *x);
/*
 * Queue hands the reply to the library; settle does so where there is one, and otherwise suspends the connection until
 * there is. False: the connection is to be closed.
 */
bool exchange_queue(struct exchange *x);
bool exchange_settle(struct exchange *x);
/* All that wait are answered or end, and none will wait again: what http_stop() needs before the library is stopped. */
void exchange_resume_all(struct http_server *server);

/*
 * intake.c: what the library calls for, in this order. `version` points to where it found the version. False: the
 * connection is to be closed.
 */
bool intake_headers(struct exchange *x, const char *version);
bool intake_body(struct exchange *x, const char *bytes, size_t len);
bool intake_last(struct exchange *x);
