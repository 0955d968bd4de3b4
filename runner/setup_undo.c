/*
 * Takes away what `sbx setup` and the runs made: groups, run directories, the unit. Called by cmd_setup.c, and by
 * `sbx check --measure`, whose runs make a slice where there is none.
 *
 * First everything is looked through for processes, then everything is removed, so that a refusal leaves all of it.
 */
#include "runner/setup.h"

#include "sandbox/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>

#define DEPTH_MAX 16 /* what a user may have nested in a delegated group or a run directory */
#define PIDS_NAMED_MAX 8

/* The groups to remove with all below them, outermost only. */
struct groups {
	size_t n;
	char path[2 * CG_MAX][300];
};

static void groups_add(struct groups *groups, const char *slice, const char *below)
{
	char *path = groups->path[groups->n];

	snprintf(path, sizeof(groups->path[0]), "%s%s", slice, below);
	for (size_t i = 0; i < groups->n; i++)
		if (strcmp(groups->path[i], path) == 0)
			return;
	if (slice[0] != '\0' && access(path, F_OK) == 0)
		groups->n++;
}

/* By what is kept, and by what a run of host_setup() would make: the one may be lost, the other have changed. */
static void find_slices(struct groups *groups)
{
	struct host_layout layout;
	struct sbx_err ignored;

	groups->n = 0;
	if (host_layout_load(0, &layout) == 0)
		for (int c = 0; c < CG_MAX; c++)
			groups_add(groups, layout.path[c], "");
	if (cg_find(&layout, &ignored) == 0)
		for (int c = 0; c < CG_MAX; c++)
			groups_add(groups, layout.path[c], "/" HOST_SLICE);
}

/* The pids in a group but our own, "123, 456", cut. Returns whether there is one. */
static bool list_pids(const char *group, char *text, size_t size)
{
	char path[PATH_MAX];
	size_t len = 0;
	FILE *procs;
	int pid, n = 0;

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	procs = fopen(path, "re");
	text[0] = '\0';
	while (procs != NULL && len < size && fscanf(procs, "%d", &pid) == 1) {
		if (pid == (int)getpid()) /* called from a shell that is to be moved out */
			continue;
		if (n == PIDS_NAMED_MAX)
			len += (size_t)snprintf(text + len, size - len, " and more");
		if (n++ >= PIDS_NAMED_MAX)
			break;
		len += (size_t)snprintf(text + len, size - len, "%s%d", n > 1 ? ", " : "", pid);
	}
	if (procs != NULL)
		fclose(procs);
	return n > 0;
}

/* Calls fn for each group directly below `path`, but for the keeper's. There are no links in a cgroup hierarchy. */
static int each_group(const char *path, unsigned depth, int (*fn)(const char *, unsigned, struct sbx_err *),
                      struct sbx_err *err)
{
	DIR *dir = opendir(path);
	int rc = 0;

	if (dir == NULL)
		return errno == ENOENT
		               ? 0
		               : sbx_fail(err, SBX_STAGE_HOST, errno, "cannot read %.200s: %s", path, strerror(errno));
	for (struct dirent *entry = readdir(dir); entry != NULL && rc == 0; entry = readdir(dir)) {
		char below[PATH_MAX];
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
		    (depth == 0 && strcmp(entry->d_name, KEEPER_GROUP) == 0))
			continue;
		if (depth >= DEPTH_MAX ||
		    (size_t)snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) >= sizeof(below))
			rc = sbx_fail(err, SBX_STAGE_HOST, ELOOP, "cgroups are nested too deep below %.200s", path);
		else
			rc = fn(below, depth + 1, err);
	}
	closedir(dir);
	return rc;
}

static int refuse_busy(const char *path, unsigned depth, struct sbx_err *err)
{
	char pids[128];

	/* the slice itself holds nobody; under systemd it may, for a moment, hold the unit's own */
	if (depth > 0 && list_pids(path, pids, sizeof(pids)))
		return sbx_fail(err, SBX_STAGE_HOST, EBUSY,
		                "nothing was undone: %.150s holds process %s: end it, or move it to another cgroup",
		                path, pids);
	return each_group(path, depth, refuse_busy, err);
}

static int remove_group(const char *path, unsigned depth, struct sbx_err *err)
{
	TRY(each_group(path, depth, remove_group, err));
	if (rmdir(path) < 0 && errno != ENOENT)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot remove %.200s: %s", path, strerror(errno));
	return 0;
}

