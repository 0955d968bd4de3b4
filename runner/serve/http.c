/*
 * The HTTP layer over libmicrohttpd 0.9.75. What had to be known of it, and was read in its source:
 *
 * - It calls on_call() when the headers are complete, then for each part of the body, and once more when all is read.
 *   A reply that is queued in the first call makes it read nothing more and close the connection; in the calls for
 *   parts of the body none can be queued. So what need not be early is queued in the last call, and what is found wrong
 *   in the midst of a body is written to the socket by ourselves.
 * - A connection that is suspended is out of its epoll, its timeouts and its eyes. When resumed it calls on_call() once
 *   more, or the stream's pull. It aborts the process when it is stopped with a connection suspended.
 * - on_completed() comes once for each request whose first line was understood; but for a connection that could not be
 * put into epoll, where on_connection() is all there is.
 * - What it refuses itself (a first line or headers that have no room, a length that is none or has no end, a broken
 *   chunk) it answers by a page in HTML and closes the connection; it has no option for another. Headers that it
 *   has room for are not refused for their length at all; more room, for them to be refused by us, would be resident
 * for each connection, since it clears all of it after each request.
 * - Before it closes a socket it takes it out of its epoll, so that a duplicate of it may live on.
 */
#include "runner/serve/exchange.h"

#include "sandbox/fd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define MEMORY_PER_CONNECTION ((size_t)16 << 10) /* bounds the headers, and what is read at once */
#define STOP_MS 1000                             /* for the answers to those that waited */

/* What libmicrohttpd calls. */

static enum MHD_Result result(bool goes_on)
{
	return goes_on ? MHD_YES : MHD_NO;
}

static enum MHD_Result on_call(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
                               const char *version, const char *bytes, size_t *len, void **context)
{
	struct exchange *x = *context;
	size_t n = *len;

	(void)cls, (void)mhd, (void)url;
	if (x == NULL)
		return MHD_NO; /* there was no memory for it */
	if (!x->begun) {
		snprintf(x->method, sizeof(x->method), "%s", method);
		return result(intake_headers(x, version));
	}
	*len = 0;
	return result(n > 0 ? intake_body(x, bytes, n) : intake_last(x));
}

static void tell_peer(const struct sockaddr *address, char peer[static HTTP_PEER_MAX])
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;

	if (address->sa_family == AF_INET)
		inet_ntop(AF_INET, &v4->sin_addr, peer, HTTP_PEER_MAX);
	else if (address->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &v6->sin6_addr, peer, HTTP_PEER_MAX);
	else
		snprintf(peer, HTTP_PEER_MAX, "unix");
}

/*
 * The library would parse the parameters itself, and where they are more than it has memory for, it forgets that it
 * has refused the request, and the connection hangs. They are copied by now, and it finds none: `raw` is in the buffer
 * that it is about to cut into pieces.
 */
static void hide_parameters(const char *raw)
{
	char *parameters = strchr((char *)(uintptr_t)raw, '?');

	if (parameters != NULL)
		parameters[1] = '\0';
}

/* The first line has come. What is given back is the library's context of this request. */
static void *on_target(void *cls, const char *raw, struct MHD_Connection *mhd)
{
	struct http_server *server = cls;
	struct connection *connection =
	        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
	struct exchange *x = connection != NULL ? calloc(1, sizeof(*x)) : NULL;

	if (x == NULL)
		return NULL;
	x->raw = strdup(raw);
	if (x->raw == NULL) {
		free(x);
		return NULL;
	}
	x->version = raw + strlen(raw) + 1;
	x->server = server;
	x->connection = connection;
	x->mhd = mhd;
	x->references = 1;
	x->started_ns = clock_ns();
	x->request.data = server->config->data;
	pthread_mutex_init(&x->lock, NULL);
	tell_peer(MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr, x->request.peer);
	connection->exchange = x;
	hide_parameters(raw);
	return x;
}

static void write_log(struct exchange *x, unsigned status)
{
	const struct http_config *config = x->server->config;
	struct http_log entry = {.method = x->method, .path = x->raw, .peer = x->request.peer, .status = status};
	struct timespec now;

	if (config->log == NULL)
		return;
	x->raw[strcspn(x->raw, "?")] = '\0';
	clock_gettime(CLOCK_REALTIME, &now);
	entry.time_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / NS_PER_MS;
	entry.duration_us = (clock_ns() - x->started_ns) / 1000;
	entry.bytes = x->bytes_sent;
	config->log(config->data, &entry);
}

