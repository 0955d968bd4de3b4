/*
 * A service of toy routes over the HTTP layer, for tests/serve/http.py and the benchmark: server ADDRESS
 * [NAME=NUMBER...]. Says "listening PORT" and serves until SIGTERM, then says what was admitted and what was done. A
 * line of the log for each request goes to descriptor 3, where that is open.
 */
#include "runner/serve/http.h"
#include "runner/serve/http_listen.h"
#include "sandbox/fd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define LOG_FD 3
#define TICK_US 2000

/* A request that waits for the clock, for its answer, or for the next event of its stream; or for its client to go. */
struct waiter {
	struct waiter *next;
	struct http_request *request;
	uint64_t due_ns; /* UINT64_MAX: when the client has gone */
	bool is_stream;
};

struct feed {
	uint64_t next, last, bytes;
	uint64_t start_ns, every_ns;
	struct http_request *request; /* kept, of one that wakes itself */
};

static struct {
	atomic_uint admitted, done, answered, opened, closed;
} count;
static struct {
	pthread_mutex_t lock;
	struct waiter *first;
	bool stopping;
} clock_work = {.lock = PTHREAD_MUTEX_INITIALIZER};
static bool has_log;

static uint64_t number(const struct http_request *request, const char *name, uint64_t otherwise)
{
	const char *value = http_target_parameter(&request->target, name);

	return value != NULL ? strtoull(value, NULL, 10) : otherwise;
}

static void wait_for_clock(struct http_request *request, uint64_t due_ns, bool is_stream)
{
	struct waiter *waiter = malloc(sizeof(*waiter));

	*waiter = (struct waiter){.request = http_keep(request), .due_ns = due_ns, .is_stream = is_stream};
	pthread_mutex_lock(&clock_work.lock);
	waiter->next = clock_work.first;
	clock_work.first = waiter;
	pthread_mutex_unlock(&clock_work.lock);
}

static bool is_due(const struct waiter *one, uint64_t now)
{
	return one->due_ns == UINT64_MAX ? http_has_left(one->request) : one->due_ns <= now;
}

/* Streams are woken at each tick, and stay; answers are given once. */
static struct waiter *take_due(uint64_t now, bool all)
{
	struct waiter *due = NULL;

	pthread_mutex_lock(&clock_work.lock);
	for (struct waiter **link = &clock_work.first; *link != NULL;) {
		struct waiter *one = *link;

		if (one->is_stream && !all)
			http_stream_wake(one->request);
		if (all || (!one->is_stream && is_due(one, now))) {
			*link = one->next;
			one->next = due;
			due = one;
		} else {
			link = &one->next;
		}
	}
	pthread_mutex_unlock(&clock_work.lock);
	return due;
}

static void answer_due(struct waiter *due)
{
	while (due != NULL) {
		struct waiter *next = due->next;
		struct http_reply reply;

		if (!due->is_stream) {
			http_reply_static(&reply, 200, "text/plain", "late", 4);
			http_answer(due->request, &reply);
			atomic_fetch_add(&count.answered, 1);
		}
		http_drop(due->request);
		free(due);
		due = next;
	}
}

static void *tick(void *data)
{
	bool stopping = false;

	(void)data;
	while (!stopping) {
		usleep(TICK_US);
		pthread_mutex_lock(&clock_work.lock);
		stopping = clock_work.stopping;
		pthread_mutex_unlock(&clock_work.lock);
		answer_due(take_due(clock_ns(), false));
	}
	answer_due(take_due(0, true));
	return NULL;
}

/* Every route's. */

static enum http_outcome admit(struct http_request *request, struct http_reply *reply)
{
	(void)request, (void)reply;
	atomic_fetch_add(&count.admitted, 1);
	return HTTP_CONTINUE;
}

static void done(struct http_request *request)
{
	(void)request;
	atomic_fetch_add(&count.done, 1);
}

/* The routes. */

static enum http_outcome ping(struct http_request *request, struct http_reply *reply)
{
	(void)request;
	http_reply_static(reply, 200, "text/plain", "pong", 4);
	return HTTP_REPLY;
}

static enum http_outcome echo(struct http_request *request, struct http_reply *reply)
{
	http_reply_owned(reply, 200, "application/octet-stream", request->body, request->body_len);
	request->body = NULL;
	return HTTP_REPLY;
}

static enum http_outcome item(struct http_request *request, struct http_reply *reply)
{
	const char *key = http_bearer(request), *after = http_target_parameter(&request->target, "after");
	char *text = NULL;
	int len = asprintf(&text, "%s|%s|%s|%s", request->method, request->variable, after != NULL ? after : "-",
	                   key != NULL ? key : "-");

