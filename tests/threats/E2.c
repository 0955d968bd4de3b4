/*
 * Services of the host on its own addresses.
 *   serve PORT PATH      outside of a box: prints a line for each who comes, by TCP, UDP, "\0sbx-e" or the socket PATH
 *   connect PORT ADDR... tries to reach PORT at each address; held where all is refused
 */
#include "tests/threats/attack.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

union any {
	struct sockaddr addr;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un un;
};

static socklen_t make(union any *any, const char *text, int port)
{
	memset(any, 0, sizeof(*any));
	if (inet_pton(AF_INET, text, &any->v4.sin_addr) == 1) {
		any->v4.sin_family = AF_INET;
		any->v4.sin_port = htons((uint16_t)port);
		return sizeof(any->v4);
	}
	if (inet_pton(AF_INET6, text, &any->v6.sin6_addr) == 1) {
		any->v6.sin6_family = AF_INET6;
		any->v6.sin6_port = htons((uint16_t)port);
		return sizeof(any->v6);
	}
	any->un.sun_family = AF_UNIX;
	if (text[0] == '@')
		memcpy(any->un.sun_path + 1, text + 1, strlen(text + 1));
	else
		strcpy(any->un.sun_path, text);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(text) + (text[0] != '@'));
}

static int serve(int port, const char *path)
{
	const char *const places[] = {"::", "@sbx-e", path};
	struct pollfd polls[6];
	char buf[64];
	int n = 0;

	for (int i = 0; i < 3; i++)
		for (int type = SOCK_STREAM; type <= SOCK_DGRAM; type++) {
			union any any;
			socklen_t len = make(&any, places[i], port);
			int fd = MUST(socket(any.addr.sa_family, type, 0));
			if (any.addr.sa_family == AF_UNIX && type == SOCK_DGRAM)
				break;
			MUST(bind(fd, &any.addr, len));
			if (type == SOCK_STREAM)
				MUST(listen(fd, 100));
			polls[n++] = (struct pollfd){.fd = fd, .events = POLLIN};
		}
	puts("serving");
	for (;;) {
		fflush(stdout);
		MUST(poll(polls, (nfds_t)n, -1));
		for (int i = 0; i < n; i++) {
			if (polls[i].revents == 0)
				continue;
			if (i == 1)
				recv(polls[i].fd, buf, sizeof(buf), 0);
			else
				close(accept(polls[i].fd, NULL, NULL));
			printf("%s\n", i == 0 ? "tcp" : i == 1 ? "udp" : "unix");
		}
	}
}

/* What the kernel says where there is no route, nobody, or no such address. */
static void must_be_far(const char *text, int port)
{
	union any any;
	socklen_t len = make(&any, text, port);
	int on = 1, stream = socket(any.addr.sa_family, SOCK_STREAM, 0),
	    dgram = socket(any.addr.sa_family, SOCK_DGRAM, 0);
	struct msghdr hdr = {.msg_name = &any, .msg_namelen = len, .msg_iov = &(struct iovec){"x", 1}, .msg_iovlen = 1};

	if (stream < 0 || dgram < 0) {
		REFUSED(stream, EAFNOSUPPORT);
		return;
	}
	setsockopt(dgram, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	REFUSED(connect(stream, &any.addr, len), ENETUNREACH, ECONNREFUSED, EADDRNOTAVAIL, ENOENT, EHOSTUNREACH);
	REFUSED(sendto(dup(stream), "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL, &any.addr, len), ENETUNREACH, ECONNREFUSED,
	        EADDRNOTAVAIL, ENOENT, EOPNOTSUPP, EPIPE, EHOSTUNREACH, EINVAL, ENOTCONN);
	/* a datagram to one's own loopback leaves, and finds nobody */
	sendto(dgram, "x", 1, 0, &any.addr, len);
	sendmsg(dgram, &hdr, 0);
	if (connect(dgram, &any.addr, len) == 0)
		send(dgram, "x", 1, 0);
	close(stream);
	close(dgram);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "serve") == 0)
		return serve(atoi(argv[2]), argv[3]);
	if (argc < 4 || strcmp(argv[1], "connect") != 0)
		return 2;
	for (int i = 3; i < argc; i++)
		must_be_far(argv[i], atoi(argv[2]));
	return 0;
}
