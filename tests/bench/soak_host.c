/*
 * What is counted on the host between thousands, when no launcher is alive. Others may use the host at the same time:
 * each figure is the least of some looks, and what belongs to a run that somebody's lock shows to be alive is left out.
 * Called by soak.c.
 */
#include "tests/bench/soak.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <mntent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUN_DIR "/run/sbx"
#define LOOKS 10
#define LOOK_PAUSE_MS 100

/* Objects that a box is made of; not each kernel counts them all, nor apart from others of the same size. */
static const struct {
	const char *name;
	double tolerance, percent; /* other programs of the host have few of the first ones */
} caches[] = {
        {"net_namespace", 16, 0},
        {"pid_namespace", 16, 0},
        {"user_namespace", 16, 0},
        {"uts_namespace", 16, 0},
        {"nsproxy", 16, 0},
        {"mqueue_inode_cache", 16, 0},
        {"key_jar", 16, 0},
        {"mem_cgroup", 32, 0},
        {"ovl_inode", 64, 0},
        {"mnt_cache", 64, 0},
        {"cred", 64, 10},
        {"pid", 64, 10},
        {"task_struct", 64, 10},
        {"signal_cache", 64, 10},
        {"sighand_cache", 64, 10},
        {"files_cache", 64, 10},
        {"mm_struct", 64, 10},
        {"filp", 128, 10},
        {"sock_inode_cache", 64, 10},
        {"shmem_inode_cache", 128, 10},
        {"kernfs_node_cache", 512, 0},
};
static const char *const controllers[] = {"memory", "pids", "cpu", "cpuacct", "cpuset", "freezer"};
/* In KiB. */
static const struct {
	const char *name;
	double tolerance, percent;
} meminfo[] = {{"SUnreclaim", 4096, 10}, {"Percpu", 2048, 0}, {"KernelStack", 1024, 10}, {"Shmem", 8192, 0}};

#define CACHE "slab objects: "
#define CGROUPS "cgroups, dying ones too: "
#define MEMORY "memory: "
#define MEMORY_USED MEMORY "MemTotal - MemAvailable"
#define DYING "dying cgroups"
#define LEFT "cgroups of runs that are over"
#define MOUNTS "mounts"
#define FILES "open files"
#define RUN_FILES "files below " RUN_DIR
#define KEYS "keys"

/* ---- readers ---- */

/* The number that stands in column `column` (the first is 0) of the line that begins with `word`; -1 without one. */
static double line_number(const char *path, const char *word, int column)
{
	FILE *file = fopen(path, "re");
	char line[512];
	double value = -1;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		char *rest = line, *token = strsep(&rest, ": \t\n");
		if (strcmp(token, word) != 0)
			continue;
		for (int i = 0; i < column && token != NULL; i++)
			do
				token = strsep(&rest, ": \t\n");
			while (token != NULL && token[0] == '\0');
		value = token == NULL ? -1 : strtod(token, NULL);
		break;
	}
	if (file != NULL)
		fclose(file);
	return value;
}

static double first_number(const char *path)
{
	char text[64];

	return place_read(path, text, sizeof(text)) <= 0 ? -1 : strtod(text, NULL);
}

static double count_lines(const char *path)
{
	FILE *file = fopen(path, "re");
	double n = 0;
	int c;

	if (file == NULL)
		return -1;
	while ((c = fgetc(file)) != EOF)
		n += c == '\n';
	fclose(file);
	return n;
}

/* A key user's line is "UID: USERS KEYS/INSTANTIATED ..." */
static double count_keys(void)
{
	FILE *file = fopen("/proc/key-users", "re");
	unsigned long keys;
	double n = 0;

	if (file == NULL)
		return -1;
	while (fscanf(file, "%*u: %*u %lu%*[^\n]", &keys) == 1)
		n += (double)keys;
	fclose(file);
	return n;
}

static double count_files(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	double n = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char name[512];
		if (entry->d_name[0] == '.')
			continue;
		n++;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (entry->d_type == DT_DIR)
			n += count_files(name);
	}
	if (dir != NULL)
		closedir(dir);
	return n;
}

/* Shared, and only for a moment: a launcher that looks for a slot then takes another one. */
static bool is_slot_free(unsigned number)
{
	char path[64];
	int fd;
	bool free;

	snprintf(path, sizeof(path), RUN_DIR "/slots/%u", number);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return true;
	free = flock(fd, LOCK_SH | LOCK_NB) == 0;
	close(fd);
	return free;
}

static double count_leftovers(const struct rows *rows)
{
	double n = 0;

	for (unsigned i = 0; i < rows->n_slices; i++) {
		DIR *dir = opendir(rows->slices[i]);
		struct dirent *entry;
		unsigned number;
		while (dir != NULL && (entry = readdir(dir)) != NULL)
			if (sscanf(entry->d_name, "run-%u", &number) == 1 && is_slot_free(number))
				n++;
		if (dir != NULL)
			closedir(dir);
	}
	return n;
}

