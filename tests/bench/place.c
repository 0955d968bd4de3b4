/* The temporary folder of a benchmark and the files in it. Used by bench.c and by what prepares the contenders. */
#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <mntent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int place_init(struct place *place, const char *build, const char **ret_what)
{
	const char *tmp = getenv("TMPDIR");
	char targets[4200];

	*ret_what = "find the build folder";
	if (realpath(build, place->build) == NULL || getcwd(place->source, sizeof(place->source)) == NULL)
		return -errno;
	snprintf(place->sbx, sizeof(place->sbx), "%s/sbx", place->build);
	snprintf(targets, sizeof(targets), "%s/bench", place->build);
	*ret_what = "run build/sbx, which make builds";
	if (access(place->sbx, X_OK) < 0)
		return -errno;
	*ret_what = "enter the folder of the targets, build/bench";
	if (chdir(targets) < 0)
		return -errno;
	*ret_what = "make a temporary folder";
	snprintf(place->dir, sizeof(place->dir), "%s/sbx-bench-XXXXXX", tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	if (mkdtemp(place->dir) == NULL) {
		place->dir[0] = '\0';
		return -errno;
	}
	/* crun's root lies in it, and the ids of its box are not ours */
	chmod(place->dir, 0755);
	snprintf(place->cgroup, sizeof(place->cgroup), "sbx-bench-%d", (int)getpid());
	snprintf(place->filter, sizeof(place->filter), "%s/filter", place->dir);
	snprintf(place->bundle, sizeof(place->bundle), "%s/bundle", place->dir);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* crun removes its own; this is for one that was interrupted. */
static void remove_cgroups(const char *name)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *m;

	while (mounts != NULL && (m = getmntent(mounts)) != NULL) {
		char path[4200];
		if (strncmp(m->mnt_type, "cgroup", 6) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", m->mnt_dir, name);
		rmdir(path);
	}
	if (mounts != NULL)
		endmntent(mounts);
}

void place_remove(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

void place_finish(struct place *place)
{
	if (place->cgroup[0] != '\0')
		remove_cgroups(place->cgroup);
	if (place->dir[0] != '\0')
		place_remove(place->dir);
}

const char *place_path(const struct place *place, const char *name)
{
	static char paths[4][300];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", place->dir, name);
	return path;
}

int place_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0)
		return -errno;
	while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	close(fd);
	buf[len] = '\0';
	return n < 0 ? -EIO : (int)len;
}

/* Those without a supervisor behind the filter can only refuse what sbx is asked about. */
static void answer_alone(struct sock_filter *insn)
{
	if (BPF_CLASS(insn->code) == BPF_RET && BPF_SRC(insn->code) == BPF_K &&
	    (insn->k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_USER_NOTIF)
		insn->k = SECCOMP_RET_ERRNO | 1;
}

static int copy_filter(FILE *plan, FILE *filter)
{
	char line[512];
	int n = 0;

	while (fgets(line, sizeof(line), plan) != NULL) {
		unsigned code, jt, jf, k;
		struct sock_filter insn;
		if (sscanf(line, "bpf %x %x %x %x", &code, &jt, &jf, &k) != 4)
			continue;
		insn = (struct sock_filter){(unsigned short)code, (unsigned char)jt, (unsigned char)jf, k};
		answer_alone(&insn);
		if (fwrite(&insn, sizeof(insn), 1, filter) != 1)
			return -EIO;
		n++;
	}
	return n == 0 ? -ENOENT : 0;
}

int place_make_filter(struct place *place)
{
	const char *const argv[] = {place->sbx, "run", "--dry-run", "--", "./nop", NULL};
	const char *plan_path = place_path(place, "plan");
	struct launch what = {.argv = argv, .err_fd = -1};
	struct outcome outcome;
	FILE *plan = fopen(plan_path, "w+e"), *filter = fopen(place->filter, "we");
	int rc = -EIO;

	if (plan != NULL && filter != NULL) {
		what.out_fd = fileno(plan);
		rc = launch(&what, false, &outcome);
		if (rc == 0 && outcome.status != 0)
			rc = -ENOTSUP;
		rewind(plan);
		if (rc == 0)
			rc = copy_filter(plan, filter);
	}
	if (plan != NULL)
		fclose(plan);
	if (filter != NULL && fclose(filter) != 0 && rc == 0)
		rc = -EIO;
	return rc;
}
