/*
 * Ways out.
 *   unreachable ADDR PORT...   says ENETUNREACH to TCP and UDP
 *   out                        everything else there is to try: a name server, broadcast, multicast, a device of one's
 *                              own choice, raw packets, setting up a network
 */
#include "tests/threats/attack.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static void must_be_unreachable(const char *text, int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int tcp = MUST(socket(AF_INET, SOCK_STREAM, 0)), udp = MUST(socket(AF_INET, SOCK_DGRAM, 0)), on = 1;

	if (inet_pton(AF_INET, text, &to.sin_addr) != 1)
		broke("not tried: %s", text);
	setsockopt(udp, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	REFUSED(connect(tcp, (struct sockaddr *)&to, sizeof(to)), ENETUNREACH);
	REFUSED(sendto(udp, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)), ENETUNREACH);
	REFUSED(connect(udp, (struct sockaddr *)&to, sizeof(to)), ENETUNREACH);
	close(tcp);
	close(udp);
}

/* Each either cannot be made here, or is refused. */
static void make_a_network(void)
{
	struct {
		struct nlmsghdr head;
		union {
			struct ifinfomsg link;
			struct ifaddrmsg addr;
			struct rtmsg route;
		};
	} asks[] = {
	        {{sizeof(asks[0]), RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK, 1, 0},
	         {.link = {.ifi_index = 1, .ifi_flags = IFF_UP, .ifi_change = IFF_UP}}},
	        {{sizeof(asks[0]), RTM_NEWADDR, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE, 2, 0},
	         {.addr = {.ifa_family = AF_INET, .ifa_index = 1, .ifa_prefixlen = 8}}},
	        {{sizeof(asks[0]), RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE, 3, 0},
	         {.route = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_type = RTN_UNICAST}}},
	};
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	for (size_t i = 0; fd >= 0 && i < sizeof(asks) / sizeof(asks[0]); i++) {
		struct {
			struct nlmsghdr head;
			struct nlmsgerr err;
			char rest[512];
		} answer;
		MUST(send(fd, &asks[i], sizeof(asks[i]), 0));
		MUST(recv(fd, &answer, sizeof(answer), 0));
		if (answer.head.nlmsg_type != NLMSG_ERROR || answer.err.error != -EPERM)
			broke("request %zu of netlink was answered with %d", i, answer.err.error);
	}
	close(fd);
}

static void out(void)
{
	struct sockaddr_ll link = {.sll_family = AF_PACKET, .sll_ifindex = 1};
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	char line[512];
	int udp = MUST(socket(AF_INET, SOCK_DGRAM, 0)), fd;
	FILE *file = fopen("/proc/self/net/dev", "r");

	must_be_unreachable("8.8.8.8", 53);
	must_be_unreachable("255.255.255.255", 9);
	must_be_unreachable("224.0.0.1", 9);
	must_be_unreachable("10.0.0.1", 22);
	setsockopt(udp, SOL_SOCKET, SO_BINDTODEVICE, "eth0", 5);
	REFUSED(setsockopt(udp, SOL_SOCKET, SO_BINDTODEVICE, "eth0", 5), ENODEV, EPERM);
	REFUSED(ioctl(udp, SIOCSIFFLAGS, &request), EPERM, ENOTTY);
	REFUSED(ioctl(udp, SIOCSIFADDR, &request), EPERM, ENOTTY);
	REFUSED(socket(AF_INET, SOCK_RAW, IPPROTO_RAW), EPERM, EPROTONOSUPPORT);
	REFUSED(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), EPERM, EPROTONOSUPPORT);
	/* "ping" sockets are for groups that the namespace names: none */
	REFUSED(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP), EPERM, EACCES, EPROTONOSUPPORT);
	fd = socket(AF_PACKET, SOCK_RAW, htons(3));
	if (fd >= 0 && sendto(fd, line, 64, 0, (struct sockaddr *)&link, sizeof(link)) >= 0)
		broke("a packet socket");
	REFUSED(fd, EPERM, EAFNOSUPPORT);
	REFUSED(open("/dev/net/tun", O_RDWR), ENOENT);
	make_a_network();
	if (file == NULL)
		broke("not tried: no /proc/self/net/dev");
	while (fgets(line, sizeof(line), file) != NULL)
		if (strchr(line, ':') != NULL && strstr(line, " lo:") == NULL)
			broke("there is a device: %s", line);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "out") == 0)
		out();
	for (int i = 2; i + 1 < argc; i += 2)
		must_be_unreachable(argv[i], atoi(argv[i + 1]));
	return 0;
}
