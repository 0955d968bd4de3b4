/*
 * E4 ID [hold]: takes port 5004 of TCP and UDP and the name "\0sbx-e4", and talks to itself there, as ID; with `hold`
 * until it is killed.
 */
#include "tests/threats/attack.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static int server(int type, const struct sockaddr *addr, socklen_t len)
{
	int fd = MUST(socket(addr->sa_family, type, 0));

	if (bind(fd, addr, len) < 0)
		broke("it is taken: %s", strerrorname_np(errno));
	if (type == SOCK_STREAM)
		MUST(listen(fd, 10));
	return fd;
}

static void talk(int type, int to, const struct sockaddr *addr, socklen_t len, char id)
{
	int from = MUST(socket(addr->sa_family, type, 0));
	char got = '\0';

	MUST(connect(from, addr, len));
	MUST(send(from, &id, 1, 0));
	if (type == SOCK_STREAM) {
		int end = MUST(accept(to, NULL, NULL));
		MUST(recv(end, &got, 1, 0));
		close(end);
	} else {
		MUST(recv(to, &got, 1, 0));
	}
	if (got != id)
		broke("%c came, not %c", got, id);
	close(from);
}

int main(int argc, char **argv)
{
	struct sockaddr_in port = {.sin_family = AF_INET, .sin_port = htons(5004)}, here;
	struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0sbx-e4"};
	const struct sockaddr *any = (struct sockaddr *)&port, *unix_addr = (struct sockaddr *)&name;
	socklen_t unix_len = offsetof(struct sockaddr_un, sun_path) + 7;
	char id = argc > 1 ? argv[1][0] : '?';
	int tcp, udp, local;

	here = port;
	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	tcp = server(SOCK_STREAM, any, sizeof(port));
	udp = server(SOCK_DGRAM, any, sizeof(port));
	local = server(SOCK_STREAM, unix_addr, unix_len);
	for (int n = 0;; n++) {
		talk(SOCK_STREAM, tcp, (struct sockaddr *)&here, sizeof(here), id);
		talk(SOCK_DGRAM, udp, (struct sockaddr *)&here, sizeof(here), id);
		talk(SOCK_STREAM, local, unix_addr, unix_len, id);
		if (n == 0) {
			printf("talked\n");
			fflush(stdout);
		}
		if (argc == 2 && n == 300)
			return 0;
		usleep(1000);
	}
}
