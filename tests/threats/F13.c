/* Ids and capabilities: all of them the box's, none of the caller's, and no way to others. */
#include "tests/threats/attack.h"

#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <unistd.h>

static void check_line(const char *line)
{
	static const char *const wanted[] = {
	        "Uid:\t1000\t1000\t1000\t1000\n", "Gid:\t1000\t1000\t1000\t1000\n", "Groups:\t \n",
	        "CapInh:\t0000000000000000\n",    "CapPrm:\t0000000000000000\n",    "CapEff:\t0000000000000000\n",
	        "CapBnd:\t0000000000000000\n",    "CapAmb:\t0000000000000000\n",    "NoNewPrivs:\t1\n",
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		size_t name = strcspn(wanted[i], ":") + 1;
		if (strncmp(line, wanted[i], name) == 0 && strcmp(line, wanted[i]) != 0)
			broke("%s", line);
	}
}

static void *check_status(void *path)
{
	char line[512];
	int lines = 0;
	FILE *status = fopen(path, "r");

	while (status != NULL && fgets(line, sizeof(line), status) != NULL && ++lines > 0)
		check_line(line);
	if (lines < 30)
		broke("not tried: %s has %d lines", (const char *)path, lines);
	return NULL;
}

static void try_ids(void)
{
	static const unsigned ids[] = {0, 1, 4, 999, 65534};
	gid_t groups[] = {0, 4, 1000};
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct all[2] = {{~0U, ~0U, ~0U}, {~0U, ~0U, ~0U}};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		unsigned id = ids[i];
		REFUSED(setuid(id), EPERM, EINVAL);
		REFUSED(seteuid(id), EPERM, EINVAL);
		REFUSED(setreuid(id, id), EPERM, EINVAL);
		REFUSED(setresuid((uid_t)-1, id, (uid_t)-1), EPERM, EINVAL);
		REFUSED(setresuid((uid_t)-1, (uid_t)-1, id), EPERM, EINVAL);
		REFUSED(setgid(id), EPERM, EINVAL);
		REFUSED(setregid(id, id), EPERM, EINVAL);
		REFUSED(setresgid((gid_t)-1, (gid_t)-1, id), EPERM, EINVAL);
		setfsuid(id);
		if (setfsuid((uid_t)-1) != 1000)
			broke("setfsuid(%u)", id);
		setfsgid(id);
		if (setfsgid((gid_t)-1) != 1000)
			broke("setfsgid(%u)", id);
	}
	REFUSED(setgroups(3, groups), EPERM);
	REFUSED(setgroups(0, NULL), EPERM);
	if (getgroups(0, NULL) != 0)
		broke("%d groups", getgroups(0, NULL));
	REFUSED(syscall(SYS_capset, &header, all), EPERM);
	all[0].effective = all[0].permitted = all[1].effective = all[1].permitted = 0;
	REFUSED(syscall(SYS_capset, &header, all), EPERM); /* inheritable */
	for (unsigned long cap = 0; cap <= 40; cap++)
		REFUSED(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0), EPERM);
}

int main(void)
{
	pthread_t thread;

	check_status("/proc/self/status");
	if (pthread_create(&thread, NULL, check_status, "/proc/thread-self/status") != 0 ||
	    pthread_join(thread, NULL) != 0)
		broke("not tried: no thread");
	try_ids();
	check_status("/proc/self/status");
	return 0;
}
