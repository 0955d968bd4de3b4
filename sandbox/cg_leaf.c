/*
 * The life of a leaf, the same for both cgroup versions. Called by box.c and, for the CPU counter, by the
 * supervisor through it.
 */
#include "sandbox/cg_leaf.h"

#include "sandbox/fd.h"
#include "sandbox/slot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define DESTROY_WAIT_NS 2000000000ULL

static const struct cg_backend *backend(const struct box_host *host)
{
	return host->cgroup_version == 2 ? &cg_v2 : &cg_v1;
}

/* v1 has a directory per hierarchy; on v2 all controllers share the first. */
static bool own_dir(const struct box_host *host, int controller)
{
	return host->has[controller] && (host->cgroup_version == 1 || controller == CG_MEMORY);
}

/* A v1 hierarchy is entered only where something of this run depends on it. */
static bool wanted(const struct box_host *host, int controller, const char *cpus)
{
	if (!own_dir(host, controller))
		return false;
	if (controller == CG_CPUSET)
		return host->cgroup_version == 2 || cpus != NULL;
	return true;
}

void cg_leaf_init(struct cg_leaf *leaf)
{
	*leaf = (struct cg_leaf){.cpu_fd = -1, .oom_fd = -1};
	for (int c = 0; c < CG_MAX; c++)
		leaf->dir_fd[c] = leaf->tasks_fd[c] = -1;
}

