/*
 * Mounts in a user namespace of its own. With the filter neither can be had. Without one they can, but they take no
 * limit away, bare nothing that the box's mounts hide, and do not end.
 */
// run: -- userns => verdict=SV denied_syscall=unshare
// run: -- mount => verdict=SV denied_syscall=mount
// run: -- fsopen => verdict=SV
// run: --seccomp none -- mount
// run: --seccomp none --mem 16M --time 60s --wall 120s -- inside => exit_code!=1 memory_peak_bytes<=16777216
#include "tests/threats/attack.h"

#include <sched.h>
#include <sys/mount.h>

static void put(const char *path, const char *text)
{
	int fd = MUST(open(path, O_WRONLY));

	MUST(write(fd, text, strlen(text)));
	close(fd);
}

static void inside(void)
{
	char id[32];

	snprintf(id, sizeof(id), "0 %d 1", (int)getuid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return; /* the host forbids it: the better */
	/* /proc is read-only in the box */
	if (access("/proc/self/uid_map", W_OK) == 0)
		put("/proc/self/uid_map", id);
	mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	REFUSED(umount2("/proc", MNT_DETACH));
	REFUSED(umount2("/box", MNT_DETACH));
	REFUSED(umount2("/usr", 0));
	REFUSED(mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, NULL));
	REFUSED(mount(NULL, "/box", NULL, MS_REMOUNT | MS_BIND, NULL));
	REFUSED(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
	REFUSED(open("/usr/new", O_CREAT | O_WRONLY, 0600));
	/* some on each place: looking one up takes as long as there are mounts on it */
	for (int i = 0; i < 150000; i++) {
		char place[32];
		snprintf(place, sizeof(place), "/tmp/%d", i % 3000);
		mkdir(place, 0755);
		if (mount("/dev/shm", place, NULL, MS_BIND, NULL) < 0)
			return;
	}
	broke("150000 mounts");
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	if (strcmp(how, "userns") == 0)
		REFUSED(unshare(CLONE_NEWUSER | CLONE_NEWNS), EPERM);
	else if (strcmp(how, "mount") == 0)
		REFUSED(mount("/box", "/tmp", NULL, MS_BIND | MS_REC, NULL), EPERM);
	else if (strcmp(how, "fsopen") == 0)
		REFUSED(syscall(SYS_open_tree, AT_FDCWD, "/box", 1), EPERM);
	else
		inside();
	return 0;
}
