/*
 * Descriptors to the outside in a message. Its standard streams are a socket of the caller's.
 *   caller COMMAND...   outside of a box: gives it, and fails where a descriptor comes
 *   box PATH...         sends
 */
#include "tests/threats/attack.h"

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

union control {
	char buf[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static long send_fd(int sock, int fd, const struct sockaddr_un *to, socklen_t len)
{
	union control control = {{0}};
	struct iovec iov = {"x", 1};
	struct msghdr hdr = {.msg_name = (void *)(uintptr_t)to,
	                     .msg_namelen = len,
	                     .msg_iov = &iov,
	                     .msg_iovlen = 1,
	                     .msg_control = control.buf,
	                     .msg_controllen = sizeof(control.buf)};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&hdr);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	return sendmsg(sock, &hdr, MSG_NOSIGNAL);
}

static int caller(char **command)
{
	int pair[2], status, got = 0;
	char buf[4096];
	union control control;
	ssize_t n;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	if (MUST(fork()) == 0) {
		for (int fd = 0; fd < 3; fd++)
			dup2(pair[1], fd);
		execv(command[0], command);
		_exit(127);
	}
	close(pair[1]);
	shutdown(pair[0], SHUT_WR);
	do {
		struct iovec iov = {buf, sizeof(buf)};
		struct msghdr hdr = {.msg_iov = &iov,
		                     .msg_iovlen = 1,
		                     .msg_control = control.buf,
		                     .msg_controllen = sizeof(control.buf)};
		n = recvmsg(pair[0], &hdr, 0);
		got += n >= 0 && hdr.msg_controllen > 0;
		if (n > 0)
			fwrite(buf, 1, (size_t)n, stdout);
	} while (n > 0);
	MUST(wait(&status));
	if (got > 0)
		broke("%d descriptors came", got);
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	int root = MUST(open("/", O_RDONLY)), pair[2];

	if (argc > 2 && strcmp(argv[1], "caller") == 0)
		return caller(argv + 2);
	/* within the box it works */
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0) {
		MUST(send_fd(pair[0], root, NULL, 0));
		close(pair[0]);
		close(pair[1]);
	}
	for (int fd = 0; fd < 1 << 12; fd++)
		REFUSED(send_fd(fd, root, NULL, 0), ENOTSOCK, EBADF);
	for (int i = 2; i < argc; i++) {
		struct sockaddr_un to = {.sun_family = AF_UNIX};
		socklen_t len =
		        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(argv[i]) + (argv[i][0] != '@'));
		int sock = socket(AF_UNIX, SOCK_DGRAM, 0), stream = socket(AF_UNIX, SOCK_STREAM, 0);
		strcpy(to.sun_path, argv[i]);
		if (to.sun_path[0] == '@')
			to.sun_path[0] = '\0';
		if (sock < 0)
			continue;
		REFUSED(send_fd(sock, root, &to, len), ENOENT, ECONNREFUSED);
		REFUSED(connect(stream, (struct sockaddr *)&to, len), ENOENT, ECONNREFUSED);
	}
	return 0;
}
