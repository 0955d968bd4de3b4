/*
 * C25 HOW: `inodes`: empty files in /tmp until refused, named and unnamed; `names`: names that do not exist, looked up;
 * `links`: as many names of one file. Prints how many there were.
 */
#include "tests/threats/attack.h"

#include <sys/mman.h>

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "", *dir = argc > 2 ? argv[2] : "/tmp";
	char path[300];
	long n;

	MUST(chdir(dir));
	MUST(close(MUST(open("file", O_CREAT | O_RDWR, 0600))));
	for (n = 0; n < 100000; n++) {
		int rc;
		/* long names are no part of the dentry, but allocated apart */
		snprintf(path, sizeof(path), "%0200ld", n);
		if (strcmp(how, "names") == 0)
			rc = open(path, O_RDONLY) < 0 && errno == ENOENT ? 0 : -1;
		else if (strcmp(how, "links") == 0)
			rc = link("file", path);
		else if (strcmp(how, "dirs") == 0)
			rc = mkdir(path, 0700);
		else if (strcmp(how, "symlinks") == 0)
			rc = symlink("file", path);
		else
			rc = mknod(path, S_IFREG, 0);
		if (rc < 0 && strcmp(how, "inodes") == 0 && errno == EPERM) /* the profile knows no mknod */
			rc = close(open(path, O_CREAT | O_RDWR, 0600));
		if (rc < 0)
			break;
	}
	printf("%ld\n", n);
	return 0;
}
