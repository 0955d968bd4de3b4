/* What the attacks have in common inside a box: how they say that they were refused, and where they may run at all. */
#include "runner/attack.h"

#include "policy/plan.h"
#include "sandbox/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static void say(const char *fmt, va_list args)
{
	char line[200];
	int n = vsnprintf(line, sizeof(line), fmt, args);

	(void)!write(STDERR_FILENO, line, n < (int)sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

void attack_through(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
	_exit(1);
}

void attack_not_tried(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
	_exit(ATTACK_EXIT_NOT_TRIED);
}

void attack_refused(const char *call, long rc, const int *errnos)
{
	int got = errno;

	if (rc != -1)
		attack_through("%s gave %ld", call, rc);
	for (; *errnos != 0; errnos++)
		if (got == *errnos)
			return;
	attack_through("%s failed with %s only", call, strerrorname_np(got));
}

long attack_need(const char *call, long rc)
{
	if (rc == -1)
		attack_not_tried("%s failed with %s", call, strerrorname_np(errno));
	return rc;
}

void attack_absent(const char *path)
{
	if (open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC) >= 0)
		attack_through("%s is there", path);
}

void attack_alone(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	if (dir == NULL)
		attack_not_tried("there is no /proc");
	while ((entry = readdir(dir)) != NULL) {
		long pid = strtol(entry->d_name, NULL, 10);
		if (pid > 0 && pid != getpid())
			attack_through("process %ld is here", pid);
	}
	closedir(dir);
}

/* Not one capability is left in any of its sets, the bounding set among them. */
static bool has_no_capability(void)
{
	char text[4096];
	int seen = 0;

	if (fd_read_at(AT_FDCWD, "/proc/self/status", text, sizeof(text)) < 0)
		return false;
	for (const char *line = strstr(text, "\nCap"); line != NULL; line = strstr(line + 1, "\nCap"), seen++)
		if (strtoull(line + strcspn(line, "\t"), NULL, 16) != 0)
			return false;
	return seen >= 5;
}

bool attack_is_in_box(void)
{
	return getpid() == 2 && getppid() == 1 && getuid() == POLICY_UID && geteuid() == POLICY_UID &&
	       prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
	       has_no_capability();
}
