/*
 * host FILE COMMAND...: runs the command, and writes to FILE how many KiB of the host's memory it and its box had at
 * most. Ends as the command does.
 *
 * Pages of processes and of files are counted in the box alone, since those of the others on the machine come and go by
 * as much as is measured here, and since none of them is without a cgroup. All else, the kernel's own, is the whole
 * host's: what is neither free nor such a page. That is from /proc/zoneinfo, since MemFree leaves out the free pages
 * that each core keeps for itself, which are more than a box has.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SAMPLES_BEFORE 15
#define PRIORITY (-15)

struct host {
	long free_kib;
	long pages_kib; /* of processes and of files, a tmpfs's too */
};

/* Calls `add` for each line of `file` that is a name and a number. */
static void each_number(FILE *file, void (*add)(void *sum, const char *name, long value), void *sum)
{
	char line[256], name[64];
	long value;

	rewind(file);
	fflush(file);
	while (fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, " %63s %ld", name, &value) == 2)
			add(sum, name, value);
}

static void add_zone(void *sum, const char *name, long value)
{
	struct host *host = sum;
	long kib = value * (sysconf(_SC_PAGESIZE) / 1024);

	if (strcmp(name, "nr_free_pages") == 0 || strcmp(name, "count:") == 0)
		host->free_kib += kib;
	else if (strcmp(name, "nr_anon_pages") == 0 || strcmp(name, "nr_file_pages") == 0)
		host->pages_kib += kib;
}

/* The first two are the names on cgroup v1, the others on v2. */
static void add_pages(void *sum, const char *name, long value)
{
	if (strcmp(name, "rss") == 0 || strcmp(name, "cache") == 0 || strcmp(name, "anon") == 0 ||
	    strcmp(name, "file") == 0)
		*(long *)sum += value >> 10;
}

/* But for differences it means nothing, since it is counted down from all that there is. */
static long kernel_kib(FILE *zones)
{
	struct host first = {0, 0}, then = {0, 0};

	/*
	 * A page that is taken or freed while we read counts once too often or too little, and which of the two depends
	 * on what is read first. So it is read in both orders, and the smaller answer is the one without such pages.
	 */
	each_number(zones, add_zone, &first);
	each_number(zones, add_zone, &then);
	return -first.free_kib - (then.pages_kib > first.pages_kib ? then.pages_kib : first.pages_kib);
}

static long box_kib(FILE *stat)
{
	long kib = 0;

	if (stat != NULL)
		each_number(stat, add_pages, &kib);
	return kib;
}

/* The one child of a process, or 0: a launcher has its init, and init at first the program. */
static int child_of(int pid)
{
	char path[64];
	int child = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	file = fopen(path, "re");
	if (file != NULL) {
		if (fscanf(file, "%d", &child) != 1)
			child = 0;
		fclose(file);
	}
	return child;
}

/* What the cgroup of a box counts, or NULL while it is being made. */
static FILE *find_stat(int launcher)
{
	int init = child_of(launcher), program = init == 0 ? 0 : child_of(init);
	char path[512], line[256], *group;
	FILE *file, *stat = NULL;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", program);
	file = program == 0 ? NULL : fopen(path, "re");
	while (file != NULL && stat == NULL && fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		group = strchr(line, '/');
		if (group == NULL || strstr(group, "/run-") == NULL)
			continue;
		if (strstr(line, ":memory:") != NULL)
			snprintf(path, sizeof(path), "/sys/fs/cgroup/memory%s/memory.stat", group);
		else if (strncmp(line, "0::", 3) == 0)
			snprintf(path, sizeof(path), "/sys/fs/cgroup%s/memory.stat", group);
		else
			continue;
		stat = fopen(path, "re");
	}
	if (file != NULL)
		fclose(file);
	return stat;
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static int compare(const void *a, const void *b)
{
	long left = *(const long *)a, right = *(const long *)b;

	return (left > right) - (left < right);
}

/* The middle one of several looks: others live on this machine too. */
static long usual_kib(FILE *zones)
{
	long kib[SAMPLES_BEFORE];

	for (int i = 0; i < SAMPLES_BEFORE; i++) {
		kib[i] = kernel_kib(zones);
		pause_ms(2);
	}
	qsort(kib, SAMPLES_BEFORE, sizeof(long), compare);
	return kib[SAMPLES_BEFORE / 2];
}

/* Until the command ends; answers its status. */
static int watch(pid_t pid, FILE *zones, long before_kib, long *ret_most_kib)
{
	FILE *stat = NULL;
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (stat == NULL)
			stat = find_stat(pid);
		long kib = kernel_kib(zones) - before_kib + box_kib(stat);
		if (kib > *ret_most_kib)
			*ret_most_kib = kib;
		pause_ms(2);
	}
	return status;
}

int main(int argc, char **argv)
{
	FILE *zones = fopen("/proc/zoneinfo", "re"), *file;
	long before_kib, most_kib = 0;
	int status;
	pid_t pid;

	if (argc < 3 || zones == NULL)
		return 2;
	before_kib = usual_kib(zones);
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	/* a machine with much to do is not to keep us from looking at the right moment */
	setpriority(PRIO_PROCESS, 0, PRIORITY);
	status = watch(pid, zones, before_kib, &most_kib);
	file = fopen(argv[1], "we");
	if (file == NULL || fprintf(file, "%ld\n", most_kib) < 0 || fclose(file) != 0) {
		perror(argv[1]);
		return 1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