	http_reply_owned(reply, 200, "text/plain", text, (size_t)len);
	return HTTP_REPLY;
}

static enum http_outcome refuse(struct http_request *request, struct http_reply *reply)
{
	admit(request, reply);
	http_reply_problem(reply, 429, NULL, "come back later");
	http_reply_header(reply, "Retry-After", "3");
	return HTTP_REPLY;
}

static enum http_outcome later(struct http_request *request, struct http_reply *reply)
{
	(void)reply;
	wait_for_clock(request, clock_ns() + number(request, "ms", 0) * 1000000, false);
	return HTTP_LATER;
}

static enum http_outcome until_left(struct http_request *request, struct http_reply *reply)
{
	(void)reply;
	wait_for_clock(request, UINT64_MAX, false);
	return HTTP_LATER;
}

static enum http_outcome header(struct http_request *request, struct http_reply *reply)
{
	const char *value = http_header(request, "X-Say");

	ping(request, reply);
	if (value == NULL || !http_reply_header(reply, "X-Said", value))
		http_reply_problem(reply, 400, "X-Say", "it cannot be said");
	return HTTP_REPLY;
}

static enum http_outcome bytes(struct http_request *request, struct http_reply *reply)
{
	size_t n = number(request, "n", 1);
	char *body = malloc(n);

	memset(body, 'b', n);
	http_reply_owned(reply, 200, "text/plain", body, n);
	return HTTP_REPLY;
}

static ssize_t pull_events(void *data, char *buf, size_t size)
{
	struct feed *feed = data;

	if (feed->next > feed->last)
		return HTTP_STREAM_END;
	if (clock_ns() < feed->start_ns + feed->every_ns)
		return HTTP_STREAM_IDLE;
	feed->start_ns += feed->every_ns;
	size = (size_t)snprintf(buf, size, "id: %" PRIu64 "\ndata: %" PRIu64 "\n\n", feed->next, feed->next * 10);
	feed->next++;
	return (ssize_t)size;
}

static ssize_t pull_flood(void *data, char *buf, size_t size)
{
	struct feed *feed = data;

	if (feed->bytes == 0)
		return HTTP_STREAM_END;
	if (size > feed->bytes)
		size = feed->bytes;
	memset(buf, 'f', size);
	feed->bytes -= size;
	return (ssize_t)size;
}

static void close_feed(void *data)
{
	atomic_fetch_add(&count.closed, 1);
	free(data);
}

static enum http_outcome stream(struct http_request *request, struct http_reply *reply)
{
	struct feed *feed = calloc(1, sizeof(*feed));
	struct http_stream stream = {.pull = pull_events, .close = close_feed, .data = feed};
	const char *last = http_header(request, "Last-Event-ID");

	feed->next = last != NULL ? strtoull(last, NULL, 10) + 1 : 1;
	feed->last = number(request, "last", 3);
	feed->every_ns = number(request, "ms", 1) * 1000000;
	feed->start_ns = clock_ns();
	feed->bytes = number(request, "n", 0);
	if (feed->bytes > 0)
		stream.pull = pull_flood;
	else
		wait_for_clock(request, 0, true);
	atomic_fetch_add(&count.opened, 1);
	http_reply_stream(reply, "text/event-stream", &stream);
	return HTTP_REPLY;
}

/* Woken while it is pulled, as by another thread at the worst moment. */
static ssize_t pull_woken(void *data, char *buf, size_t size)
{
	struct feed *feed = data;

	if (feed->next++ < 3) {
		http_stream_wake(feed->request);
		return HTTP_STREAM_IDLE;
	}
	if (feed->next > 4)
		return HTTP_STREAM_END;
	http_stream_wake(feed->request);
	return snprintf(buf, size, "woken");
}

static void close_woken(void *data)
{
	struct feed *feed = data;

	http_drop(feed->request);
	close_feed(data);
}

static enum http_outcome woken(struct http_request *request, struct http_reply *reply)
{
	struct feed *feed = calloc(1, sizeof(*feed));
	struct http_stream stream = {.pull = pull_woken, .close = close_woken, .data = feed};

	feed->request = http_keep(request);
	atomic_fetch_add(&count.opened, 1);
	http_reply_stream(reply, "text/plain", &stream);
	return HTTP_REPLY;
}

static enum http_outcome counts(struct http_request *request, struct http_reply *reply)
{
	char *text = NULL;
	int len = asprintf(&text, "%u %u %u %u %u", count.admitted, count.done, count.answered, count.opened,
	                   count.closed);

