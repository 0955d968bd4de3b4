/* What /proc tells of processes that are not this program's: nothing, not even that they are there. */
#include "tests/threats/attack.h"

#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>

static const char *const files[] = {
        "",        "/mem",    "/environ",   "/cmdline",         "/fd",     "/root",     "/cwd",  "/exe",  "/maps",
        "/status", "/stat",   "/ns/net",    "/ns/pid",          "/task",   "/io",       "/fd/0", "/fd/3", "/fdinfo",
        "/limits", "/cgroup", "/mountinfo", "/root/etc/shadow", "/cwd/..", "/map_files"};

static void must_be_hidden(const char *prefix, int pid, size_t n_files)
{
	char path[128];

	for (size_t i = 0; i < n_files; i++) {
		snprintf(path, sizeof(path), "%s%d%s", prefix, pid, files[i]);
		REFUSED(open(path, O_RDONLY), ENOENT);
	}
}

int main(void)
{
	pid_t self = getpid(), child = MUST(fork());
	struct dirent *entry;
	bool seen_child = false;
	DIR *dir;

	if (child == 0)
		for (;;)
			pause();
	dir = opendir("/proc");
	if (dir == NULL)
		broke("not tried: no /proc");
	while ((entry = readdir(dir)) != NULL) {
		pid_t pid = atoi(entry->d_name);
		seen_child = seen_child || pid == child;
		if (pid > 0 && pid != self && pid != child)
			broke("process %d is seen", (int)pid);
	}
	if (!seen_child)
		broke("not tried: /proc shows not even a child");
	for (int pid = 0; pid < 1 << 15; pid++) {
		size_t n = pid < 64 ? sizeof(files) / sizeof(files[0]) : 1;
		if (pid == self || pid == child)
			continue;
		must_be_hidden("/proc/", pid, n);
		if (pid < 64) {
			must_be_hidden("/proc/self/../", pid, n);
			must_be_hidden("/proc/self/task/", pid, n);
			must_be_hidden("/proc/thread-self/../../../", pid, n);
		}
	}
	MUST(kill(child, SIGKILL));
	return 0;
}
