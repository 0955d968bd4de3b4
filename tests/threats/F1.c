/*
 * F1 INIT DIR: programs with set-user-ID, set-group-ID or file capabilities: the files of DIR that are executed here,
 * by their names, INIT's among them, which is init's id in the box; and one of its own in /tmp. F1.bash makes them.
 */
#include "tests/threats/attack.h"

#include <dirent.h>
#include <sys/auxv.h>
#include <sys/wait.h>

/* Nothing was gained. */
static void check(const char *as)
{
	char line[256];
	uid_t r, e, s;
	FILE *status = fopen("/proc/self/status", "r");

	getresuid(&r, &e, &s);
	if (r != 1000 || e != 1000 || s != 1000)
		broke("%s: uids %d %d %d", as, (int)r, (int)e, (int)s);
	getresgid(&r, &e, &s);
	if (r != 1000 || e != 1000 || s != 1000)
		broke("%s: gids %d %d %d", as, (int)r, (int)e, (int)s);
	if (getauxval(AT_SECURE) != 0)
		broke("%s: the kernel took it for a privileged program", as);
	while (status != NULL && fgets(line, sizeof(line), status) != NULL)
		if (strncmp(line, "Cap", 3) == 0 &&
		    strspn(strchr(line, ':') + 1, "\t0\n") != strlen(strchr(line, ':') + 1))
			broke("%s: %s", as, line);
}

static int execute(const char *path)
{
	int status;
	pid_t pid = MUST(fork());

	if (pid == 0) {
		execl(path, path, "gained", NULL);
		_exit(errno == EACCES || errno == EPERM ? 0 : 9);
	}
	MUST(waitpid(pid, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void copy_self(const char *path)
{
	static char buf[1 << 16];
	int from = MUST(open("/proc/self/exe", O_RDONLY)), to = MUST(open(path, O_WRONLY | O_CREAT, 0755));
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0)
		MUST(write(to, buf, (size_t)n));
	close(to);
}

int main(int argc, char **argv)
{
	struct dirent *entry;
	bool of_init = false;
	int tried = 0;
	uid_t init;
	DIR *dir;

	check(argv[0]);
	if (argc > 1 && strcmp(argv[1], "gained") == 0)
		return 0;
	if (argc < 3)
		broke("not tried: no arguments");
	init = (uid_t)atoi(argv[1]);
	dir = opendir(argv[2]);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char path[512];
		struct stat st;
		snprintf(path, sizeof(path), "%s/%s", argv[2], entry->d_name);
		if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || strncmp(entry->d_name, "priv-", 5) != 0)
			continue;
		of_init |= st.st_uid == init;
		if (execute(path) != 0)
			broke("%s gained something", path);
		tried++;
	}
	if (tried < 3 || !of_init)
		broke("not tried: %d files, of init's: %d", tried, of_init);
	copy_self("/tmp/own");
	MUST(chmod("/tmp/own", 06755));
	if (execute("/tmp/own") != 0)
		broke("its own gained something");
	REFUSED(chown("/tmp/own", 0, 0), EPERM, EINVAL);
	REFUSED(chown("/tmp/own", 999, 999), EPERM, EINVAL);
	/* CAP_SETUID and all others, permitted and effective */
	static const uint32_t caps[] = {0x02000001, 0xffffffff, 0, 0x1ff, 0};
	REFUSED(syscall(SYS_setxattr, "/tmp/own", "security.capability", caps, sizeof(caps), 0), EPERM, EOPNOTSUPP);
	return 0;
}
