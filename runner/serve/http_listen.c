/* Listening on TCP or on a Unix socket. */
#include "runner/serve/http_listen.h"

#include "sandbox/fd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define LOCAL_PREFIX "unix:"
#define BACKLOG 4096 /* a burst waits in the kernel; what has no place there is not told, and tries again */

static int parse_local(const char *path, struct http_address *ret_address)
{
	struct sockaddr_un *local = &ret_address->local;

	if (*path == '\0' || strlen(path) >= sizeof(local->sun_path))
		return -EINVAL;
	local->sun_family = AF_UNIX;
	memcpy(local->sun_path, path, strlen(path) + 1);
	ret_address->len = sizeof(*local);
	return 0;
}

static int parse_port(const char *text, in_port_t *ret_port)
{
	size_t len = strspn(text, "0123456789");
	unsigned port = 0;

	if (len == 0 || len > 5 || text[len] != '\0')
		return -EINVAL;
	for (; *text != '\0'; text++)
		port = port * 10 + (unsigned)(*text - '0');
	if (port > UINT16_MAX)
		return -EINVAL;
	*ret_port = htons((uint16_t)port);
	return 0;
}

static int parse_inet(const char *text, struct http_address *ret_address)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&ret_address->storage;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&ret_address->storage;
	const char *colon = strrchr(text, ':');
	bool is_v6 = text[0] == '[';
	char host[INET6_ADDRSTRLEN];
	size_t len;
	in_port_t port;

	if (colon == NULL || parse_port(colon + 1, &port) < 0)
		return -EINVAL;
	len = (size_t)(colon - text);
	if (is_v6) {
		if (len < 2 || text[len - 1] != ']')
			return -EINVAL;
		text++;
		len -= 2;
	}
	if (len >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, len);
	host[len] = '\0';
	ret_address->any.sa_family = is_v6 ? AF_INET6 : AF_INET;
	ret_address->len = is_v6 ? sizeof(*v6) : sizeof(*v4);
	*(is_v6 ? &v6->sin6_port : &v4->sin_port) = port;
	return inet_pton(ret_address->any.sa_family, host, is_v6 ? (void *)&v6->sin6_addr : &v4->sin_addr) == 1
	               ? 0
	               : -EINVAL;
}

int http_address_parse(const char *text, struct http_address *ret_address, struct sbx_err *err)
{
	struct http_address address;
	int rc;

	memset(&address, 0, sizeof(address));
	if (strncmp(text, LOCAL_PREFIX, strlen(LOCAL_PREFIX)) == 0)
		rc = parse_local(text + strlen(LOCAL_PREFIX), &address);
	else
		rc = parse_inet(text, &address);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL,
		                "\"%s\" is no address to listen on: 127.0.0.1:5000, [::1]:5000, unix:/path", text);
	*ret_address = address;
	return 0;
}

bool http_address_is_local(const struct http_address *address)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address->storage;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address->storage;

	switch (address->any.sa_family) {
	case AF_INET:
		return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	case AF_INET6:
		return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
	default:
		return true;
	}
}

/* Removes a socket that a service left behind when it was killed. */
static int remove_stale(const struct http_address *address, struct sbx_err *err)
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

static int bind_and_listen(int fd, const struct http_address *address, unsigned mode)
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

int http_listen(const struct http_address *address, unsigned mode, struct sbx_err *err)
{
	FD_CLEANUP int fd = -1;
	int rc;

	if (address->any.sa_family == AF_UNIX)
		TRY(remove_stale(address, err));
	fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	rc = fd < 0 ? -errno : bind_and_listen(fd, address, mode);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_USAGE, -rc, "cannot listen: %s", strerror(-rc));
	return fd_take(&fd);
}
