/* Listening on TCP or on a Unix socket. */
#include "runner/serve/http_listen.h"

#include "sandbox/fd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define BACKLOG 4096 /* a burst waits in the kernel; what has no place there is not told, and tries again */

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_un local;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
	socklen_t len;
};

/* What serve_listen_parse() takes, inet_pton() takes. */
static struct address address_of(const struct serve_listen *listen)
{
	struct address address = {.len = 0};

	switch (listen->family) {
	case SERVE_UNIX:
		address.local = (struct sockaddr_un){.sun_family = AF_UNIX};
		memcpy(address.local.sun_path, listen->path, sizeof(address.local.sun_path));
		address.len = sizeof(address.local);
		break;
	case SERVE_IPV4:
		address.v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(listen->port)};
		inet_pton(AF_INET, listen->address, &address.v4.sin_addr);
		address.len = sizeof(address.v4);
		break;
	case SERVE_IPV6:
		address.v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(listen->port)};
		inet_pton(AF_INET6, listen->address, &address.v6.sin6_addr);
		address.len = sizeof(address.v6);
	}
	return address;
}

/* Removes a socket that a service left behind when it was killed. */
static int remove_stale(const struct address *address, struct sbx_err *err)
{
	const char *path = address->local.sun_path;
	FD_CLEANUP int fd = -1;
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : sbx_fail(err, SBX_STAGE_USAGE, errno, "%s: %s", path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return sbx_fail(err, SBX_STAGE_USAGE, EADDRINUSE, "%s is there, and is no socket", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return sbx_fail(err, SBX_STAGE_USAGE, errno, "socket: %s", strerror(errno));
	/* refused is what tells that nobody has it open; any other failure may be a service that is busy */
	if (connect(fd, &address->any, address->len) == 0 || errno != ECONNREFUSED)
		return sbx_fail(err, SBX_STAGE_USAGE, EADDRINUSE, "%s: another service listens there", path);
	if (unlink(path) < 0)
		return sbx_fail(err, SBX_STAGE_USAGE, errno, "%s: %s", path, strerror(errno));
	return 0;
}

static int bind_and_listen(int fd, const struct address *address, unsigned mode)
{
	int on = 1;

	if (address->any.sa_family != AF_UNIX) {
		if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
			return -errno;
		/* [::] is IPv6 alone, so that what was asked for is what is open */
		if (address->any.sa_family == AF_INET6 &&
		    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) < 0)
			return -errno;
	}
	if (bind(fd, &address->any, address->len) < 0)
		return -errno;
	/* before it listens: nobody can have connected by the mode that the umask left */
	if (address->any.sa_family == AF_UNIX && chmod(address->local.sun_path, mode) < 0)
		return -errno;
	return listen(fd, BACKLOG) < 0 ? -errno : 0;
}

int http_listen(const struct serve_listen *listen, unsigned mode, struct sbx_err *err)
{
	const struct address address = address_of(listen);
	FD_CLEANUP int fd = -1;
	int rc;

	if (address.any.sa_family == AF_UNIX)
		TRY(remove_stale(&address, err));
	fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	rc = fd < 0 ? -errno : bind_and_listen(fd, &address, mode);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_USAGE, -rc, "cannot listen: %s", strerror(-rc));
	return fd_take(&fd);
}