/* However it came about; the connection's reference to it ends here. `status` is 0 where no answer was given. */
static void end(struct exchange *x, unsigned status)
{
	struct http_server *server = x->server;

	pthread_mutex_lock(&x->lock);
	x->mhd = NULL;
	pthread_mutex_unlock(&x->lock);
	x->connection->exchange = NULL;
	write_log(x, status);
	http_reply_finish(&x->reply);
	if (x->called && x->request.route->done != NULL)
		x->request.route->done(&x->request);
	if (x->begun) {
		pthread_mutex_lock(&server->lock);
		if (--server->n_active == 0)
			pthread_cond_signal(&server->quiet);
		pthread_mutex_unlock(&server->lock);
	}
	http_drop(&x->request);
}

static void on_completed(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode code)
{
	const struct http_server *server = cls;
	const struct http_config *config = server->config;
	struct exchange *x = *context;
	struct connection *connection;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_HTTP_STATUS);

	*context = NULL;
	if (x == NULL)
		return;
	connection = x->connection;
	if (code == MHD_REQUEST_TERMINATED_COMPLETED_OK && strcmp(x->method, "HEAD") != 0)
		x->bytes_sent += x->reply.body_len;
	/* the library's own refusals, of headers that are too long, say: what follows them is unread, too */
	if (code == MHD_REQUEST_TERMINATED_WITH_ERROR)
		connection->linger = true;
	end(x, info != NULL ? info->http_status : x->reply.status);
	http_watch_until(server->watch, &connection->watched,
	                 clock_ns() + config->idle_s * NS_PER_S + config->header_ms * NS_PER_MS);
}

static void close_connection(struct http_server *server, struct connection *connection)
{
	int fd = connection->watched.fd;
	char byte;

	if (connection->exchange != NULL)
		end(connection->exchange, 0);
	http_watch_remove(server->watch, &connection->watched);
	/* bytes that are unread are what makes the kernel send a reset, whoever left them */
	if (connection->linger || recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
		http_watch_linger(server->watch, fd);
	free(connection);
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
	struct http_server *server = cls;
	struct connection *connection = *context;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (connection != NULL)
			close_connection(server, connection);
		return;
	}
	connection = calloc(1, sizeof(*connection));
	*context = connection;
	if (connection != NULL)
		http_watch_add(server->watch, &connection->watched,
		               MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
		               clock_ns() + server->config->header_ms * NS_PER_MS);
}

/* Start and stop. */

static struct MHD_Daemon *start_daemon(struct http_server *server)
{
	const struct http_config *config = server->config;

	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_call,
	                        server, MHD_OPTION_LISTEN_SOCKET, config->listen_fd, MHD_OPTION_THREAD_POOL_SIZE,
	                        config->threads, MHD_OPTION_CONNECTION_LIMIT, config->connections_max,
	                        MHD_OPTION_PER_IP_CONNECTION_LIMIT, config->per_address_max,
	                        MHD_OPTION_CONNECTION_TIMEOUT, config->idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	                        MEMORY_PER_CONNECTION, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK,
	                        on_target, server, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
	                        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
}

static void destroy(struct http_server *server)
{
	http_watch_stop(server->watch);
	pthread_cond_destroy(&server->quiet);
	pthread_mutex_destroy(&server->lock);
	free(server);
}

int http_start(const struct http_config *config, struct http_server **ret_server, struct sbx_err *err)
{
	struct http_server *server = calloc(1, sizeof(*server));
	pthread_condattr_t attr;
	int rc;

	if (server == NULL)
		return sbx_fail(err, SBX_STAGE_HOST, ENOMEM, "out of memory");
	server->config = config;
	pthread_mutex_init(&server->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&server->quiet, &attr);
	pthread_condattr_destroy(&attr);
	rc = http_watch_start(config->connections_max, config->linger_ms, config->linger_bytes, &server->watch, err);
	if (rc == 0) {
		server->daemon = start_daemon(server);
		if (server->daemon == NULL)
			rc = sbx_fail(err, SBX_STAGE_HOST, 0, "libmicrohttpd does not start");
	}
	if (rc < 0) {
		destroy(server);
		return rc;
	}
	*ret_server = server;
	return 0;
}

static void await_quiet(struct http_server *server)
{
	uint64_t end_ns = clock_ns() + STOP_MS * NS_PER_MS;
	struct timespec latest = {.tv_sec = (time_t)(end_ns / NS_PER_S), .tv_nsec = (long)(end_ns % NS_PER_S)};
	int rc = 0;

	pthread_mutex_lock(&server->lock);
	while (server->n_active > 0 && rc == 0)
		rc = pthread_cond_timedwait(&server->quiet, &server->lock, &latest);
	pthread_mutex_unlock(&server->lock);
}

void http_stop(struct http_server *server)
{
	if (server == NULL)
		return;
	exchange_resume_all(server);
	await_quiet(server);
	MHD_stop_daemon(server->daemon);
	destroy(server);
}
