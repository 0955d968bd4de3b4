/* Routes by sockets: what lies in them unread, connections that nobody accepts, and descriptors on the way. */
#include "tests/memory/routes.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>

static char block[16 << 10];

#define LEAST 512 /* bytes of a socket, and of a message */

/* What the kernel takes at once for a thread, and cuts into pieces for all that it sends by TCP and UDP. */
#define CUT (32UL << 10)

/* All that it takes, in pieces of `size`. */
static void fill(int fd, size_t size)
{
	int room = 64 << 20;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	while (send(fd, block, size, MSG_NOSIGNAL | MSG_DONTWAIT) > 0 && take(size < LEAST ? LEAST : size))
		;
}

static int pairs(int type, size_t size)
{
	int pair[2];

	while (take(LEAST)) {
		if (socketpair(AF_UNIX, type, 0, pair) < 0)
			return errno;
		fill(pair[0], size);
	}
	return 0;
}

static int streams(const char *arg)
{
	(void)arg;
	return pairs(SOCK_STREAM, sizeof(block));
}

static int datagrams(const char *arg)
{
	(void)arg;
	return pairs(SOCK_DGRAM, sizeof(block));
}

static int bytes(const char *arg)
{
	(void)arg;
	return pairs(SOCK_STREAM, 1);
}

static int bound(const char *arg)
{
	struct sockaddr_un none = {.sun_family = AF_UNIX};

	(void)arg;
	while (take(LEAST)) {
		int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
		if (fd < 0 || bind(fd, (struct sockaddr *)&none, sizeof(sa_family_t)) < 0)
			return errno;
	}
	return 0;
}

/* Pipes that no table of open files has, but only the message they were sent in. */
static int in_flight(const char *arg)
{
	int socks[2] = {-1, -1}, ends[2];

	(void)arg;
	while (take(64 << 10)) {
		if (pipe2(ends, O_NONBLOCK) < 0)
			return errno;
		for (int i = 0; i < 4; i++)
			MUST(write(ends[1], block, sizeof(block)));
		if ((socks[0] < 0 || !send_away(socks[0], ends)) &&
		    (socketpair(AF_UNIX, SOCK_STREAM, 0, socks) < 0 || !send_away(socks[0], ends)))
			return errno;
		MUST(close(ends[0]));
		MUST(close(ends[1]));
	}
	return 0;
}

/* The second look is for TCP, which is not through when the first returns. */
static bool connects(int fd, const struct sockaddr *address, socklen_t size)
{
	return connect(fd, address, size) == 0 || connect(fd, address, size) == 0 || errno == EISCONN;
}

/* Connects to `address` until the queue is full, sends as much as is taken of `bytes`, and hangs up each time. */
static void knock(const struct sockaddr *address, socklen_t size, size_t bytes)
{
	bool connected = true;

	while (connected && take(2048 + bytes)) {
		int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connected = fd >= 0 && connects(fd, address, size);
		if (bytes > 0)
			send(fd, block, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
		close(fd);
	}
}

static int unaccepted(const char *arg)
{
	struct sockaddr_un here = {.sun_family = AF_UNIX};

	(void)arg;
	for (int i = 0; take(0); i++) {
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);
		snprintf(here.sun_path, sizeof(here.sun_path), "/tmp/%d-%d", (int)getpid(), i);
		if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof(here)) < 0 || listen(fd, 4096) < 0)
			return errno;
		knock((struct sockaddr *)&here, sizeof(here), 0);
	}
	return 0;
}

static int bind_inet(int type, struct sockaddr_in *ret_address)
{
	socklen_t size = sizeof(*ret_address);
	int fd = socket(AF_INET, type, 0), room = 64 << 20;

	*ret_address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (bind(fd, (struct sockaddr *)ret_address, size) < 0 ||
	    getsockname(fd, (struct sockaddr *)ret_address, &size) < 0)
		return -1;
	return fd;
}

static int listen_only(size_t bytes)
{
	struct sockaddr_in here;

	while (take(0)) {
		int fd = bind_inet(SOCK_STREAM, &here);
		if (fd < 0 || listen(fd, 4096) < 0)
			return errno;
		knock((struct sockaddr *)&here, sizeof(here), bytes);
	}
	return 0;
}

static int tcp_unaccepted(const char *arg)
{
	(void)arg;
	return listen_only(0);
}

static int tcp_full(const char *arg)
{
	(void)arg;
	return listen_only(sizeof(block));
}

/* Both ends of a connection. False with errno set. */
static bool pair_inet(int ret_fds[2])
{
	struct sockaddr_in here;
	int listener = bind_inet(SOCK_STREAM, &here), one = 1;

	ret_fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0 || listen(listener, 1) < 0 || ret_fds[0] < 0 ||
	    setsockopt(ret_fds[0], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) < 0 ||
	    connect(ret_fds[0], (struct sockaddr *)&here, sizeof(here)) < 0)
		return false;
	ret_fds[1] = accept(listener, NULL, NULL);
	close(listener);
	return ret_fds[1] >= 0;
}

/* Sends what is left of a cut but one byte, and reads it, so that none of it stays. */
static void pass_on(const int through[2])
{
	for (size_t left = CUT - 1; left > 0;) {
		size_t piece = left < sizeof(block) ? left : sizeof(block);
		MUST(send(through[0], block, piece, 0));
		MUST(recv(through[1], block, piece, MSG_WAITALL));
		left -= piece;
	}
}

