/*
 * Says "confined" and then uses more memory than the limit; or says what of its confinement is missing. What it cannot
 * find out, since a call of its own was made to fail, it does not count.
 */
#include "tests/threats/attack.h"

#include <sys/resource.h>
#include <sys/syscall.h>

static char memory[100 << 20];

static void status_has(const char *key, const char *wanted)
{
	static char text[4096];
	int fd = open("/proc/self/status", O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	char *at;

	close(fd);
	if (n < 0)
		return;
	text[n] = '\0';
	at = strstr(text, key);
	if (at == NULL || strncmp(at + strlen(key), wanted, strlen(wanted)) != 0)
		broke("of %s it has %.20s", key, at == NULL ? "nothing" : at + strlen(key));
}

int main(void)
{
	struct rlimit limit;

	if (getuid() != 1000 || geteuid() != 1000 || getgid() != 1000)
		broke("it is user %d", (int)getuid());
	if (getpid() != 2 || getsid(0) != 2)
		broke("it is process %d", (int)getpid());
	status_has("NoNewPrivs:\t", "1");
	status_has("Seccomp:\t", "2");
	status_has("CapEff:\t", "0000000000000000");
	status_has("CapPrm:\t", "0000000000000000");
	status_has("CapBnd:\t", "0000000000000000");
	status_has("SigBlk:\t", "0000000000000000");
	status_has("Groups:\t", " \n");
	if (access("/etc/shadow", F_OK) == 0 || access("/root", F_OK) == 0 || access("/sys/kernel", F_OK) == 0)
		broke("it sees the host");
	if (mkdir("/new", 0777) == 0 || mkdir("/box/new", 0777) == 0 || mkdir("/usr/new", 0777) == 0)
		broke("it can write");
	for (int fd = 3; fd < 300; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			broke("descriptor %d is open", fd);
	if (getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max != 0)
		broke("it can dump core");
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max != 256)
		broke("it may open %llu files", (unsigned long long)limit.rlim_max);
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_max != 64 << 20)
		broke("it may write %llu bytes", (unsigned long long)limit.rlim_max);
	if (write(1, "confined\n", 9) < 0)
		return 1;
	for (size_t i = 0; i < sizeof(memory); i += 4096)
		((volatile char *)memory)[i] = 1;
	broke("a hundred mebibytes under 64 MiB");
}
