/* Answers, waiting for them, and how long a request lives. Used by http.c, intake.c, and whoever has an answer. */
#include "runner/serve/exchange.h"

#include "sandbox/fd.h"

#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>

#define STREAM_CHUNK ((size_t)8 << 10)

static uint64_t deadline(const struct exchange *x, uint64_t start_ns, uint64_t bytes, unsigned bytes_per_s)
{
	return start_ns + x->server->config->grace_ms * NS_PER_MS + bytes * NS_PER_S / bytes_per_s;
}

uint64_t exchange_body_deadline(const struct exchange *x, uint64_t start_ns, uint64_t bytes)
{
	return deadline(x, start_ns, bytes, x->server->config->body_bytes_per_s);
}

uint64_t exchange_answer_deadline(const struct exchange *x, uint64_t start_ns, uint64_t bytes)
{
	return deadline(x, start_ns, bytes, x->server->config->bytes_per_s);
}

void exchange_until(struct exchange *x, uint64_t deadline_ns)
{
	http_watch_until(x->server->watch, &x->connection->watched, deadline_ns);
}

/* Waiting, and the end of it. */

/* With the exchange locked. False when the service is being stopped: then nobody may be suspended. */
static bool suspend(struct exchange *x)
{
	struct http_server *server = x->server;
	bool stopping;

	pthread_mutex_lock(&server->lock);
	stopping = server->stopping;
	if (!stopping) {
		x->prev = NULL;
		x->next = server->waiting;
		if (x->next != NULL)
			x->next->prev = x;
		server->waiting = x;
	}
	pthread_mutex_unlock(&server->lock);
	if (stopping)
		return false;
	exchange_until(x, HTTP_NO_DEADLINE);
	MHD_suspend_connection(x->mhd);
	x->suspended = true;
	return true;
}

/* With the exchange locked, and suspended. */
static void resume(struct exchange *x)
{
	struct http_server *server = x->server;

	pthread_mutex_lock(&server->lock);
	if (x->prev != NULL)
		x->prev->next = x->next;
	else
		server->waiting = x->next;
	if (x->next != NULL)
		x->next->prev = x->prev;
	pthread_mutex_unlock(&server->lock);
	x->suspended = false;
	MHD_resume_connection(x->mhd);
}

static struct exchange *exchange_of(struct http_request *request)
{
	return (struct exchange *)request;
}

struct http_request *http_keep(struct http_request *request)
{
	atomic_fetch_add_explicit(&exchange_of(request)->references, 1, memory_order_relaxed);
	return request;
}

void http_drop(struct http_request *request)
{
	struct exchange *x = exchange_of(request);

	if (atomic_fetch_sub_explicit(&x->references, 1, memory_order_acq_rel) > 1)
		return;
	http_target_finish(&x->request.target);
	free(x->request.body);
	free(x->raw);
	pthread_mutex_destroy(&x->lock);
	free(x);
}

void http_answer(struct http_request *request, struct http_reply *reply)
{
	struct exchange *x = exchange_of(request);
	bool wanted;

	pthread_mutex_lock(&x->lock);
	wanted = x->mhd != NULL && !x->answered;
	if (wanted) {
		x->reply = *reply;
		x->answered = true;
		if (x->suspended)
			resume(x);
	}
	pthread_mutex_unlock(&x->lock);
	if (wanted)
		*reply = (struct http_reply){.status = 0};
	else
		http_reply_finish(reply);
}

bool http_has_left(struct http_request *request)
{
	struct exchange *x = exchange_of(request);
	bool has_left;

	pthread_mutex_lock(&x->lock);
	has_left = x->mhd == NULL;
	if (!has_left) {
		struct pollfd client = {.fd = x->connection->watched.fd, .events = POLLRDHUP};
		has_left = poll(&client, 1, 0) > 0;
	}
	pthread_mutex_unlock(&x->lock);
	return has_left;
}

void http_stream_wake(struct http_request *request)
{
	struct exchange *x = exchange_of(request);

	pthread_mutex_lock(&x->lock);
	x->woken = true;
	/* one that still waits for its answer waits on */
	if (x->suspended && x->answered)
		resume(x);
	pthread_mutex_unlock(&x->lock);
}

