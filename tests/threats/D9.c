/*
 * What one run could leave for the next.
 *   leave   in every place that can be written to, and in memory that has a name
 *   look    none of it is there
 */
#include "tests/threats/attack.h"

#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>

#define KEY 0x7ea7

static const char *const folders[] = {"/tmp",     "/dev/shm",   "/box",      "/dev",           "/",
                                      "/etc",     "/var/tmp",   "/run",      "/proc/self/cwd", "/proc/self/root",
                                      "/usr/tmp", "/usr/local", "/run/lock", "/home",          "/dev/mqueue"};

static int unix_socket(bool listens)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = "\0left-behind"};
	socklen_t len = sizeof(sa_family_t) + 12;
	int fd = MUST(socket(AF_UNIX, SOCK_STREAM, 0));

	if (!listens)
		return connect(fd, (struct sockaddr *)&addr, len);
	return bind(fd, (struct sockaddr *)&addr, len) < 0 ? -1 : listen(fd, 1);
}

int main(int argc, char **argv)
{
	bool leave = argc > 1 && strcmp(argv[1], "leave") == 0;
	int left = 0;

	umask(0);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char path[64];
		snprintf(path, sizeof(path), "%s/.left-behind", folders[i]);
		if (!leave) {
			struct stat st;
			REFUSED(lstat(path, &st), ENOENT, ENOTDIR);
			continue;
		}
		int fd = open(path, O_WRONLY | O_CREAT, 0777);
		left += fd >= 0 && write(fd, "x", 1) == 1;
		snprintf(path, sizeof(path), "%s/.left-behind.d", folders[i]);
		left += mkdir(path, 0777) == 0;
	}
	if (!leave) {
		REFUSED(shmget(KEY, 4096, 0), ENOENT);
		REFUSED(msgget(KEY, 0), ENOENT);
		REFUSED(semget(KEY, 1, 0), ENOENT);
		REFUSED(mq_open("/left-behind", O_RDONLY), ENOENT, ENOSYS);
		REFUSED(shm_open("/left-behind", O_RDONLY, 0), ENOENT);
		REFUSED(unix_socket(false), ECONNREFUSED);
		return 0;
	}
	left += shmget(KEY, 4096, IPC_CREAT | 0777) >= 0;
	left += msgget(KEY, IPC_CREAT | 0777) >= 0;
	left += semget(KEY, 1, IPC_CREAT | 0777) >= 0;
	left += mq_open("/left-behind", O_RDONLY | O_CREAT, 0777, NULL) >= 0;
	left += shm_open("/left-behind", O_RDWR | O_CREAT, 0777) >= 0;
	left += unix_socket(true) == 0;
	if (MUST(fork()) == 0)
		sleep(1000);
	if (left < 8)
		broke("not tried: only %d things could be left", left);
	return 0;
}
