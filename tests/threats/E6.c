/*
 * Socket families and protocols that would reach past the box or load a module: none of them gets as far as the kernel.
 *   E6 UNIX INET     which of them the profile has: 1 or 0
 */
// run: -- 1 1
// run: --net loopback -- 1 1
// run: --seccomp interpreted -- 1 1
// run: --seccomp jvm -- 1 1
// run: --seccomp compile -- 1 0
// run: --seccomp contest -- 0 0
// run: --seccomp none -- privileged
#include "tests/threats/attack.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET, SOCK_DCCP, SOCK_PACKET};
#define N_TYPES (sizeof(types) / sizeof(types[0]))

static void families(bool has_unix, bool has_inet)
{
	int pair[2];

	for (int family = 0; family < 300; family++) {
		bool inet = has_inet && (family == AF_INET || family == AF_INET6);
		if (has_unix && family == AF_UNIX)
			continue;
		for (size_t i = 0; i < N_TYPES; i++) {
			for (int protocol = 0; protocol < (inet ? 300 : 3); protocol++) {
				if (inet && ((types[i] == SOCK_STREAM && (protocol == 0 || protocol == IPPROTO_TCP)) ||
				             (types[i] == SOCK_DGRAM && (protocol == 0 || protocol == IPPROTO_UDP))))
					continue;
				REFUSED(socket(family, types[i], protocol), inet ? EPROTONOSUPPORT : EAFNOSUPPORT);
				REFUSED(socket(family, types[i] | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol),
				        inet ? EPROTONOSUPPORT : EAFNOSUPPORT);
			}
			REFUSED(socketpair(family, types[i], 0, pair), EAFNOSUPPORT);
		}
	}
}

/* The kernel takes 32 bits of each argument: what stands above them does not make another family of it. */
static void upper_bits(bool has_unix)
{
	for (int family = 0; family < 64; family++) {
		if (family == AF_INET || family == AF_INET6 || (has_unix && family == AF_UNIX))
			continue;
		REFUSED(syscall(SYS_socket, family | 1L << 32, (long)SOCK_STREAM, 0L), EAFNOSUPPORT);
		REFUSED(syscall(SYS_socket, family | 1L << 63, (long)SOCK_RAW, 0L), EAFNOSUPPORT);
	}
	REFUSED(syscall(SYS_socket, (long)AF_INET | 1L << 32, SOCK_STREAM | 1L << 32, 262L | 1L << 33), EPROTONOSUPPORT,
	        EAFNOSUPPORT);
	REFUSED(syscall(SYS_socket, (long)AF_INET, SOCK_RAW | 1L << 32, 0L), EPROTONOSUPPORT, EAFNOSUPPORT);
}

/* Options by which a socket asks for a module. */
static void options(void)
{
	int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));

	REFUSED(setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", 4), ENOPROTOOPT);
	REFUSED(setsockopt(fd, IPPROTO_TCP, TCP_ULP, "smc", 4), ENOPROTOOPT);
	REFUSED(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "vegas", 6), ENOPROTOOPT);
	REFUSED(setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG, "", 1), ENOPROTOOPT);
	/* iptables, ebtables and their kin */
	for (int option = 64; option < 140; option++) {
		REFUSED(setsockopt(fd, IPPROTO_IP, option, "", 1), ENOPROTOOPT);
		REFUSED(setsockopt(fd, IPPROTO_IPV6, option, "", 1), ENOPROTOOPT);
	}
	for (int level = 256; level < 300; level++)
		REFUSED(setsockopt(fd, level, 1, "", 1), ENOPROTOOPT);
}

/* Without a filter: what asks for a capability. (What does not would load modules.) */
static void privileged(void)
{
	REFUSED(socket(AF_PACKET, SOCK_RAW, 0), EPERM, EAFNOSUPPORT);
	REFUSED(socket(AF_PACKET, SOCK_DGRAM, 0), EPERM, EAFNOSUPPORT);
	REFUSED(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), EPERM);
	REFUSED(socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6), EPERM);
	REFUSED(socket(AF_INET, SOCK_PACKET, 0), EPERM, EAFNOSUPPORT, ESOCKTNOSUPPORT, EINVAL);
}

int main(int argc, char **argv)
{
	if (argc == 2) {
		privileged();
		return 0;
	}
	if (argc < 3)
		return 2;
	families(argv[1][0] == '1', argv[2][0] == '1');
	upper_bits(argv[1][0] == '1');
	if (argv[2][0] == '1')
		options();
	return 0;
}
