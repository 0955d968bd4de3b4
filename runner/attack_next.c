/* Attacks on other boxes, which come after this one, and over the network. They run inside a box. */
#include "runner/attack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define IPC_KEY 0x736278 /* that two boxes agree upon */

/* What is found is removed, since then it lies in the host's own namespace. */
void attack_leave_ipc(const struct attack_place *at)
{
	int flags = at->way == 0 ? IPC_CREAT | IPC_EXCL | 0600 : 0;
	int shm, msg;

	if (at->way == 0) {
		NEED(shmget(IPC_KEY, 4096, flags));
		NEED(msgget(IPC_KEY, flags));
		return;
	}
	shm = shmget(IPC_KEY, 4096, flags);
	if (shm >= 0)
		shmctl(shm, IPC_RMID, NULL);
	msg = msgget(IPC_KEY, flags);
	if (msg >= 0)
		msgctl(msg, IPC_RMID, NULL);
	REFUSED(shm, ENOENT);
	REFUSED(msg, ENOENT);
}

void attack_leave_daemon(const struct attack_place *at)
{
	if (at->way == 0) {
		if (NEED(fork()) == 0) {
			setsid();
			for (;;)
				pause();
		}
		return;
	}
	attack_alone();
}

void attack_leave_files(const struct attack_place *at)
{
	static const char *const paths[] = {"/tmp/left", "/dev/shm/left"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (at->way == 0)
			NEED(open(paths[i], O_WRONLY | O_CREAT | O_EXCL, 0666));
		else
			attack_absent(paths[i]);
	REFUSED(open("/box/left", O_WRONLY | O_CREAT, 0666), EACCES, EROFS);
}

/* Whether there is a way: a socket of datagrams is told its other end, and sends nothing. */
static void look_for_way(const char *address)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(80)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, address, &to.sin_addr);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		attack_through("there is a way to %s", address);
}

/* Addresses that are kept for documentation: nobody has them. */
void attack_outside(const struct attack_place *at)
{
	(void)at;
	look_for_way("192.0.2.1");
	look_for_way("198.51.100.1");
}

void attack_metadata(const struct attack_place *at)
{
	(void)at;
	look_for_way("169.254.169.254");
}

void attack_localhost(const struct attack_place *at)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	                         .sin_port = htons((uint16_t)at->port),
	                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (at->port == 0)
		attack_not_tried("nobody listens");
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		attack_through("a service of this host answers at port %u", at->port);
}

static void try_name(const char *name, size_t len)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(to.sun_path, name, len);
	if (fd < 0) /* a profile may allow no sockets at all */
		return;
	if (connect(fd, (struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == 0)
		attack_through("somebody answers at %s%s", name[0] == '\0' ? "@" : "", name + (name[0] == '\0'));
	close(fd);
}

void attack_unix_socket(const struct attack_place *at)
{
	static const char *const paths[] = {"/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket",
	                                    "/run/systemd/private", "/dev/log"};
	char name[32] = ""; /* an abstract one starts with a NUL */

	if (at->port == 0)
		attack_not_tried("nobody listens");
	try_name(name, 1 + (size_t)snprintf(name + 1, sizeof(name) - 1, "sbx-check-%u", at->port));
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		try_name(paths[i], strlen(paths[i]) + 1);
}

/* Two that no kernel loads a module for. */
void attack_families(const struct attack_place *at)
{
	(void)at;
	REFUSED(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), EAFNOSUPPORT, EPERM, ENOSYS);
	REFUSED(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), EPROTONOSUPPORT, EAFNOSUPPORT, EPERM, ENOSYS);
}
