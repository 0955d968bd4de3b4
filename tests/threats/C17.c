/*
 * C17 N: floods N UDP sockets of the loopback that nobody reads, and prints how many KiB the kernel holds for them, as
 * it counts them itself.
 */
#include "tests/threats/attack.h"

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

static char block[32 << 10];

static long flood(int sender)
{
	struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	uint32_t info[SK_MEMINFO_VARS] = {0};
	socklen_t size = sizeof(here), info_size = sizeof(info);
	int receiver = socket(AF_INET, SOCK_DGRAM, 0), room = 64 << 20;

	if (receiver < 0)
		return -1;
	setsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	MUST(bind(receiver, (struct sockaddr *)&here, sizeof(here)));
	MUST(getsockname(receiver, (struct sockaddr *)&here, &size));
	for (int i = 0; i < 400; i++)
		sendto(sender, block, sizeof(block), MSG_DONTWAIT, (struct sockaddr *)&here, size);
	MUST(getsockopt(receiver, SOL_SOCKET, SO_MEMINFO, info, &info_size));
	return info[SK_MEMINFO_RMEM_ALLOC] >> 10;
}

int main(int argc, char **argv)
{
	int sender = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	long total = 0;

	for (int i = argc > 1 ? atoi(argv[1]) : 0; i > 0; i--) {
		long kib = flood(sender);
		if (kib < 0)
			break;
		total += kib;
	}
	printf("%ld\n", total);
	return 0;
}