/*
 * One byte of each cut, on the way to one who does not read: it keeps all of the cut, and only the byte is charged. No
 * buffer gets full, since then the kernel copies what lies in it, and lets go of the cuts.
 */
static int tcp_cuts(const char *arg)
{
	int through[2], kept[2];

	(void)arg;
	if (!pair_inet(through))
		return errno;
	for (int i = 0; take(CUT); i++) {
		if (i % 128 == 0 && !pair_inet(kept))
			return errno;
		if (send(kept[0], block, 1, 0) < 0)
			return errno;
		pass_on(through);
	}
	return 0;
}

/* The same in datagrams that are never finished, each of as many pieces as the kernel lets one have. */
static int udp_cuts(const char *arg)
{
	struct sockaddr_in here;
	int through[2], fd = -1;

	(void)arg;
	if (!pair_inet(through))
		return errno;
	for (int i = 0; take(CUT); i++) {
		if (i % 16 == 0 && (fd = bind_inet(SOCK_DGRAM, &here)) < 0)
			return errno;
		if (sendto(fd, block, 1, MSG_MORE, (struct sockaddr *)&here, sizeof(here)) < 0)
			return errno;
		pass_on(through);
	}
	return 0;
}

static int tcp_unread(const char *arg)
{
	struct sockaddr_in here;
	int listener = bind_inet(SOCK_STREAM, &here);

	(void)arg;
	if (listener < 0 || listen(listener, 100) < 0)
		return errno;
	while (take(LEAST)) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		if (fd < 0 || connect(fd, (struct sockaddr *)&here, sizeof(here)) < 0 ||
		    accept(listener, NULL, NULL) < 0)
			return errno;
		fill(fd, sizeof(block));
	}
	return 0;
}

/* Connections that both sides closed, which the kernel remembers for a minute. */
static int tcp_closed(const char *arg)
{
	struct sockaddr_in here;

	(void)arg;
	for (int i = 0, listener = -1; i < 60000; i++) {
		int fd, other;
		if (i % 10000 == 0 && ((listener = bind_inet(SOCK_STREAM, &here)) < 0 || listen(listener, 100) < 0))
			return errno;
		fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (fd < 0 || !connects(fd, (struct sockaddr *)&here, sizeof(here)) ||
		    (other = accept(listener, NULL, NULL)) < 0)
			return errno;
		MUST(close(fd));
		MUST(close(other));
	}
	return 0;
}

/* `pieces` datagrams of `size` to each of as many sockets as there may be; nobody reads them. */
static int flood(size_t size, int pieces)
{
	static char datagram[60000];
	struct sockaddr_in here;
	int sender = socket(AF_INET, SOCK_DGRAM, 0), room = 1 << 20;

	if (sender < 0)
		return errno;
	setsockopt(sender, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	while (take((size_t)pieces * (size < LEAST ? LEAST : size))) {
		if (bind_inet(SOCK_DGRAM, &here) < 0)
			return errno;
		for (int i = 0; i < pieces; i++)
			if (sendto(sender, datagram, size, MSG_DONTWAIT, (struct sockaddr *)&here, sizeof(here)) < 0)
				return errno;
	}
	return 0;
}

static int udp_large(const char *arg)
{
	(void)arg;
	return flood(16 << 10, 500);
}

static int udp_small(const char *arg)
{
	(void)arg;
	return flood(1, 4000);
}

/* What each socket may hold whatever the others do. */
static int udp_first(const char *arg)
{
	(void)arg;
	return flood(60000, 1);
}

static int other_families(const char *arg)
{
	(void)arg;
	for (int family = AF_UNIX + 1; family < AF_MAX; family++)
		if (family != AF_INET && family != AF_INET6 && socket(family, SOCK_RAW, 0) >= 0)
			return 0;
	return errno;
}

/* Lists that hang on a socket, each apart from the box's memory: filters, multicast groups, keys. */
static int options(const char *arg)
{
	static const int names[][2] = {{SOL_SOCKET, SO_ATTACH_FILTER}, {IPPROTO_IP, IP_ADD_MEMBERSHIP},
	                               {IPPROTO_IP, IP_MSFILTER},      {IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP},
	                               {IPPROTO_IPV6, IPV6_RTHDR},     {IPPROTO_TCP, TCP_MD5SIG}};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	(void)arg;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (setsockopt(fd, names[i][0], names[i][1], block, sizeof(block)) == 0 ||
		    (errno != ENOPROTOOPT && errno != EPERM))
			return 0;
	return errno;
}

const struct route socket_routes[] = {
        {"unix-stream", streams, NULL, true},
        {"unix-datagram", datagrams, NULL, true},
        {"unix-bytes", bytes, NULL, true},
        {"unix-bound", bound, NULL, true},
        {"unix-unaccepted", unaccepted, NULL, true},
        {"pipes-in-flight", in_flight, NULL, true},
        {"tcp-unread", tcp_unread, NULL, true},
        {"tcp-unaccepted", tcp_unaccepted, NULL, true},
        {"tcp-full", tcp_full, NULL, true},
        {"tcp-cuts", tcp_cuts, NULL},
        {"tcp-closed", tcp_closed, NULL},
        {"udp", udp_large, NULL, true},
        {"udp-small", udp_small, NULL, true},
        {"udp-first", udp_first, NULL, true},
        {"udp-cuts", udp_cuts, NULL, true},
        {"socket-families", other_families, NULL},
        {"socket-options", options, NULL},
        {0},
};
