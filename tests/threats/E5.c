/* E5 PATH...: sockets of the host's services, by path, by abstract name and by what an environment would name. */
#include "tests/threats/attack.h"

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static void must_not_be_there(const char *path)
{
	static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct sockaddr_un addr = {.sun_family = AF_UNIX};
		socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
		int fd = socket(AF_UNIX, types[i], 0);
		if (fd < 0) {
			REFUSED(fd, EAFNOSUPPORT); /* profiles without sockets */
			return;
		}
		snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
		if (path[0] == '@')
			addr.sun_path[0] = '\0';
		REFUSED(connect(fd, (struct sockaddr *)&addr, len + (path[0] != '@')),
		        path[0] == '@' ? ECONNREFUSED : ENOENT);
		REFUSED(sendto(fd, "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&addr, len + (path[0] != '@')),
		        ECONNREFUSED, ENOENT, EOPNOTSUPP, ENOTCONN, EPIPE, EINVAL);
		close(fd);
	}
}

int main(int argc, char **argv)
{
	static const char *const paths[] = {"/run/docker.sock",
	                                    "/var/run/docker.sock",
	                                    "/run/containerd/containerd.sock",
	                                    "/run/podman/podman.sock",
	                                    "/run/dbus/system_bus_socket",
	                                    "/var/run/dbus/system_bus_socket",
	                                    "/run/systemd/private",
	                                    "/run/systemd/notify",
	                                    "/run/systemd/journal/socket",
	                                    "/run/systemd/journal/dev-log",
	                                    "/run/user/0/bus",
	                                    "/dev/log",
	                                    "/var/run/nscd/socket",
	                                    "/run/postgresql/.s.PGSQL.5432",
	                                    "/run/mysqld/mysqld.sock",
	                                    "/tmp/.X11-unix/X0",
	                                    "@/tmp/.X11-unix/X0",
	                                    "@/org/freedesktop/systemd1/notify",
	                                    "@/containerd-shim",
	                                    "@sbx-e"};
	static const char *const vars[] = {"NOTIFY_SOCKET", "DBUS_SESSION_BUS_ADDRESS", "SSH_AUTH_SOCK", "DOCKER_HOST",
	                                   "DISPLAY"};
	char line[512];
	FILE *file = fopen("/proc/self/net/unix", "r");

	for (size_t i = 0; i < sizeof(vars) / sizeof(vars[0]); i++)
		if (getenv(vars[i]) != NULL)
			broke("%s is in the environment", vars[i]);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		must_not_be_there(paths[i]);
	for (int i = 1; i < argc; i++)
		must_not_be_there(argv[i]);
	/* the list has but its head */
	for (int n = 0; file != NULL && fgets(line, sizeof(line), file) != NULL; n++)
		if (n > 0)
			broke("a socket is seen: %s", line);
	return 0;
}
