/* What a former box of the same user could have left: files of its own id, keys, a share of its quotas. */
#include "tests/threats/attack.h"

#include <ftw.h>
#include <linux/keyctl.h>

static int no_own_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	/* the folders that it is given are its own; what is in them is not there yet */
	if (st->st_uid == getuid() && strcmp(path, "/box") != 0 && strcmp(path, "/tmp") != 0 &&
	    strcmp(path, "/dev/shm") != 0 && strcmp(path, "/work") != 0 && strncmp(path, "/proc", 5) != 0 &&
	    type != FTW_SL)
		broke("%s is its own already", path);
	return 0;
}

int main(int argc, char **argv)
{
	static const int rings[] = {KEY_SPEC_SESSION_KEYRING, KEY_SPEC_USER_KEYRING, KEY_SPEC_USER_SESSION_KEYRING};
	static const char *const places[] = {"/tmp", "/dev/shm", "/box", "/etc", "/"};

	/* an ordinary user's box has one id, that of its root and its /etc too, which are read-only */
	for (size_t i = 0; i < (has_inits_id() ? 3 : sizeof(places) / sizeof(places[0])); i++)
		nftw(places[i], no_own_file, 16, FTW_PHYS | (i == 4 ? FTW_MOUNT : 0));
	for (int n = 0; n < 20; n++) {
		char path[64];
		snprintf(path, sizeof(path), "%s/sbx-i8-%d", n % 2 ? "/tmp" : "/dev/shm", n);
		MUST(close(MUST(open(path, O_CREAT | O_EXCL | O_WRONLY, 0600))));
		MUST(chmod(path, 04755));
	}
	if (argc > 1) { /* without a filter */
		for (size_t i = 0; i < sizeof(rings) / sizeof(rings[0]); i++)
			REFUSED(syscall(SYS_keyctl, KEYCTL_SEARCH, rings[i], "user", "sbx-i8", 0), ENOKEY);
		for (size_t i = 0; i < sizeof(rings) / sizeof(rings[0]); i++)
			MUST(syscall(SYS_add_key, "user", "sbx-i8", "x", 1, rings[i]));
	}
	return 0;
}
