/* Files of the host, by absolute paths and by ways up and out. */
#include "tests/threats/attack.h"

int main(void)
{
	static const char *const paths[] = {"/etc/shadow",
	                                    "/etc/sudoers",
	                                    "/etc/machine-id",
	                                    "/root",
	                                    "/home",
	                                    "/var/log",
	                                    "/run/sbx",
	                                    "/sys",
	                                    "/boot",
	                                    "/etc/ssh",
	                                    "/var/lib",
	                                    "/opt",
	                                    "/mnt",
	                                    "/proc/1/root/etc/shadow",
	                                    "/proc/self/root/etc/shadow",
	                                    "/proc/self/cwd/../etc/shadow"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		char way[512];
		REFUSED(open(paths[i], O_RDONLY), ENOENT, EACCES);
		snprintf(way, sizeof(way), "../../../../../../../..%s", paths[i]);
		REFUSED(open(way, O_RDONLY), ENOENT, EACCES);
		snprintf(way, sizeof(way), "/tmp/../..//.%s", paths[i]);
		REFUSED(open(way, O_RDONLY), ENOENT, EACCES);
	}
	return 0;
}
