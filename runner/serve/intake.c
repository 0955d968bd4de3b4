/*
 * From the headers to the handlers: what is no request of a route's is refused here. Called by http.c, in a worker.
 */
#include "runner/serve/exchange.h"

#include "runner/serve/http_text.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define DISCARD_MAX ((size_t)64 << 10) /* of a refused request's body is read before the answer */
#define BODY_FIRST ((size_t)16 << 10)  /* what is set aside for a body, before it has come */

/* The headers. */

struct framing {
	unsigned n_lengths, n_codings, n_hosts;
	bool malformed;
};

/* What libmicrohttpd reads more leniently than whoever stands before it: there the two could see different requests. */
static enum MHD_Result check_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_len,
                                    const char *value, size_t value_len)
{
	struct framing *framing = cls;

	(void)kind;
	framing->malformed |= strlen(name) != name_len || !http_is_token(name);
	if (value != NULL)
		framing->malformed |= strlen(value) != value_len || !http_is_value(value);
	framing->n_lengths += strcasecmp(name, "Content-Length") == 0;
	framing->n_codings += strcasecmp(name, "Transfer-Encoding") == 0;
	framing->n_hosts += strcasecmp(name, "Host") == 0;
	return MHD_YES;
}

const char *http_header(const struct http_request *request, const char *name)
{
	const struct exchange *x = (const struct exchange *)request;

	return MHD_lookup_connection_value(x->mhd, MHD_HEADER_KIND, name);
}

const char *http_bearer(const struct http_request *request)
{
	return http_bearer_parse(http_header(request, "Authorization"));
}

/* The body's length. False, with the reply made, for a request whose end cannot be told for certain. */
static bool read_framing(struct exchange *x)
{
	struct http_request *request = &x->request;
	struct framing framing = {.n_lengths = 0};
	const char *length = http_header(request, "Content-Length");
	const char *coding = http_header(request, "Transfer-Encoding");

	request->length_known = coding == NULL;
	MHD_get_connection_values_n(x->mhd, MHD_HEADER_KIND, check_header, &framing);
	if (framing.malformed || framing.n_hosts > 1)
		http_reply_problem(exchange_decide(x), 400, NULL, "a header is malformed");
	else if (framing.n_lengths + framing.n_codings > 1)
		http_reply_problem(exchange_decide(x), 400, NULL, "the body's length is given more than once");
	else if (coding != NULL && strcasecmp(coding, "chunked") != 0)
		http_reply_problem(exchange_decide(x), 501, "Transfer-Encoding", "only chunked is understood");
	else if (length != NULL && !http_parse_length(length, &request->length))
		http_reply_problem(exchange_decide(x), 400, "Content-Length", "it is no length");
	x->closes = x->decided;
	return !x->decided;
}

static bool read_target(struct exchange *x, const char *version)
{
	const char *fault;
	unsigned status;
	int rc;

	/* a NUL in it would have us see another path than a proxy before us did */
	if (version != x->version) {
		x->closes = true;
		http_reply_problem(exchange_decide(x), 400, NULL, "the path has a NUL in it");
		return false;
	}
	rc = http_target_parse(x->raw, &x->request.target, &fault);
	if (rc == 0)
		return true;
	status = rc == -ENAMETOOLONG ? 414 : rc == -ENOMEM ? 503 : 400;
	http_reply_problem(exchange_decide(x), status, NULL, "%s", fault);
	return false;
}

static void answer_preflight(struct exchange *x, const char *allow)
{
	struct http_reply *reply = exchange_decide(x);

	x->cors = true;
	http_reply_static(reply, 204, NULL, NULL, 0);
	http_reply_header(reply, "Access-Control-Allow-Methods", allow);
	http_reply_header(reply, "Access-Control-Allow-Headers",
	                  "Authorization, Content-Type, Idempotency-Key, Last-Event-ID");
	http_reply_header(reply, "Access-Control-Max-Age", "86400");
}

static bool find_route(struct exchange *x)
{
	const struct http_config *config = x->server->config;
	struct http_request *request = &x->request;
	struct http_match match;

	switch (http_route_find(config->routes, config->n_routes, x->method, request->target.path, &match)) {
	case HTTP_FOUND:
		request->route = match.route;
		request->method = match.route->method;
		request->body_max = match.route->body_max;
		memcpy(request->variable, match.variable, sizeof(request->variable));
		x->cors = (match.route->flags & HTTP_CORS) != 0;
		return true;
	case HTTP_FOUND_PREFLIGHT:
		answer_preflight(x, match.allow);
		return false;
	case HTTP_FOUND_NO_METHOD:
		http_reply_problem(exchange_decide(x), 405, NULL, "there is %s", match.allow);
		http_reply_header(&x->reply, "Allow", match.allow);
		return false;
	case HTTP_FOUND_NO_PATH:
		break;
	}
	http_reply_problem(exchange_decide(x), 404, NULL, "there is nothing at %s", request->target.path);
	return false;
}

