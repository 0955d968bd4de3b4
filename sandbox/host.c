/*
 * Opens what this host gives a box: run directory, slice, outside ids. Called once per launcher, before
 * anything of a run exists.
 */
#include "sandbox/host.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/*
 * Outside every range that systemd, useradd and subuid hand out: its table of uids ends at 0x6FFFFFFF and
 * resumes at 0x7FFFFFFE (systemd.io/UIDS-GIDS).
 */
#define UID_BASE 0x70000000U
#define UIDS_NEEDED (2U * HOST_SLOTS)

/* To an ordinary user, who can do nothing about it alone. */
static int not_delegated(const char *what, int errnum, struct sbx_err *err)
{
	char controllers[256];

	if (fd_read_at(AT_FDCWD, "/sys/fs/cgroup/cgroup.controllers", controllers, sizeof(controllers)) <= 0 ||
	    strstr(controllers, "memory") == NULL)
		return sbx_fail(
		        err, SBX_STAGE_HOST, ENOTSUP,
		        "an ordinary user can run sbx on cgroup v2 only, and this host's controllers are on v1: boot "
		        "with systemd.unified_cgroup_hierarchy=1, or run sbx as root");
	return sbx_fail(err, SBX_STAGE_HOST, errnum, "%s; ask root to run: sbx setup --user %u --pid %u", what,
	                (unsigned)geteuid(), (unsigned)getppid());
}

void host_run_path(const struct box_host *host, char *buf, size_t size)
{
	if (host->rootless)
		snprintf(buf, size, HOST_RUN_DIR "/%u", (unsigned)geteuid());
	else
		snprintf(buf, size, HOST_RUN_DIR);
}

static int open_run_dir(struct box_host *host, bool make, struct sbx_err *err)
{
	char path[64];
	struct stat st;

	host_run_path(host, path, sizeof(path));
	if (make && !host->rootless && mkdir(path, 0755) < 0 && errno != EEXIST)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot make %s", path);
	host->run_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (host->run_fd < 0 && errno == ENOENT && !host->rootless)
		return sbx_fail(err, SBX_STAGE_HOST, ENOENT, "no slice is made yet; run: sbx setup");
	if (host->run_fd < 0 && errno == ENOENT)
		return not_delegated("no cgroup is delegated to this user", ENOENT, err);
	if (host->run_fd < 0 || fstat(host->run_fd, &st) < 0)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot open %s", path);
	/* what stands in it decides where limits are written: nobody else may have put it there */
	if (st.st_uid != geteuid() || (st.st_mode & 022) != 0)
		return sbx_fail(err, SBX_STAGE_HOST, EPERM,
		                "%s is not this user's alone; ask root to run: rm -r %s && sbx setup", path, path);
	return 0;
}

/* The slice's directory of one controller, proven to lie in a cgroup hierarchy of the right version. */
static int open_slice(const char *path, unsigned version, int *ret_fd)
{
	FD_CLEANUP int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	if (fs.f_type != (version == 2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC))
		return -EMEDIUMTYPE;
	*ret_fd = fd_take(&fd);
	return 0;
}

static void close_slices(struct box_host *host)
{
	for (int c = CG_MAX - 1; c >= 0; c--)
		if (c == 0 || host->slice_fd[c] != host->slice_fd[0])
			fd_close(&host->slice_fd[c]);
		else
			host->slice_fd[c] = -1;
}

static int open_slices(struct box_host *host, const struct host_layout *layout)
{
	int rc = 0;

	host->cgroup_version = layout->cgroup_version;
	for (int c = 0; c < CG_MAX && rc == 0; c++) {
		host->has[c] = layout->path[c][0] != '\0';
		if (!host->has[c])
			continue;
		if (layout->cgroup_version == 2 && c > 0)
			host->slice_fd[c] = host->slice_fd[0];
		else
			rc = open_slice(layout->path[c], layout->cgroup_version, &host->slice_fd[c]);
	}
	if (rc < 0)
		close_slices(host);
	return rc;
}

/* The ids that this process's user namespace has for boxes: the usual ones, or the end of a smaller range. */
int host_find_ids(uid_t *ret_base, struct sbx_err *err)
{
	char text[4096];
	int n = fd_read_at(AT_FDCWD, "/proc/self/uid_map", text, sizeof(text));
	uint64_t best = 0;

	if (n < 0)
		return sbx_fail(err, SBX_STAGE_HOST, -n, "cannot read /proc/self/uid_map; is /proc mounted?");
	for (const char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
		uint64_t inside, outside, count;
		if (*line == '\n')
			line++;
		if (sscanf(line, "%" SCNu64 " %" SCNu64 " %" SCNu64, &inside, &outside, &count) != 3)
			break;
		if (inside <= UID_BASE && inside + count >= UID_BASE + UIDS_NEEDED) {
			*ret_base = UID_BASE;
			return 0;
		}
		/* the first half of a small range belongs to the container's own users */
		if (count >= 2 * UIDS_NEEDED)
			best = inside + count - UIDS_NEEDED;
	}
	if (best == 0)
		return sbx_fail(
		        err, SBX_STAGE_HOST, ENOTSUP,
		        "this user namespace has fewer than %u ids to give to boxes: give the container a larger "
		        "range in /etc/subuid and /etc/subgid",
		        2 * UIDS_NEEDED);
	*ret_base = (uid_t)best;
	return 0;
}

