/* Leaving the root: upwards, by descriptors, by the links of /proc, and by chroot where a namespace gives the right. */
// run:
// run: --box-mode rw --bind /usr/lib:/deep/er
// run: -- chroot => verdict=SV denied_syscall=chroot
// run: --seccomp none
// run: --seccomp none -- nested
#include "tests/threats/attack.h"

#include <sys/mount.h>

static struct stat root;

static void is_root(const char *what)
{
	struct stat st;

	must_be_inside(what, AT_FDCWD);
	MUST(stat(".", &st));
	if (st.st_dev != root.st_dev || st.st_ino != root.st_ino)
		broke("%s: the top is another", what);
}

static void go_up(const char *what)
{
	for (int i = 0; i < 1024; i++)
		MUST(chdir(".."));
	is_root(what);
}

static void try_folders(void)
{
	static const char *const folders[] = {"/",
	                                      "/box",
	                                      "/tmp",
	                                      "/usr",
	                                      "/proc",
	                                      "/proc/self",
	                                      "/proc/self/fd",
	                                      "/dev/shm",
	                                      "/etc/alternatives",
	                                      "/usr/lib",
	                                      "/proc/self/cwd",
	                                      "/proc/self/root"};
	char cwd[4096];

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		int fd;
		if (chdir(folders[i]) != 0)
			continue;
		if (getcwd(cwd, sizeof(cwd)) == NULL || cwd[0] != '/')
			broke("%s is outside", folders[i]);
		go_up(folders[i]);
		fd = MUST(open(folders[i], O_PATH | O_DIRECTORY));
		must_be_inside(folders[i], fd);
		MUST(fchdir(fd));
		go_up(folders[i]);
		close(fd);
	}
	REFUSED(chdir("/proc/1/root"), EACCES, ENOENT);
	REFUSED(chdir("/proc/1/cwd"), EACCES, ENOENT);
	REFUSED(open("/proc/1/root/", O_PATH), EACCES, ENOENT);
	REFUSED(open("/proc/1/ns/mnt", O_RDONLY), EACCES, ENOENT);
	REFUSED(open("/proc/self/task/../../1/root/etc", O_PATH), EACCES, ENOENT);
}

/* A folder that is moved while it is the working directory, and one that is removed. */
static void try_moved(void)
{
	MUST(mkdir("/tmp/a", 0755));
	MUST(mkdir("/tmp/a/b", 0755));
	MUST(mkdir("/tmp/c", 0755));
	MUST(chdir("/tmp/a/b"));
	MUST(rename("/tmp/a/b", "/tmp/c/b"));
	go_up("a moved folder");
	MUST(chdir("/tmp/c/b"));
	MUST(rmdir("/tmp/c/b"));
	must_be_inside("a removed folder", AT_FDCWD);
	MUST(chdir("/"));
}

/* The classic: a descriptor outside of the new root. It leaves that, and no more. */
static void try_chroot(void)
{
	int fd = MUST(open("/", O_PATH | O_DIRECTORY));

	MUST(mkdir("/tmp/jail", 0755));
	MUST(chroot("/tmp/jail"));
	MUST(fchdir(fd));
	go_up("chroot and fchdir");
	MUST(chroot("."));
	is_root("chroot back");
	/* the old root is not below the new one, nor can what lies on it be taken off */
	REFUSED(umount2("/", MNT_DETACH), EINVAL, EPERM);
	REFUSED(umount2("/proc", MNT_DETACH), EINVAL, EPERM);
	REFUSED(umount2("/box", MNT_DETACH), EINVAL, EPERM);
	REFUSED(umount2("/usr", MNT_DETACH), EINVAL, EPERM);
	REFUSED(syscall(SYS_pivot_root, ".", "."), EINVAL, EPERM, EBUSY);
	/* with a new root of its own: the old one is the box's, and no more comes off */
	MUST(mkdir("/tmp/new", 0755));
	MUST(mkdir("/tmp/new/old", 0755));
	MUST(mount("/tmp/new", "/tmp/new", NULL, MS_BIND, NULL));
	if (syscall(SYS_pivot_root, "/tmp/new", "/tmp/new/old") == 0) {
		MUST(chdir("/old"));
		must_be_inside("the old root", AT_FDCWD);
		REFUSED(umount2("/old/usr", MNT_DETACH), EINVAL, EPERM);
		REFUSED(umount2("/old/proc", MNT_DETACH), EINVAL, EPERM);
	}
}

int main(int argc, char **argv)
{
	MUST(stat("/", &root));
	if (argc > 1 && strcmp(argv[1], "nested") == 0) {
		if (nest())
			try_chroot();
		return 0;
	}
	if (argc > 1)
		broke("chroot gave %d", chroot("/tmp"));
	try_folders();
	try_moved();
	return 0;
}