	(void)request;
	http_reply_owned(reply, 200, "text/plain", text, (size_t)len);
	return HTTP_REPLY;
}

static const struct http_route routes[] = {
        {"GET", "/ping", NULL, 0, 0, admit, ping, done},
        {"POST", "/ping", NULL, 64 << 10, 0, admit, ping, done},
        {"POST", "/echo", NULL, 1 << 20, 0, admit, echo, done},
        {"GET", "/items/{id}", "after before", 0, HTTP_CORS, admit, item, done},
        {"PUT", "/items/{id}", NULL, 100, HTTP_CORS, admit, item, done},
        {"GET", "/items/{id}/parts", NULL, 0, 0, admit, item, done},
        {"POST", "/refuse", NULL, 4 << 20, 0, refuse, ping, done},
        {"POST", "/early", NULL, 4 << 20, HTTP_EARLY, admit, ping, done},
        {"POST", "/early-late", "ms", 4 << 20, HTTP_EARLY, admit, later, done},
        {"POST", "/later", "ms", 1000, 0, admit, later, done},
        {"GET", "/later", "ms", 0, 0, admit, later, done},
        {"POST", "/until-left", NULL, 1 << 20, 0, admit, until_left, done},
        {"GET", "/header", NULL, 0, 0, admit, header, done},
        {"GET", "/bytes", "n", 0, 0, admit, bytes, done},
        {"GET", "/stream", "last ms n", 0, 0, admit, stream, done},
        {"GET", "/woken", NULL, 0, 0, admit, woken, done},
        {"GET", "/counts", NULL, 0, 0, NULL, counts, NULL},
};

static void write_log(void *data, const struct http_log *entry)
{
	FREE_CLEANUP char *line = http_log_line(entry);

	(void)data;
	if (has_log && line != NULL)
		dprintf(LOG_FD, "%s\n", line);
}

static bool set(struct http_config *config, const char *name, size_t len, unsigned long value)
{
	const struct {
		const char *name;
		unsigned *field;
	} fields[] = {
	        {"threads", &config->threads},
	        {"connections", &config->connections_max},
	        {"address", &config->per_address_max},
	        {"idle", &config->idle_s},
	        {"header", &config->header_ms},
	        {"grace", &config->grace_ms},
	        {"rate", &config->bytes_per_s},
	        {"linger", &config->linger_ms},
	        {"body_rate", &config->body_bytes_per_s},
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strlen(fields[i].name) == len && memcmp(fields[i].name, name, len) == 0) {
			*fields[i].field = (unsigned)value;
			return true;
		}
	}
	return false;
}

static unsigned port_of(int fd)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);

	getsockname(fd, (struct sockaddr *)&address, &len);
	return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

static int serve(const struct http_config *config)
{
	struct http_server *server;
	struct sbx_err err;
	pthread_t ticking;
	sigset_t ends;
	int signal;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	if (http_start(config, &server, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	pthread_create(&ticking, NULL, tick, NULL);
	printf("listening %u\n", port_of(config->listen_fd));
	fflush(stdout);
	sigwait(&ends, &signal);
	http_stop(server);
	pthread_mutex_lock(&clock_work.lock);
	clock_work.stopping = true;
	pthread_mutex_unlock(&clock_work.lock);
	pthread_join(ticking, NULL);
	printf("%u %u %u %u\n", count.admitted, count.done, count.opened, count.closed);
	return 0;
}

int main(int argc, char **argv)
{
	struct http_config config = {.threads = 2,
	                             .connections_max = 2000,
	                             .idle_s = 30,
	                             .header_ms = 10000,
	                             .grace_ms = 10000,
	                             .bytes_per_s = 1000,
	                             .body_bytes_per_s = 1000,
	                             .linger_ms = 10000,
	                             .linger_bytes = 16 << 20,
	                             .routes = routes,
	                             .n_routes = sizeof(routes) / sizeof(routes[0]),
	                             .log = write_log};
	struct rlimit files;
	struct serve_listen listen;
	struct sbx_err err;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	has_log = fcntl(LOG_FD, F_GETFD) >= 0;
	for (int i = 2; i < argc; i++) {
		const char *equals = strchr(argv[i], '=');

		if (equals == NULL || !set(&config, argv[i], (size_t)(equals - argv[i]), strtoul(equals + 1, NULL, 10)))
			return 2;
	}
	if (argc < 2 || serve_listen_parse(argv[1], &listen) != NULL)
		return 2;
	config.listen_fd = http_listen(&listen, 0600, &err);
	if (config.listen_fd < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	return serve(&config);
}
