/* socks N: fills N TCP connections to itself that nobody reads, and prints how many MiB they took. */
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static long fill(int fd)
{
	static char block[64 << 10];
	long total = 0;

	for (int idle = 0; idle < 20; idle++) {
		ssize_t n = write(fd, block, sizeof(block));
		if (n > 0) {
			total += n;
			idle = 0;
		} else {
			usleep(1000);
		}
	}
	return total;
}

int main(int argc, char **argv)
{
	struct sockaddr_in here = {
	        .sin_family = AF_INET, .sin_port = htons(5000), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	long total = 0;

	if (argc < 2 || bind(listener, (struct sockaddr *)&here, sizeof(here)) < 0 || listen(listener, 200) < 0)
		return 1;
	for (int i = atoi(argv[1]); i > 0; i--) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(fd, (struct sockaddr *)&here, sizeof(here)) < 0 || accept(listener, NULL, NULL) < 0)
			return 1;
		fcntl(fd, F_SETFL, O_NONBLOCK);
		total += fill(fd);
	}
	printf("%ld\n", total >> 20);
	return 0;
}
