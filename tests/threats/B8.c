/*
 * B8 EXE FILE: outside of a box, as root, as long as FILE is there: takes the ids of each process of EXE that has
 * others than root's, init's and, before exec, the program's, and tries to get hold of it, and through it of its user
 * namespace, in which it has all capabilities while it builds the box. Root's launcher is tried as nobody.
 */
#include "tests/threats/attack.h"

#include <dirent.h>
#include <grp.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

static const char *exe;

static bool is_exe(pid_t pid)
{
	char path[64], link[512];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	n = readlink(path, link, sizeof(link) - 1);
	return n > 0 && (link[n] = '\0', strcmp(link, exe) == 0);
}

/* Of /proc/PID/status, the effective one; -1 where the process is gone. */
static long id_of(pid_t pid, const char *which)
{
	char path[64], line[256];
	long id = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "r");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, which, strlen(which)) == 0)
			sscanf(line + strlen(which), "%*d %ld", &id);
	if (file != NULL)
		fclose(file);
	return id;
}

/* Returns what worked, or NULL. */
static const char *attack(pid_t pid)
{
	char c, path[64];
	struct iovec here = {&c, 1}, there = {(void *)0x400000, 1};
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), fd;

	if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0)
		return "PTRACE_SEIZE";
	if (process_vm_readv(pid, &here, 1, &there, 1, 0) == 1)
		return "process_vm_readv";
	if (process_vm_writev(pid, &here, 1, &there, 1, 0) == 1)
		return "process_vm_writev";
	if (pidfd >= 0 && syscall(SYS_pidfd_getfd, pidfd, 0, 0) >= 0)
		return "pidfd_getfd";
	if (pidfd >= 0 && setns(pidfd, CLONE_NEWUSER) == 0)
		return "setns of the pidfd";
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, O_RDWR);
	if (fd >= 0 && pread(fd, &c, 1, 0x400000) == 1)
		return "mem";
	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	fd = open(path, O_RDONLY);
	if (fd >= 0 && setns(fd, CLONE_NEWUSER) == 0)
		return "setns";
	snprintf(path, sizeof(path), "/proc/%d/root/.", (int)pid);
	if (open(path, O_PATH) >= 0)
		return "root";
	snprintf(path, sizeof(path), "/proc/%d/fd/0", (int)pid);
	if (open(path, O_RDONLY | O_NONBLOCK) >= 0)
		return "fd";
	return NULL;
}

/* Returns whether it was tried. */
static bool try_one(pid_t pid)
{
	long uid = id_of(pid, "Uid:"), gid = id_of(pid, "Gid:");
	const char *got;
	siginfo_t info;
	pid_t child;

	if (uid < 0 || gid < 0)
		return false;
	child = MUST(fork());
	if (child > 0) {
		/* what it got hold of may be the program, executed meanwhile, which is nobody's secret */
		MUST(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT));
		if ((info.si_code != CLD_EXITED || info.si_status != 0) && is_exe(pid))
			broke("it is one of %s, uid %ld", exe, uid);
		MUST(waitpid(child, NULL, 0));
		return uid != 0;
	}
	MUST(setgroups(0, NULL));
	MUST(setresgid(gid == 0 ? 65534 : (gid_t)gid, gid == 0 ? 65534 : (gid_t)gid, gid == 0 ? 65534 : (gid_t)gid));
	MUST(setresuid(uid == 0 ? 65534 : (uid_t)uid, uid == 0 ? 65534 : (uid_t)uid, uid == 0 ? 65534 : (uid_t)uid));
	got = attack(pid);
	if (got != NULL) {
		printf("%s of %d worked\n", got, (int)pid);
		fflush(stdout);
		_exit(2);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	long tried = 0;

	if (argc < 3)
		return 2;
	exe = argv[1];
	while (access(argv[2], F_OK) == 0) {
		DIR *dir = opendir("/proc");
		struct dirent *entry;
		while ((entry = readdir(dir)) != NULL) {
			pid_t pid = atoi(entry->d_name);
			if (pid > 0 && is_exe(pid))
				for (int i = 0; i < 5 && is_exe(pid); i++)
					tried += try_one(pid);
		}
		closedir(dir);
	}
	if (tried == 0)
		broke("not tried: no process of %s has other ids than root's", exe);
	return 0;
}
