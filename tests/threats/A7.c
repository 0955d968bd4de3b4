/*
 * WHAT DIR TARGET [SECONDS]: prepares a folder of the host that this box may write, for what the launcher does there
 * next.
 *   plant   links to TARGET, of all kinds, under the names that a launcher might write to
 *   flip    exchanges a file, a folder, and links to TARGET, all the time
 */
#include "tests/threats/attack.h"

#include <time.h>

static void in(char *path, const char *dir, const char *name)
{
	snprintf(path, 512, "%s/%s", dir, name);
}

static void plant(const char *dir, const char *target)
{
	static const char *const names[] = {"out", "err", "report", "page", "transcript", "in", ".sbx-report-1"};
	char path[512], folder[512];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		in(path, dir, names[i]);
		MUST(symlink(target, path));
	}
	in(path, dir, "dir");
	snprintf(folder, sizeof(folder), "%s", target);
	*strrchr(folder, '/') = '\0';
	MUST(symlink(folder, path));
	in(path, dir, "new");
	strcat(folder, "/new");
	MUST(symlink(folder, path));
	in(path, dir, "fd");
	MUST(symlink("/proc/self/fd/1", path));
	in(path, dir, "self");
	MUST(symlink("self", path));
	/* a hard link to what is not its own cannot be made, from whichever folder */
	in(path, dir, "hard");
	REFUSED(link("/usr/bin/env", path), EXDEV, EPERM, EACCES);
	REFUSED(linkat(AT_FDCWD, "/proc/self/fd/0", AT_FDCWD, path, AT_SYMLINK_FOLLOW), EXDEV, EPERM, EACCES, ENOENT);
}

static void flip(const char *dir, const char *target, int seconds)
{
	char file[512], link[512], own[512], folder[512];
	time_t end = time(NULL) + seconds;
	unsigned long n = 0;

	in(file, dir, "out");
	in(link, dir, "link");
	in(own, dir, "sub");
	in(folder, dir, "sublink");
	close(MUST(open(file, O_WRONLY | O_CREAT, 0666)));
	chmod(file, 0666);
	MUST(mkdir(own, 0777));
	MUST(chmod(own, 0777));
	MUST(symlink(target, link));
	*strrchr((char *)(uintptr_t)target, '/') = '\0';
	MUST(symlink(target, folder));
	in(link, dir, "ready");
	close(MUST(open(link, O_WRONLY | O_CREAT, 0666)));
	in(link, dir, "link");
	while (time(NULL) < end) {
		MUST(renameat2(AT_FDCWD, file, AT_FDCWD, link, RENAME_EXCHANGE));
		MUST(renameat2(AT_FDCWD, own, AT_FDCWD, folder, RENAME_EXCHANGE));
		/* odd, so that it rests with each of the two in turn */
		if (n++ % 63 == 0)
			usleep(200);
	}
}

int main(int argc, char **argv)
{
	if (argc < 4)
		broke("not tried: no arguments");
	if (strcmp(argv[1], "plant") == 0)
		plant(argv[2], argv[3]);
	else
		flip(argv[2], argv[3], atoi(argv[4]));
	return 0;
}