/*
 * Whether the cgroup `own` lies in `slice`. Of the slice its path on this host's file system is known, of `own` the
 * path that the cgroup namespace shows: they agree from some folder of the slice's path on, its mount point.
 */
static bool is_below(const char *own, const char *slice)
{
	for (const char *rel = slice; rel != NULL; rel = strchr(rel + 1, '/')) {
		size_t len = strlen(rel);
		if (strncmp(own, rel, len) == 0 && (own[len] == '/' || own[len] == '\0'))
			return true;
	}
	return false;
}

/* An ordinary user's programs can enter only cgroups below one that both they and the user's own group share. */
static int check_inside_delegation(const struct host_layout *layout, struct sbx_err *err)
{
	char text[4096], *own;
	int n = fd_read_at(AT_FDCWD, "/proc/self/cgroup", text, sizeof(text));

	own = n < 0 ? NULL : strstr(text, "0::");
	if (own == NULL)
		return sbx_fail(err, SBX_STAGE_HOST, n < 0 ? -n : EINVAL,
		                "cannot tell which cgroup this process is in");
	own += 3;
	own[strcspn(own, "\n")] = '\0';
	if (!is_below(own, layout->path[CG_MEMORY]))
		return not_delegated("this shell is not in the delegated cgroup", EPERM, err);
	return 0;
}

static int open_kept(struct box_host *host, struct host_layout *layout)
{
	TRY(host_layout_load(host->rootless ? geteuid() : 0, layout));
	return open_slices(host, layout);
}

/* Nothing is kept, or what is kept is gone: root's slice can be made anew, a user's only by root. */
static int replace_kept(struct box_host *host, bool make, struct host_layout *layout, struct sbx_err *err)
{
	int rc;

	if (host->rootless)
		return not_delegated("the cgroup delegated to this user is gone", ENOENT, err);
	if (!make)
		return sbx_fail(err, SBX_STAGE_HOST, ENOENT, "no slice is made yet; run: sbx setup");
	TRY(host_setup(NULL, err));
	rc = open_kept(host, layout);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_HOST, -rc, "cannot open the slice that was just made");
	return 0;
}

static int open_host(struct box_host *host, bool make, struct sbx_err *err)
{
	struct host_layout layout;
	struct rlimit files;
	int rc;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < HOST_FDS_NEEDED)
		return sbx_fail(err, SBX_STAGE_HOST, EMFILE, "sbx needs %d descriptors, and may have %llu (ulimit -n)",
		                HOST_FDS_NEEDED, (unsigned long long)files.rlim_cur);
	*host = (struct box_host){.run_fd = -1,
	                          .network_fd = -1,
	                          .home_network_fd = -1,
	                          .rootless = geteuid() != 0,
	                          .uid_base = geteuid()};
	for (int c = 0; c < CG_MAX; c++)
		host->slice_fd[c] = -1;
	rc = open_run_dir(host, make, err);
	if (rc == 0) {
		int kept = open_kept(host, &layout);
		if (kept == -EMFILE || kept == -ENFILE || kept == -ENOMEM)
			rc = sbx_fail(err, SBX_STAGE_HOST, -kept, "cannot open the slice");
		else if (kept < 0)
			rc = replace_kept(host, make, &layout, err);
	}
	if (rc == 0)
		rc = host->rootless ? check_inside_delegation(&layout, err) : host_find_ids(&host->uid_base, err);
	if (rc < 0)
		host_finish(host);
	return rc;
}

int host_open(struct box_host *host, struct sbx_err *err)
{
	return open_host(host, true, err);
}

int host_open_kept(struct box_host *host, struct sbx_err *err)
{
	return open_host(host, false, err);
}

static int open_network(void)
{
	return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

int host_share_network(struct box_host *host, struct sbx_err *err)
{
	if (host->asked_network)
		return 0;
	host->asked_network = true;
	host->home_network_fd = open_network();
	/* to go where one is takes the rights that coming back will take */
	if (host->home_network_fd < 0 || setns(host->home_network_fd, CLONE_NEWNET) < 0 || unshare(CLONE_NEWNET) < 0)
		return 0;
	/* kept open, so that its inode is there from the start: a box must not be able to tell when another looked */
	host->network_fd = open_network();
	if (setns(host->home_network_fd, CLONE_NEWNET) < 0)
		return sbx_fail(err, SBX_STAGE_NETWORK, errno, "cannot come back from the boxes' network namespace");
	host->shares_network = host->network_fd >= 0;
	return 0;
}

void host_finish(struct box_host *host)
{
	fd_close(&host->home_network_fd);
	fd_close(&host->network_fd);
	close_slices(host);
	fd_close(&host->run_fd);
}