/* Frees the empty slabs, so that what is counted is objects, not what a processor has in reserve. */
static double slab_objects(const char *cache)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", cache);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		dprintf(fd, "1");
		close(fd);
	}
	return line_number("/proc/slabinfo", cache, 1);
}

/* ---- rows ---- */

static const char *v2_stat(void)
{
	return access("/sys/fs/cgroup/cgroup.stat", R_OK) == 0 ? "/sys/fs/cgroup/cgroup.stat"
	                                                       : "/sys/fs/cgroup/unified/cgroup.stat";
}

static double look_at(const struct rows *rows, const char *name)
{
	if (strncmp(name, CACHE, strlen(CACHE)) == 0)
		return slab_objects(name + strlen(CACHE));
	if (strncmp(name, CGROUPS, strlen(CGROUPS)) == 0)
		return line_number("/proc/cgroups", name + strlen(CGROUPS), 2);
	if (strcmp(name, MEMORY_USED) == 0)
		return line_number("/proc/meminfo", "MemTotal", 1) - line_number("/proc/meminfo", "MemAvailable", 1);
	if (strncmp(name, MEMORY, strlen(MEMORY)) == 0)
		return line_number("/proc/meminfo", name + strlen(MEMORY), 1);
	if (strcmp(name, DYING) == 0)
		return line_number(v2_stat(), "nr_dying_descendants", 1);
	if (strcmp(name, LEFT) == 0)
		return count_leftovers(rows);
	if (strcmp(name, MOUNTS) == 0)
		return count_lines("/proc/self/mountinfo");
	if (strcmp(name, FILES) == 0)
		return first_number("/proc/sys/fs/file-nr");
	if (strcmp(name, RUN_FILES) == 0)
		return count_files(RUN_DIR);
	return count_keys();
}

static void add_if_there(struct rows *rows, const char *prefix, const char *name, const char *unit, double tolerance,
                         double percent)
{
	char full[sizeof(rows->rows[0].name)];

	snprintf(full, sizeof(full), "%s%s", prefix, name);
	if (look_at(rows, full) >= 0)
		rows_add(rows, full, unit, tolerance, percent);
}

/* On v2 all controllers count the cgroups of one hierarchy, and one row is enough. */
static void add_cgroups(struct rows *rows)
{
	bool v2 = line_number("/proc/cgroups", "memory", 1) == 0;

	rows_add(rows, LEFT, "", 0, 0)->rule = MUST_BE_ZERO;
	for (size_t i = 0; i < (v2 ? 1 : sizeof(controllers) / sizeof(controllers[0])); i++)
		add_if_there(rows, CGROUPS, controllers[i], "", i == 0 ? 32 : 8, 0);
	if (v2)
		add_if_there(rows, "", DYING, "", 32, 0);
}

static bool is_known(const struct rows *rows, const char *slice)
{
	for (unsigned i = 0; i < rows->n_slices; i++)
		if (strcmp(rows->slices[i], slice) == 0)
			return true;
	return false;
}

/* Each line of the file but the first is "CONTROLLER SLICE"; on v2 all have the same slice. */
static void find_slices(struct rows *rows)
{
	FILE *file = fopen(RUN_DIR "/host", "re");
	char line[400];

	while (file != NULL && rows->n_slices < sizeof(rows->slices) / sizeof(rows->slices[0]) &&
	       fgets(line, sizeof(line), file) != NULL) {
		const char *at = strchr(line, '/');
		line[strcspn(line, "\n")] = '\0';
		if (at != NULL && !is_known(rows, at))
			snprintf(rows->slices[rows->n_slices++], sizeof(rows->slices[0]), "%s", at);
	}
	if (file != NULL)
		fclose(file);
}

void host_init(struct rows *rows)
{
	find_slices(rows);
	add_cgroups(rows);
	add_if_there(rows, "", MOUNTS, "", 4, 0);
	add_if_there(rows, "", FILES, "", 128, 10);
	add_if_there(rows, "", RUN_FILES, "", rows->width, 0);
	add_if_there(rows, "", KEYS, "", 8, 0);
	for (size_t i = 0; i < sizeof(caches) / sizeof(caches[0]); i++)
		add_if_there(rows, CACHE, caches[i].name, "", caches[i].tolerance, caches[i].percent);
	for (size_t i = 0; i < sizeof(meminfo) / sizeof(meminfo[0]); i++)
		add_if_there(rows, MEMORY, meminfo[i].name, "KiB", meminfo[i].tolerance, meminfo[i].percent);
	add_if_there(rows, "", MEMORY_USED, "KiB", 64 << 10, 5);
}

void host_drop_cache(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);

	/* dirty pages cannot be dropped */
	sync();
	if (fd >= 0) {
		dprintf(fd, "1");
		close(fd);
	}
}

void host_look(const struct rows *rows, struct sample *ret)
{
	for (int look = 0; look < LOOKS; look++) {
		if (look > 0)
			pause_ms(LOOK_PAUSE_MS);
		for (unsigned i = OWN_ROW_MAX; i < rows->n; i++) {
			double value = look_at(rows, rows->rows[i].name);
			if (look == 0 || value < ret->values[i])
				ret->values[i] = value;
		}
	}
}
