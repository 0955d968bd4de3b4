/*
 * What /proc tells: no table of the kernel's, and in what can be read no word of the host's. WORD...: such words, spelt
 * backwards, since arguments can be read too. First `nested` with a /proc of its own, if it gets one.
 */
#include "tests/threats/attack.h"

#include <dirent.h>
#include <sys/mount.h>

#define WORDS_MAX 8

static char words[WORDS_MAX][256];
static int n_words, n_files;
static char text[1 << 20];

static void look_into(const char *path)
{
	size_t len = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return;
	while (len < sizeof(text) && (n = read(fd, text + len, sizeof(text) - len)) > 0)
		len += (size_t)n;
	close(fd);
	n_files += len > 0;
	for (int i = 0; i < n_words; i++)
		if (memmem(text, len, words[i], strlen(words[i])) != NULL)
			broke("%s tells %s", path, words[i]);
}

static void walk(const char *dir, int depth)
{
	struct dirent *entry;
	DIR *d = opendir(dir);

	while (d != NULL && (entry = readdir(d)) != NULL) {
		char path[1024], link[4096];
		struct stat st;
		ssize_t n;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (entry->d_name[0] == '.' || strcmp(entry->d_name, "mem") == 0 ||
		    strcmp(entry->d_name, "pagemap") == 0 || lstat(path, &st) != 0)
			continue;
		n = S_ISLNK(st.st_mode) ? readlink(path, link, sizeof(link)) : 0;
		for (int i = 0; n > 0 && i < n_words; i++)
			if (memmem(link, (size_t)n, words[i], strlen(words[i])) != NULL)
				broke("%s leads to %s", path, words[i]);
		if (S_ISREG(st.st_mode))
			look_into(path);
		else if (S_ISDIR(st.st_mode) && depth < 6)
			walk(path, depth + 1);
	}
	if (d != NULL)
		closedir(d);
}

static const char *const masked[] = {"kcore",
                                     "keys",
                                     "key-users",
                                     "kallsyms",
                                     "timer_list",
                                     "timer_stats",
                                     "sched_debug",
                                     "kmsg",
                                     "cmdline",
                                     "config.gz",
                                     "modules",
                                     "mounts/x",
                                     "meminfo",
                                     "slabinfo",
                                     "vmallocinfo",
                                     "iomem",
                                     "ioports",
                                     "interrupts",
                                     "version",
                                     "cpuinfo",
                                     "partitions",
                                     "diskstats",
                                     "swaps",
                                     "locks",
                                     "latency_stats",
                                     "sysvipc/shm",
                                     "sys/kernel/random/boot_id",
                                     "sys/kernel/hostname",
                                     "uptime",
                                     "loadavg",
                                     "stat",
                                     "devices",
                                     "filesystems",
                                     "crypto",
                                     "mtrr",
                                     "pagetypeinfo",
                                     "zoneinfo",
                                     "buddyinfo",
                                     "kpageflags",
                                     "1/environ",
                                     "1/cmdline",
                                     "1/maps",
                                     "1/mountinfo",
                                     "1/stat",
                                     "1/cgroup",
                                     "1/status",
                                     "1/stack"};

int main(int argc, char **argv)
{
	bool nested = argc > 1 && strcmp(argv[1], "nested") == 0;

	for (int i = 2; i < argc && n_words < WORDS_MAX; i++) {
		size_t len = strlen(argv[i]);
		for (size_t j = 0; j < len && j < 255; j++)
			words[n_words][j] = argv[i][len - 1 - j];
		n_words++;
	}
	if (nested) {
		if (!nest())
			return 0;
		REFUSED(mount("none", "/proc", "proc", 0, NULL), EPERM);
		REFUSED(mount("none", "/tmp", "proc", 0, "subset=pid"), EPERM);
		REFUSED(mount("none", "/tmp", "proc", 0, "hidepid=0"), EPERM);
		REFUSED(mount("none", "/proc", NULL, MS_REMOUNT, "hidepid=0"), EPERM, EINVAL);
		REFUSED(mount("none", "/tmp", "sysfs", 0, NULL), EPERM);
	}
	for (size_t i = 0; i < sizeof(masked) / sizeof(masked[0]); i++) {
		char path[256];
		snprintf(path, sizeof(path), "/proc/%s", masked[i]);
		REFUSED(open(path, O_RDONLY), ENOENT, EACCES, ENOTDIR);
	}
	walk("/proc", 0);
	walk("/dev", 5);
	walk("/etc", 5);
	if (n_files < 30)
		broke("not tried: %d files", n_files);
	return 0;
}
