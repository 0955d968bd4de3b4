/*
 * B12 NAME...: the environment is these variables and no others; and a text of the caller's environment and arguments
 * is nowhere in what this program can read of itself and of init. It is kept here from back to front.
 */
#include "tests/threats/attack.h"

static const char yranac[] = "yranac-fo-egduj";
#define LEN (sizeof(yranac) - 1)

extern char **environ;

static void must_not_be_in(const char *where, const char *mem, size_t size)
{
	for (size_t i = 0; i + LEN <= size; i++) {
		size_t k = 0;
		while (k < LEN && mem[i + k] == yranac[LEN - 1 - k])
			k++;
		if (k == LEN)
			broke("found in %s", where);
	}
}

static void own_memory(void)
{
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "r");

	if (maps == NULL)
		broke("not tried: no maps");
	while (fgets(line, sizeof(line), maps) != NULL) {
		unsigned long from, to;
		char right;
		if (sscanf(line, "%lx-%lx %c", &from, &to, &right) == 3 && right == 'r' && strstr(line, "[v") == NULL)
			must_not_be_in(line, (const char *)from, to - from);
	}
	fclose(maps);
}

static void file(const char *path)
{
	static char text[1 << 16];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text));

	must_not_be_in(path, text, n < 0 ? 0 : (size_t)n);
	memset(text, 0, sizeof(text));
	close(fd);
}

int main(int argc, char **argv)
{
	static const char *const files[] = {"environ", "cmdline", "auxv",      "comm",   "stat",   "status",
	                                    "maps",    "mounts",  "mountinfo", "cgroup", "limits", "net/unix"};
	char path[64];

	for (char **var = environ; *var != NULL; var++) {
		int i = 1;
		while (i < argc && (strncmp(*var, argv[i], strlen(argv[i])) != 0 || (*var)[strlen(argv[i])] != '='))
			i++;
		if (i >= argc)
			broke("%s is in the environment", *var);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "/proc/self/%s", files[i]);
		file(path);
		snprintf(path, sizeof(path), "/proc/1/%s", files[i]);
		REFUSED(open(path, O_RDONLY), ENOENT);
		snprintf(path, sizeof(path), "/proc/%d/%s", (int)getppid(), files[i]);
		REFUSED(open(path, O_RDONLY), ENOENT);
	}
	own_memory();
	return 0;
}