/* A launcher holds its slot before anything of its box is in a group. */
static int refuse_slots(int run_fd, const char *run_dir, struct sbx_err *err)
{
	int fd = openat(run_fd, "slots", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	int rc = 0;

	if (dir == NULL) {
		fd_close(&fd);
		return 0;
	}
	for (struct dirent *entry = readdir(dir); entry != NULL && rc == 0; entry = readdir(dir)) {
		/* in a user's folder may stand anything: a FIFO must not hold root up */
		FD_CLEANUP int slot =
		        openat(dirfd(dir), entry->d_name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW);
		if (slot >= 0 && flock(slot, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
			rc = sbx_fail(err, SBX_STAGE_HOST, EBUSY,
			              "nothing was undone: a box is running, it holds slot %.20s of %s", entry->d_name,
			              run_dir);
	}
	closedir(dir);
	return rc;
}

/* `name` below `dir_fd` and all in it, never through a link: part of it may be a user's. */
static int remove_tree(int dir_fd, const char *name, unsigned depth)
{
	int fd, rc = 0;
	DIR *dir;

	if (unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	dir = fd < 0 || depth >= DEPTH_MAX ? NULL : fdopendir(fd);
	if (dir == NULL) {
		rc = depth >= DEPTH_MAX ? -ELOOP : -errno;
		fd_close(&fd);
		return rc;
	}
	for (struct dirent *entry = readdir(dir); entry != NULL && rc == 0; entry = readdir(dir))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rc = remove_tree(dirfd(dir), entry->d_name, depth + 1);
	closedir(dir);
	if (rc == 0 && unlinkat(dir_fd, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		rc = -errno;
	return rc;
}

static int remove_run_dir(const char *run_dir, FILE *notes, struct sbx_err *err)
{
	int rc;

	if (access(run_dir, F_OK) < 0)
		return 0;
	rc = remove_tree(AT_FDCWD, run_dir, 0);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_HOST, -rc, "cannot remove %s: %s", run_dir, strerror(-rc));
	setup_note(notes, "removed %s", run_dir);
	return 0;
}

static int remove_groups(const struct groups *groups, FILE *notes, struct sbx_err *err)
{
	for (size_t i = 0; i < groups->n; i++) {
		if (access(groups->path[i], F_OK) < 0)
			continue; /* went with the unit */
		TRY(remove_group(groups->path[i], 0, err));
		setup_note(notes, "removed %s", groups->path[i]);
	}
	return 0;
}

static int refuse(const struct groups *groups, const char *run_dir, struct sbx_err *err)
{
	FD_CLEANUP int run_fd = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	for (size_t i = 0; i < groups->n; i++)
		TRY(refuse_busy(groups->path[i], 0, err));
	return run_fd < 0 ? 0 : refuse_slots(run_fd, run_dir, err);
}

int setup_undo(FILE *notes, struct sbx_err *err)
{
	struct groups groups;

	find_slices(&groups);
	if (groups.n == 0 && access(HOST_RUN_DIR, F_OK) < 0)
		setup_note(notes, "nothing is there");
	TRY(refuse(&groups, HOST_RUN_DIR, err));
	for (size_t i = 0; i < groups.n; i++)
		TRY(each_group(groups.path[i], 0, remove_group, err));
	TRY(setup_unit_stop(notes, err));
	TRY(remove_groups(&groups, notes, err));
	return remove_run_dir(HOST_RUN_DIR, notes, err);
}

int setup_undo_user(uid_t uid, FILE *notes, struct sbx_err *err)
{
	struct host_layout layout;
	struct groups groups = {0};
	char name[32], run_dir[64];

	snprintf(name, sizeof(name), "/user-%u", (unsigned)uid);
	snprintf(run_dir, sizeof(run_dir), HOST_RUN_DIR "/%u", (unsigned)uid);
	if (host_layout_load(0, &layout) == 0)
		groups_add(&groups, layout.path[CG_MEMORY], name);
	if (groups.n == 0 && access(run_dir, F_OK) < 0)
		setup_note(notes, "nothing is there for user %u", (unsigned)uid);
	TRY(refuse(&groups, run_dir, err));
	TRY(remove_groups(&groups, notes, err));
	return remove_run_dir(run_dir, notes, err);
}
