/*
 * C16 HOW: fills the buffers of sockets that nobody reads: pairs of AF_UNIX, or connections to a listener that accepts
 * none. Ends by OOM, or prints how many MiB it could send before the kernel refused.
 */
#include "tests/threats/attack.h"

#include <sys/socket.h>
#include <sys/un.h>

static char block[16 << 10];

static long fill(int fd)
{
	int size = 64 << 20;
	long total = 0;
	ssize_t n;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	MUST(fcntl(fd, F_SETFL, O_NONBLOCK));
	while ((n = send(fd, block, sizeof(block), MSG_NOSIGNAL)) > 0)
		total += n;
	return total;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	struct sockaddr_un here = {.sun_family = AF_UNIX, .sun_path = "/tmp/listener"};
	int type = strcmp(how, "datagrams") == 0 ? SOCK_DGRAM : SOCK_STREAM;
	int listener = -1, pair[2];
	long total = 0;

	if (strcmp(how, "unaccepted") == 0) {
		listener = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
		MUST(bind(listener, (struct sockaddr *)&here, sizeof(here)));
		MUST(listen(listener, 4096));
	}
	while (total < 1L << 30) {
		if (listener < 0 && socketpair(AF_UNIX, type, 0, pair) < 0)
			break;
		if (listener >= 0) {
			pair[0] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
			if (pair[0] < 0 || connect(pair[0], (struct sockaddr *)&here, sizeof(here)) < 0)
				break;
		}
		total += fill(pair[0]);
	}
	printf("%ld\n", total >> 20);
	return 0;
}
