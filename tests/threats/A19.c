/*
 * Mounts that are made here reach nobody; and none of the host's comes here. After `nested` it makes some, in its own
 * namespaces and over what came from the host; then, as without, it waits for a mount below /shared, for SECONDS.
 */
#include "tests/threats/attack.h"

#include <sys/mount.h>
#include <time.h>

static void check_private(void)
{
	char line[4096];
	FILE *file = fopen("/proc/self/mountinfo", "r");
	int seen = 0;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL && ++seen > 0)
		if (strstr(line, " shared:") != NULL || strstr(line, " master:") != NULL)
			broke("%s", line);
	if (seen < 12)
		broke("not tried: %d mounts", seen);
	fclose(file);
}

int main(int argc, char **argv)
{
	static const char *const places[] = {"/tmp", "/box", "/usr", "/shared", "/proc", "/etc/alternatives"};
	bool nested = argc > 1 && strcmp(argv[1], "nested") == 0;
	time_t end = time(NULL) + (argc > 2 ? atoi(argv[2]) : 0);

	check_private();
	if (nested && nest()) {
		mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL);
		for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
			MUST(mount("threat", places[i], "tmpfs", 0, NULL));
	}
	printf("ready\n");
	fflush(stdout);
	while (time(NULL) < end) {
		if (access("/shared/sub/marker", F_OK) == 0)
			broke("a later mount of the host is here");
		usleep(10000);
	}
	if (!nested) /* whose /proc is covered */
		check_private();
	return 0;
}
