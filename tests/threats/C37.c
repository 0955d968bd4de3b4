/* C37 HOW DIR: a tree of 10^5 levels in DIR; folders of mode 0; files that are open, but have no name. */
#include "tests/threats/attack.h"

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	int levels = argc > 3 ? atoi(argv[3]) : 0;
	static char block[1 << 16];

	MUST(chdir(argc > 2 ? argv[2] : "/tmp"));
	if (strcmp(how, "deep") == 0) {
		for (int i = 0; i < levels; i++) {
			if (mkdir("d", 0700) < 0)
				broke("not tried: level %d: %s", i, strerrorname_np(errno));
			MUST(chdir("d"));
		}
	} else if (strcmp(how, "closed") == 0) {
		MUST(mkdir("all", 0700));
		MUST(chdir("all"));
		for (int i = 0; i < 1000; i++) {
			char name[32];
			snprintf(name, sizeof(name), "closed%d", i);
			MUST(mkdir(name, 0700));
			MUST(chdir(name));
			MUST(close(MUST(creat("file", 0))));
			MUST(mkdir("inner", 0));
			MUST(chdir(".."));
			MUST(chmod(name, 0));
		}
		MUST(chmod(".", 0));
	} else {
		for (int i = 0; i < 200; i++) {
			int fd = MUST(open("open", O_CREAT | O_EXCL | O_RDWR, 0600));
			MUST(write(fd, block, sizeof(block)));
			MUST(unlink("open"));
		}
	}
	return 0;
}