static void check_request(struct exchange *x)
{
	struct http_request *request = &x->request;
	const struct http_route *route = request->route;
	const char *unknown = http_target_unknown(&request->target, route->query != NULL ? route->query : "");
	const char *coding = http_header(request, "Content-Encoding");

	if (unknown != NULL)
		http_reply_problem(exchange_decide(x), 400, unknown, "there is no parameter \"%s\" here", unknown);
	else if (coding != NULL && strcasecmp(coding, "identity") != 0)
		http_reply_problem(exchange_decide(x), 415, "Content-Encoding", "a body cannot be compressed");
	else if (request->length > route->body_max)
		http_reply_problem(exchange_decide(x), 413, NULL, "the body has %ju bytes, %zu are allowed",
		                   (uintmax_t)request->length, route->body_max);
}

/* The answer goes the way of all others, since another thread may have been faster than the handler's own end. */
static void call_handle(struct exchange *x)
{
	const struct http_route *route = x->request.route;
	struct http_reply reply = {.status = 0};
	enum http_outcome outcome;

	x->called = true;
	x->decided = true;
	outcome = route->handle(&x->request, &reply);
	if (outcome == HTTP_LATER && (route->flags & HTTP_EARLY) == 0)
		return;
	if (outcome == HTTP_LATER)
		http_reply_problem(&reply, 500, NULL, "an answer was not there when it had to be");
	http_answer(&x->request, &reply);
}

static void admit(struct exchange *x)
{
	const struct http_route *route = x->request.route;
	struct http_reply reply = {.status = 0};

	if (route->admit != NULL) {
		x->called = true;
		if (route->admit(&x->request, &reply) != HTTP_CONTINUE) {
			*exchange_decide(x) = reply;
			return;
		}
	}
	if ((route->flags & HTTP_EARLY) != 0)
		call_handle(x);
}

bool intake_headers(struct exchange *x, const char *version)
{
	const struct http_request *request = &x->request;
	bool has_body;

	x->begun = true;
	pthread_mutex_lock(&x->server->lock);
	x->server->n_active++;
	pthread_mutex_unlock(&x->server->lock);
	if (read_framing(x) && read_target(x, version) && find_route(x))
		check_request(x);
	if (!x->decided)
		admit(x);
	has_body = !request->length_known || request->length > 0;
	if (x->closes ||
	    (x->decided && has_body &&
	     (!request->length_known || request->length > DISCARD_MAX || http_header(request, "Expect")))) {
		x->connection->linger = true;
		return exchange_queue(x);
	}
	x->body_started_ns = clock_ns();
	exchange_until(x, has_body ? exchange_body_deadline(x, x->body_started_ns, 0) : HTTP_NO_DEADLINE);
	return true;
}

/* The body. */

static bool append(struct exchange *x, const char *bytes, size_t len)
{
	struct http_request *request = &x->request;
	size_t wanted = request->body_len + len;

	if (wanted > x->body_size) {
		size_t size = x->body_size > 0 ? x->body_size * 2 : BODY_FIRST;
		char *body;

		if (request->length_known && size > request->length)
			size = request->length;
		if (size < wanted)
			size = wanted;
		body = realloc(request->body, size + 1);
		if (body == NULL)
			return false;
		request->body = body;
		x->body_size = size;
	}
	memcpy(request->body + request->body_len, bytes, len);
	request->body_len = wanted;
	request->body[wanted] = '\0';
	return true;
}

/* By our own hand, since the library takes no answer now. What it sent before on this connection is out. */
static bool refuse_midway(struct exchange *x, unsigned status, const char *detail)
{
	size_t len;
	FREE_CLEANUP char *wire = NULL;

	http_reply_problem(exchange_decide(x), status, NULL, "%s", detail);
	exchange_reword(x);
	wire = http_reply_wire(&x->reply, &len);
	if (wire != NULL && send(x->connection->watched.fd, wire, len, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)len)
		x->bytes_sent = x->reply.body_len;
	x->connection->linger = true;
	return false;
}

bool intake_body(struct exchange *x, const char *bytes, size_t len)
{
	x->body_received += len;
	exchange_until(x, exchange_body_deadline(x, x->body_started_ns, x->body_received));
	if (x->decided)
		return true;
	/* only one whose length was not announced comes so far */
	if (len > x->request.body_max - x->request.body_len)
		return refuse_midway(x, 413, "the body is longer than is allowed");
	return append(x, bytes, len) || refuse_midway(x, 503, "out of memory");
}

bool intake_last(struct exchange *x)
{
	exchange_until(x, HTTP_NO_DEADLINE);
	if (!x->decided)
		call_handle(x);
	return exchange_settle(x);
}
