/* What was mounted at the folder that is named is the caller's, or the run has not come to this; see A10.bash. */
#include "tests/threats/attack.h"

int main(int argc, char **argv)
{
	char path[512];
	struct stat st;

	for (int i = 1; i < argc; i++) {
		snprintf(path, sizeof(path), "%s/secret", argv[i]);
		if (stat(path, &st) == 0)
			broke("%s is there", path);
		snprintf(path, sizeof(path), "%s/marker", argv[i]);
		if (stat(path, &st) != 0)
			broke("%s is not there", path);
	}
	return 0;
}