/* Answers. */

struct http_reply *exchange_decide(struct exchange *x)
{
	x->decided = true;
	pthread_mutex_lock(&x->lock);
	x->answered = true;
	pthread_mutex_unlock(&x->lock);
	return &x->reply;
}

/* With the exchange locked. */
static void answer_stopping(struct exchange *x)
{
	http_reply_problem(&x->reply, 503, NULL, "the service is being stopped");
	x->answered = true;
}

static ssize_t on_pull(void *cls, uint64_t position, char *buf, size_t size)
{
	struct exchange *x = cls;

	(void)position;
	for (;;) {
		ssize_t n = x->reply.stream.pull(x->reply.stream.data, buf, size);
		bool again, waits = false;

		if (n > 0) {
			x->bytes_sent += (uint64_t)n;
			exchange_until(x, exchange_answer_deadline(x, clock_ns(), (uint64_t)n));
			return n;
		}
		if (n < 0)
			return MHD_CONTENT_READER_END_OF_STREAM;
		/* woken between the pull and here: then there is more, and nobody would call again */
		pthread_mutex_lock(&x->lock);
		again = x->woken;
		x->woken = false;
		if (!again)
			waits = suspend(x);
		pthread_mutex_unlock(&x->lock);
		if (waits)
			return 0;
		if (!again)
			return MHD_CONTENT_READER_END_OF_STREAM;
	}
}

static struct MHD_Response *make_response(struct exchange *x)
{
	const struct http_reply *reply = &x->reply;
	struct MHD_Response *response;

	/* the body is freed with the exchange, which the library has told the end of by then */
	if (reply->stream.pull != NULL)
		response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_CHUNK, on_pull, x, NULL);
	else
		response = MHD_create_response_from_buffer(reply->body_len, (void *)(uintptr_t)reply->body,
		                                           MHD_RESPMEM_PERSISTENT);
	if (response == NULL)
		return NULL;
	if (reply->type != NULL)
		MHD_add_response_header(response, "Content-Type", reply->type);
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	if (!reply->may_be_kept)
		MHD_add_response_header(response, "Cache-Control", "no-store");
	for (size_t i = 0; i < reply->n_headers; i++)
		MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
	return response;
}

void exchange_reword(struct exchange *x)
{
	const struct http_route *route = x->request.route;

	if (route != NULL && (route->flags & HTTP_OWN_ERRORS) != 0 && http_reply_is_problem(&x->reply))
		x->server->config->reword(&x->reply);
	if (x->cors)
		http_reply_header(&x->reply, "Access-Control-Allow-Origin", "*");
}

bool exchange_queue(struct exchange *x)
{
	struct MHD_Response *response;
	bool queued;

	exchange_reword(x);
	response = make_response(x);
	if (response == NULL)
		return false;
	exchange_until(x, exchange_answer_deadline(x, clock_ns(), x->reply.body_len));
	queued = MHD_queue_response(x->mhd, x->reply.status, response) == MHD_YES;
	MHD_destroy_response(response);
	return queued;
}

/* In the last call, and again when resumed. */
bool exchange_settle(struct exchange *x)
{
	bool waits;

	pthread_mutex_lock(&x->lock);
	waits = !x->answered && suspend(x);
	if (!waits && !x->answered)
		answer_stopping(x);
	pthread_mutex_unlock(&x->lock);
	return waits || exchange_queue(x);
}

/* Nobody is suspended after this, now or later. */
void exchange_resume_all(struct http_server *server)
{
	pthread_mutex_lock(&server->lock);
	server->stopping = true;
	while (server->waiting != NULL) {
		struct exchange *x = server->waiting;

		/* it cannot end while it is in the list, and the locks are taken in the other order */
		http_keep(&x->request);
		pthread_mutex_unlock(&server->lock);
		pthread_mutex_lock(&x->lock);
		if (!x->answered)
			answer_stopping(x);
		if (x->suspended)
			resume(x);
		pthread_mutex_unlock(&x->lock);
		http_drop(&x->request);
		pthread_mutex_lock(&server->lock);
	}
	pthread_mutex_unlock(&server->lock);
}
