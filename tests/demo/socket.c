/* Calls a server on the Internet. */
#include <arpa/inet.h>
#include <stdio.h>

int main(void)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(80)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, "192.0.2.1", &addr.sin_addr);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		perror("connect");
		return 1;
	}
	return 0;
}
