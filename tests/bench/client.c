/* HTTP clients, each with a connection that is kept, all by one thread: what loads the services of serve.c. */
#include "tests/bench/bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_AT_ONCE 64

void client_leave(struct client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
	free(client->request);
	free(client->answer);
	client->request = client->answer = NULL;
	client->room = 0;
}

bool client_connect(struct client *client, uint16_t port)
{
	const struct sockaddr_in address = {
	        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd >= 0 && connect(client->fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return true;
	client_leave(client);
	return false;
}

void client_ask(struct client *client, const char *method, const char *target, const char *body)
{
	int len;

	free(client->request);
	len = asprintf(&client->request,
	               "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
	               "Content-Length: %zu\r\n\r\n%s",
	               method, target, strlen(body), body);
	if (len < 0)
		abort();
	client->request_len = (size_t)len;
	client->sent = client->len = 0;
}

/* 1: all is sent; 0: not yet; -1: the connection is broken. */
static int send_more(struct client *client)
{
	while (client->sent < client->request_len) {
		ssize_t n = send(client->fd, client->request + client->sent, client->request_len - client->sent,
		                 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0)
			return errno == EAGAIN ? 0 : -1;
		client->sent += (size_t)n;
	}
	return 1;
}

/* Whether the answer is whole; its body then begins at *ret_body. One without a length, which nobody sends, never is.
 */
static bool is_whole(const struct client *client, const char **ret_body)
{
	static const char key[] = "\r\nContent-Length:";
	const char *end = strstr(client->answer, "\r\n\r\n"), *length = strcasestr(client->answer, key);

	if (end == NULL || length == NULL || length > end)
		return false;
	*ret_body = end + 4;
	return client->len - (size_t)(*ret_body - client->answer) >= strtoul(length + sizeof(key) - 1, NULL, 10);
}

/* 1: an answer is there; 0: not yet; -1: the connection is broken. */
static int read_more(struct client *client, const char **ret_body)
{
	for (;;) {
		ssize_t n;

		if (client->len + 1 >= client->room) {
			client->room = client->room == 0 ? 4096 : 2 * client->room;
			client->answer = realloc(client->answer, client->room);
			if (client->answer == NULL)
				abort();
		}
		n = recv(client->fd, client->answer + client->len, client->room - 1 - client->len, MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n <= 0)
			return -1;
		client->len += (size_t)n;
		client->answer[client->len] = '\0';
		if (is_whole(client, ret_body))
			return 1;
	}
}

/* False once the client has left. A connection that breaks while it sends tells so by its next event. */
static bool go_on(struct client *client, client_next *next, void *arg)
{
	const char *body = "";
	int rc = send_more(client);

	if (rc > 0)
		rc = read_more(client, &body);
	if (rc == 0)
		return true;
	if (next(arg, client, rc < 0 ? CLIENT_BROKEN : atoi(client->answer + strlen("HTTP/1.1 ")), body) && rc > 0) {
		send_more(client);
		return true;
	}
	client_leave(client);
	return false;
}

static bool begin(struct client *client, int epoll_fd, uint16_t port, client_next *next, void *arg)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = client};

	if (client_connect(client, port) && epoll_ctl(epoll_fd, EPOLL_CTL_ADD, client->fd, &event) == 0)
		return true;
	next(arg, client, CLIENT_BROKEN, "");
	client_leave(client);
	return false;
}

size_t clients_run(struct client *clients, size_t n, uint16_t port, client_next *next, void *arg, unsigned seconds)
{
	int64_t deadline_ns = now_ns() + seconds * 1000000000LL;
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	size_t there = 0;

	/* all are connected before the first asks */
	for (size_t i = 0; i < n; i++) {
		clients[i] = (struct client){.number = i};
		there += begin(&clients[i], epoll_fd, port, next, arg);
	}
	for (size_t i = 0; i < n; i++) {
		if (clients[i].fd < 0)
			continue;
		next(arg, &clients[i], CLIENT_BEGINS, "");
		send_more(&clients[i]);
	}
	while (there > 0 && now_ns() < deadline_ns) {
		struct epoll_event events[EVENTS_AT_ONCE];
		int got = epoll_wait(epoll_fd, events, EVENTS_AT_ONCE, 1000);

		for (int i = 0; i < got; i++)
			there -= !go_on(events[i].data.ptr, next, arg);
	}
	for (size_t i = 0; i < n; i++)
		client_leave(&clients[i]);
	close(epoll_fd);
	return there;
}

bool client_get(struct client *client, const char *target, int timeout_ms)
{
	const char *body;
	int rc = 0;

	client_ask(client, "GET", target, "");
	while (rc == 0) {
		struct pollfd poll_fd = {.fd = client->fd, .events = POLLIN};

		rc = send_more(client);
		if (rc > 0)
			rc = read_more(client, &body);
		if (rc == 0 && poll(&poll_fd, 1, timeout_ms) <= 0)
			rc = -1;
	}
	return rc > 0 && strncmp(client->answer, "HTTP/1.1 200 ", 13) == 0;
}
