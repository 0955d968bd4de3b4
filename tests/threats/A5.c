/* Started in a working directory that was asked for: it is in the box, or nothing runs at all. */
#include "tests/threats/attack.h"

int main(void)
{
	char cwd[4096];

	if (getcwd(cwd, sizeof(cwd)) == NULL || cwd[0] != '/')
		broke("the working directory has no path");
	must_be_inside(cwd, AT_FDCWD);
	REFUSED(open("../../../../../../../../etc/shadow", O_RDONLY), ENOENT);
	REFUSED(open("secret", O_RDONLY), ENOENT);
	REFUSED(open("public", O_RDONLY), ENOENT);
	return 0;
}