static void kill_listed(int dir_fd)
{
	FD_CLEANUP int fd = openat(dir_fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	FILE *procs = fd < 0 ? NULL : fdopen(fd, "re");
	int pid;

	if (procs == NULL)
		return;
	fd_take(&fd);
	while (fscanf(procs, "%d", &pid) == 1)
		if (pid > 1) /* 0 is a process of another pid namespace, never ours; 1 and below are not to be hit */
			kill(pid, SIGKILL);
	fclose(procs);
}

void cg_leaf_kill(const struct cg_leaf *leaf)
{
	if (leaf->dir_fd[CG_MEMORY] < 0)
		return;
	fd_write_at(leaf->dir_fd[CG_MEMORY], "cgroup.kill", "1"); /* not there on v1 */
	kill_listed(leaf->dir_fd[CG_MEMORY]);
}

/* Removes one directory of a leaf; processes that were killed may take a moment to leave it. */
static int remove_dir(int slice_fd, const char *name, const struct cg_leaf *leaf, uint64_t deadline_ns)
{
	for (;;) {
		if (unlinkat(slice_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return 0;
		if (errno != EBUSY || clock_ns() >= deadline_ns)
			return -errno;
		cg_leaf_kill(leaf);
		poll(NULL, 0, 1);
	}
}

/* Whether an earlier controller of this leaf lies in the same hierarchy, as cpu and cpuacct often do. */
static bool shares_hierarchy(const struct cg_leaf *leaf, int controller)
{
	struct stat own, other;

	for (int c = 0; c < controller; c++)
		if (leaf->dir_fd[c] >= 0 && fstat(leaf->host->slice_fd[controller], &own) == 0 &&
		    fstat(leaf->host->slice_fd[c], &other) == 0 && own.st_dev == other.st_dev &&
		    own.st_ino == other.st_ino)
			return true;
	return false;
}

static int open_dirs(struct cg_leaf *leaf, const char *cpus, struct sbx_err *err)
{
	const struct box_host *host = leaf->host;

	for (int c = 0; c < CG_MAX; c++) {
		if (!wanted(host, c, cpus))
			continue;
		if (mkdirat(host->slice_fd[c], leaf->name, 0755) < 0 && !(errno == EEXIST && shares_hierarchy(leaf, c)))
			return sbx_fail(err, SBX_STAGE_CGROUP, errno, "cannot make the %s cgroup %s of this run",
			                cg_controller_name((enum cg_controller)c), leaf->name);
		leaf->dir_fd[c] =
		        openat(host->slice_fd[c], leaf->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (leaf->dir_fd[c] < 0) {
			sbx_fail(err, SBX_STAGE_CGROUP, errno, "cannot open the %s cgroup %s of this run",
			         cg_controller_name((enum cg_controller)c), leaf->name);
			/* what has no descriptor is passed over when the leaf is destroyed */
			unlinkat(host->slice_fd[c], leaf->name, AT_REMOVEDIR);
			return -EIO;
		}
	}
	return 0;
}

/* A launcher that was killed left its leaf; its slot was free, so nobody watches what may still run in it. */
static int remove_leftover(struct cg_leaf *leaf, struct sbx_err *err)
{
	struct cg_leaf old;
	struct stat st;

	cg_leaf_init(&old);
	old.host = leaf->host;
	strcpy(old.name, leaf->name);
	for (int c = 0; c < CG_MAX; c++)
		if (own_dir(leaf->host, c) &&
		    fstatat(leaf->host->slice_fd[c], leaf->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			old.dir_fd[c] = openat(leaf->host->slice_fd[c], leaf->name,
			                       O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return cg_leaf_destroy(&old, err);
}

int cg_leaf_create(struct cg_leaf *leaf, const struct box_host *host, unsigned number, const struct box_plan *plan,
                   const char *cpus, struct sbx_err *err)
{
	const struct cg_backend *be = backend(host);
	int rc;

	cg_leaf_init(leaf);
	leaf->host = host;
	snprintf(leaf->name, sizeof(leaf->name), "run-%u", number);
	rc = open_dirs(leaf, cpus, err);
	if (rc == -EEXIST) { /* whole, or in one hierarchy alone; what was made beside it goes with it */
		rc = remove_leftover(leaf, err);
		for (int c = 0; c < CG_MAX; c++)
			fd_close(&leaf->dir_fd[c]);
		if (rc == 0)
			rc = open_dirs(leaf, cpus, err);
	}
	if (rc == 0)
		rc = be->set_limits(leaf, plan, cpus, err);
	if (rc == 0) {
		leaf->cpu_fd = openat(leaf->dir_fd[host->cgroup_version == 2 ? CG_MEMORY : CG_CPUACCT], be->cpu_counter,
		                      O_RDONLY | O_CLOEXEC);
		if (leaf->cpu_fd < 0)
			rc = sbx_fail(err, SBX_STAGE_CGROUP, errno, "cannot open the CPU counter %s", be->cpu_counter);
	}
	if (rc < 0) {
		struct sbx_err ignored;
		cg_leaf_destroy(leaf, &ignored);
	}
	return rc;
}

int cg_leaf_write(const struct cg_leaf *leaf, enum box_limit limit, enum cg_controller controller, const char *file,
                  const char *value, struct sbx_err *err)
{
	int rc = fd_write_at(leaf->dir_fd[controller], file, value);

	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_CGROUP, -rc, "%s: cannot write %.100s to %s", box_limit_option(limit),
		                value, file);
	return 0;
}

int cg_leaf_pin(const struct cg_leaf *leaf, enum cg_controller controller, const char *cpus, struct sbx_err *err)
{
	char usable[256];
	int rc = fd_write_at(leaf->dir_fd[controller], "cpuset.cpus", cpus), n;

	if (rc == 0)
		return 0;
	n = fd_read_at(leaf->host->slice_fd[controller],
	               leaf->host->cgroup_version == 2 ? "cpuset.cpus.effective" : "cpuset.cpus", usable,
	               sizeof(usable));
	if (n > 0)
		usable[strcspn(usable, "\n")] = '\0';
	return sbx_fail(err, SBX_STAGE_CGROUP, -rc, "--pin: no box can be pinned to the cores %.100s; there are %s",
	                cpus, n > 0 ? usable : "others");
}

int cg_leaf_without(const struct box_plan *plan, enum box_limit limit, const char *what, struct sbx_err *err)
{
	if (plan->weaker & (1U << limit))
		return 0;
	return sbx_fail(
	        err, SBX_STAGE_CGROUP, ENOTSUP,
	        "this host has no %s, so %s cannot be enforced: enable it, or allow that with --allow-weaker %s", what,
	        box_limit_option(limit), box_limit_name(limit));
}

int cg_leaf_cpu_us(const struct cg_leaf *leaf, uint64_t *ret_us)
{
	char text[512];
	ssize_t n = pread(leaf->cpu_fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return n < 0 ? -errno : -EIO;
	text[n] = '\0';
	if (leaf->host->cgroup_version == 2)
		return text_key_u64(text, "usage_usec", ret_us) ? 0 : -EINVAL;
	*ret_us = strtoull(text, NULL, 10) / 1000; /* cpuacct.usage is in nanoseconds */
	return 0;
}

int cg_leaf_oom_kills(const struct cg_leaf *leaf, uint64_t *ret_kills)
{
	char text[512];

	TRY(fd_read_at(leaf->dir_fd[CG_MEMORY], backend(leaf->host)->oom_counter, text, sizeof(text)));
	return text_key_u64(text, "oom_kill", ret_kills) ? 0 : -EINVAL;
}

bool cg_leaf_oom_seen(const struct cg_leaf *leaf)
{
	struct pollfd announced = {.fd = leaf->oom_fd, .events = POLLIN};
	char text[512];
	uint64_t ooms = 0;

	if (leaf->dir_fd[CG_MEMORY] < 0)
		return false;
	if (leaf->host->cgroup_version == 1)
		return poll(&announced, 1, 0) > 0;
	return fd_read_at(leaf->dir_fd[CG_MEMORY], "memory.events", text, sizeof(text)) > 0 &&
	       text_key_u64(text, "oom", &ooms) && ooms > 0;
}

void cg_leaf_look(struct cg_leaf *leaf)
{
	const struct cg_backend *be = backend(leaf->host);
	uint64_t usage = 0, anon, shared;
	char text[8192];

	fd_read_u64_at(leaf->dir_fd[CG_MEMORY], be->usage, &usage);
	/* at the same usage again: what memory.stat says may be two seconds old */
	if (usage < leaf->seen_bytes || fd_read_at(leaf->dir_fd[CG_MEMORY], "memory.stat", text, sizeof(text)) <= 0 ||
	    !text_key_u64(text, be->anon_key, &anon) || !text_key_u64(text, "shmem", &shared))
		return;
	leaf->seen_bytes = usage;
	leaf->seen_anon_bytes = anon;
	leaf->seen_shared_bytes = shared;
}

/*
 * These are gone with the processes and the mounts, so only a look near the peak can tell. A program without any
 * anonymous memory there is not: the kernel had not yet counted it.
 */
static void tell_seen(const struct cg_leaf *leaf, struct run_result *result)
{
	uint64_t peak = result->memory_peak_bytes;

	if (peak == RESULT_UNKNOWN || leaf->seen_anon_bytes == 0 || leaf->seen_bytes < peak - peak / 10)
		return;
	result->memory_anon_bytes = leaf->seen_anon_bytes;
	result->memory_shared_bytes = leaf->seen_shared_bytes;
}

int cg_leaf_read(const struct cg_leaf *leaf, struct run_result *result, struct sbx_err *err)
{
	const struct cg_backend *be = backend(leaf->host);
	int rc = be->read(leaf, result);

	tell_seen(leaf, result);
	result->swap_free = leaf->swap_free;

	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_TEARDOWN, -rc, "cannot read the counters of the run's cgroup");
	return 0;
}

int cg_leaf_destroy(struct cg_leaf *leaf, struct sbx_err *err)
{
	uint64_t deadline_ns = clock_ns() + DESTROY_WAIT_NS;
	int rc = 0;

	fd_close(&leaf->cpu_fd);
	fd_close(&leaf->oom_fd);
	for (int c = CG_MAX - 1; c >= 0; c--) {
		fd_close(&leaf->tasks_fd[c]);
		/* the memory cgroup goes last, and stays while another does: by it a sweep finds what is left of a leaf
		 */
		if (leaf->dir_fd[c] < 0 || (c == CG_MEMORY && rc < 0))
			continue;
		int one = remove_dir(leaf->host->slice_fd[c], leaf->name, leaf, deadline_ns);
		if (one < 0 && rc == 0)
			rc = sbx_fail(err, SBX_STAGE_TEARDOWN, -one, "cannot remove the %s cgroup %s",
			              cg_controller_name((enum cg_controller)c), leaf->name);
	}
	for (int c = 0; c < CG_MAX; c++)
		fd_close(&leaf->dir_fd[c]);
	return rc;
}

static void sweep_one(const struct box_host *host, unsigned number)
{
	struct cg_leaf leaf;
	struct slot slot;
	struct sbx_err ignored;

	if (slot_try(&slot, host, number) < 0)
		return;
	cg_leaf_init(&leaf);
	leaf.host = host;
	snprintf(leaf.name, sizeof(leaf.name), "run-%u", number);
	remove_leftover(&leaf, &ignored);
	slot_release(&slot);
}

void cg_leaf_sweep(const struct box_host *host, unsigned own)
{
	struct stat st;
	FD_CLEANUP int fd = -1;
	DIR *dir;

	/* a cgroup directory has two links and one for each child: one child is our own, nothing to do */
	if (fstat(host->slice_fd[CG_MEMORY], &st) == 0 && st.st_nlink <= (own == UINT_MAX ? 2U : 3U))
		return;
	fd = openat(host->slice_fd[CG_MEMORY], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir == NULL)
		return;
	fd_take(&fd);
	for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
		unsigned number;
		if (sscanf(entry->d_name, "run-%u", &number) == 1 && number < HOST_SLOTS && number != own)
			sweep_one(host, number);
	}
	closedir(dir);
}

const char *cg_leaf_mechanism(const struct box_host *host, const struct box_plan *plan, enum box_limit limit)
{
	if (limit == BOX_LIMIT_MEMORY && plan->network == BOX_NETWORK_LOOPBACK && !plan->filter_bars_sockets)
		return backend(host)->memory_with_network;
	return backend(host)->mechanism[limit];
}
