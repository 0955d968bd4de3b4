/*
 * Executing what it wrote to a folder that is mounted noexec, or, with `may`, to one that is not. DIR: the folder. WAY:
 * `noexec`, `may`, or `nested`, in which it first tries to take the flag off.
 */
#include "tests/threats/attack.h"

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>

static void copy_self(const char *path)
{
	static char buf[1 << 16];
	int from = MUST(open("/proc/self/exe", O_RDONLY)), to = MUST(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755));
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0)
		MUST(write(to, buf, (size_t)n));
	MUST(fchmod(to, 0755));
	close(from);
	close(to);
}

/* How `path` ends with `argv`, -1 where it cannot be executed. */
static int execute(const char *path, char *const *argv)
{
	int status;
	pid_t pid = MUST(fork());

	if (pid == 0) {
		execv(path, argv);
		_exit(errno == EACCES ? 77 : 78);
	}
	MUST(waitpid(pid, &status, 0));
	return WIFEXITED(status) && WEXITSTATUS(status) == 77 ? -1 : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : "", *way = argc > 2 ? argv[2] : "";
	char path[512], script[512], link[512], again[64];
	int fd;

	if (strcmp(way, "ran") == 0)
		return 33;
	snprintf(path, sizeof(path), "%s/program", dir);
	snprintf(script, sizeof(script), "%s/script", dir);
	copy_self(path);
	fd = MUST(open(script, O_WRONLY | O_CREAT | O_TRUNC, 0755));
	MUST(dprintf(fd, "#!/bin/sh\nexit 33\n"));
	close(fd);
	char *const ran[] = {path, "x", "ran", NULL};
	if (strcmp(way, "may") == 0) {
		if (execute(path, ran) != 33 || execute(script, ran) != 33)
			broke("not tried: it cannot be executed even where it may");
		return 0;
	}
	if (strcmp(way, "nested") == 0) {
		if (!nest())
			return 0;
		REFUSED(mount("none", dir, NULL, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV, NULL), EPERM, EINVAL);
		MUST(mkdir("/tmp/copy", 0777));
		if (mount(dir, "/tmp/copy", NULL, MS_BIND, NULL) == 0) {
			REFUSED(mount("none", "/tmp/copy", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV, NULL),
			        EPERM, EINVAL);
			if (execute("/tmp/copy/program", ran) != -1)
				broke("it was executed through another mount");
		}
	}
	if (execute(path, ran) != -1 || execute(script, ran) != -1)
		broke("it was executed");
	snprintf(link, sizeof(link), "/tmp/link%d", getpid());
	MUST(symlink(path, link));
	if (execute(link, ran) != -1)
		broke("it was executed by a link");
	fd = MUST(open(path, O_RDONLY));
	snprintf(again, sizeof(again), "/proc/self/fd/%d", fd);
	if (execute(again, ran) != -1)
		broke("it was executed by a descriptor");
	REFUSED(execveat(fd, "", ran, ran + 3, AT_EMPTY_PATH), EACCES);
	REFUSED(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -1 : 0, EPERM);
	REFUSED(mprotect(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0), 4096, PROT_READ | PROT_EXEC), EACCES);
	/* the loader maps what it is told to */
	if (access("/lib64/ld-linux-x86-64.so.2", X_OK) == 0) {
		char *const by_loader[] = {"/lib64/ld-linux-x86-64.so.2", path, "x", "ran", NULL};
		if (execute(by_loader[0], by_loader) == 33)
			broke("it was executed by the loader");
	}
	return 0;
}
