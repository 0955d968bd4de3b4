/* C40 HOW: crashes, in a thousand children; or writes to the system's log by every way. */
#include "tests/threats/attack.h"

#include <sys/klog.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <syslog.h>

static void crash(int i)
{
	switch (i % 4) {
	case 0:
		*(volatile int *)8 = 1;
		break;
	case 1:
		__builtin_trap();
		break;
	case 2:
		i = 1 / (volatile int){0};
		break;
	default:
		((void (*)(void))(uintptr_t)0x1000)();
	}
	_exit(i);
}

int main(int argc, char **argv)
{
	struct sockaddr_un log = {.sun_family = AF_UNIX};
	static const char *const places[] = {"/dev/log", "/run/systemd/journal/dev-log", "/run/systemd/journal/socket",
	                                     "/run/systemd/journal/stdout", "/var/run/syslog"};
	struct rlimit core;

	MUST(getrlimit(RLIMIT_CORE, &core));
	if (core.rlim_max != 0)
		broke("core dumps");
	if (argc > 1 && strcmp(argv[1], "crash") == 0) {
		for (int i = 0; i < 1000; i++) {
			pid_t pid = MUST(fork());
			if (pid == 0)
				crash(i);
			waitpid(pid, NULL, 0);
		}
		return 0;
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		strcpy(log.sun_path, places[i]);
		REFUSED(connect(MUST(socket(AF_UNIX, SOCK_DGRAM, 0)), (void *)&log, sizeof(log)), ENOENT);
		REFUSED(connect(MUST(socket(AF_UNIX, SOCK_STREAM, 0)), (void *)&log, sizeof(log)), ENOENT);
	}
	REFUSED(open("/dev/kmsg", O_WRONLY), ENOENT);
	REFUSED(open("/proc/kmsg", O_RDONLY), ENOENT);
	REFUSED(open("/dev/console", O_WRONLY), ENOENT);
	REFUSED(open("/dev/tty0", O_WRONLY), ENOENT);
	for (int type = 0; type <= 10; type++)
		REFUSED(klogctl(type, places[0] == NULL ? NULL : (char[16]){0}, 16), EPERM, EINVAL);
	for (int i = 0; i < 10000; i++)
		syslog(LOG_EMERG, "sbx-threat-C40");
	return 0;
}
