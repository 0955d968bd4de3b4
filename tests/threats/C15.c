/*
 * C15 HOW: fills pipes, which it holds, or sends to itself through a socket and closes, so that no table of open files
 * has them. Ends by OOM, or with 0 where the kernel refuses.
 */
#include "tests/threats/attack.h"

#include <sys/socket.h>

static bool send_away(int sock, const int ends[2])
{
	char control[CMSG_SPACE(2 * sizeof(int))] = {0};
	struct iovec one = {"", 1};
	struct msghdr msg = {
	        .msg_iov = &one, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	*cmsg = (struct cmsghdr){
	        .cmsg_len = CMSG_LEN(2 * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(cmsg), ends, 2 * sizeof(int));
	return sendmsg(sock, &msg, MSG_DONTWAIT) == 1;
}

int main(int argc, char **argv)
{
	static char block[1 << 16];
	bool flight = argc > 1 && strcmp(argv[1], "flight") == 0;
	int socks[2] = {-1, -1}, ends[2];

	for (long total = 0; total < 1L << 30;) {
		ssize_t n;
		if (pipe2(ends, O_NONBLOCK) < 0)
			return 0;
		fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
		while ((n = write(ends[1], block, sizeof(block))) > 0)
			total += n;
		if (!flight)
			continue;
		if (socks[0] < 0 || !send_away(socks[0], ends)) {
			MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, socks));
			if (!send_away(socks[0], ends))
				return 0;
		}
		MUST(close(ends[0]));
		MUST(close(ends[1]));
	}
	broke("a gibibyte in pipes");
}
