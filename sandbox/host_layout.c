/*
 * The kept layout (where the slices are) and the making of root's slice: the part of the host that is done
 * once after a boot. Called by host_open() when nothing is kept, and by `sbx setup`.
 */
#include "sandbox/fd.h"
#include "sandbox/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define LAYOUT_NAME "host"

static int layout_line(struct host_layout *layout, char *line)
{
	char *value = strchr(line, ' ');

	if (value == NULL)
		return -EINVAL;
	*value++ = '\0';
	if (strcmp(line, "version") == 0 && (strcmp(value, "1") == 0 || strcmp(value, "2") == 0)) {
		layout->cgroup_version = (unsigned)(value[0] - '0');
		return 0;
	}
	for (int c = 0; c < CG_MAX; c++)
		if (strcmp(line, cg_controller_name((enum cg_controller)c)) == 0 && value[0] == '/' &&
		    strlen(value) < sizeof(layout->path[c])) {
			strcpy(layout->path[c], value);
			return 0;
		}
	return -EINVAL;
}

int host_layout_load(uid_t uid, struct host_layout *ret)
{
	struct host_layout layout = {0};
	char path[64], text[2048], *save = NULL;

	if (uid == 0)
		snprintf(path, sizeof(path), HOST_RUN_DIR "/" LAYOUT_NAME);
	else
		snprintf(path, sizeof(path), HOST_RUN_DIR "/%u/" LAYOUT_NAME, (unsigned)uid);
	TRY(fd_read_at(AT_FDCWD, path, text, sizeof(text)));
	for (char *line = strtok_r(text, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save))
		TRY(layout_line(&layout, line));
	if (layout.cgroup_version == 0 || layout.path[CG_MEMORY][0] == '\0')
		return -EINVAL;
	*ret = layout;
	return 0;
}

int host_layout_save(int dir_fd, const struct host_layout *layout, struct sbx_err *err)
{
	char text[2048], tmp[32];
	int len = snprintf(text, sizeof(text), "version %u\n", layout->cgroup_version);
	FD_CLEANUP int fd = -1;

	for (int c = 0; c < CG_MAX; c++)
		if (layout->path[c][0] != '\0')
			len += snprintf(text + len, sizeof(text) - (size_t)len, "%s %s\n",
			                cg_controller_name((enum cg_controller)c), layout->path[c]);
	/* many launchers may find the same thing at once: each has a file of its own, and rename is atomic */
	snprintf(tmp, sizeof(tmp), LAYOUT_NAME ".%d", (int)getpid());
	unlinkat(dir_fd, tmp, 0);
	fd = openat(dir_fd, tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, text, (size_t)len) != len || renameat(dir_fd, tmp, dir_fd, LAYOUT_NAME) < 0)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot keep the layout in the run directory");
	return 0;
}

/* Whether `name` is one of the words of `text`: "cpu" is not in "cpuset io". */
static bool has_word(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *word = text; *word != '\0'; word += strspn(word, " \n")) {
		size_t n = strcspn(word, " \n");
		if (n == len && strncmp(word, name, len) == 0)
			return true;
		word += n;
	}
	return false;
}

int host_enable_controllers(int dir_fd, const char *path, bool has[CG_MAX], struct sbx_err *err)
{
	char available[512];
	int n = fd_read_at(dir_fd, "cgroup.controllers", available, sizeof(available));

	if (n < 0)
		return sbx_fail(err, SBX_STAGE_HOST, -n, "cannot read %s/cgroup.controllers", path);
	for (int c = 0; c < CG_MAX; c++) {
		const char *name = cg_controller_name((enum cg_controller)c);
		char word[32];
		int rc;

		if (c == CG_CPUACCT)
			continue;
		has[c] = has[c] && has_word(available, name);
		if (!has[c])
			continue;
		snprintf(word, sizeof(word), "+%s", name);
		rc = fd_write_at(dir_fd, "cgroup.subtree_control", word);
		if (rc == -EBUSY)
			return sbx_fail(
			        err, SBX_STAGE_HOST, EBUSY,
			        "%s holds processes itself, so cgroup v2 lets it hand no controllers down (as in a "
			        "container); move them first: mkdir -p %s/init && while read p; do echo $p > "
			        "%s/init/cgroup.procs; done < %s/cgroup.procs",
			        path, path, path, path);
		if (rc < 0)
			return sbx_fail(err, SBX_STAGE_HOST, -rc, "cannot enable the %s controller in %s%s", name, path,
			                rc == -EROFS
			                        ? ": it is mounted read-only; mount -o remount,rw it, or start the "
			                          "container with a writable cgroup"
			                        : "");
	}
	return 0;
}

int host_make_dir(const char *path, int *ret_fd, bool *ret_made, struct sbx_err *err)
{
	bool made = mkdir(path, 0755) == 0;

	if (!made && errno != EEXIST)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot make the slice %s%s", path,
		                errno == EROFS ? ": the cgroup hierarchy is mounted read-only; mount -o remount,rw it, "
		                                 "or start the container with a writable cgroup"
		                               : "");
	*ret_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (*ret_fd < 0)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot open the slice %s", path);
	if (ret_made != NULL)
		*ret_made = made;
	return 0;
}

bool host_is_systemds(const struct host_layout *layout)
{
	/* the test of sd_booted(3) */
	return layout->cgroup_version == 2 && access("/run/systemd/system", F_OK) == 0;
}

/* From here on `at->layout` holds slices where it held mount points. */
static int setup_v2_slice(struct host_made *at, const char *slice, struct sbx_err *err)
{
	bool has[CG_MAX], made;
	FD_CLEANUP int slice_fd = -1;

	for (int c = 0; c < CG_MAX; c++)
		has[c] = at->layout.path[c][0] != '\0';
	TRY(host_make_dir(slice, &slice_fd, &made, err));
	TRY(host_enable_controllers(slice_fd, slice, has, err));
	if (!has[CG_MEMORY])
		return sbx_fail(err, SBX_STAGE_HOST, ENOTSUP,
		                "%s is given no memory controller, so no memory limit can be enforced: the cgroups "
		                "above it must hand it down (echo +memory > cgroup.subtree_control in each)",
		                slice);
	for (int c = 0; c < CG_MAX; c++) {
		snprintf(at->layout.path[c], sizeof(at->layout.path[c]), "%s", has[c] ? slice : "");
		at->made[c] = has[c] && made;
	}
	return 0;
}

static int setup_v2(struct host_made *at, struct sbx_err *err)
{
	const char *mount = at->layout.path[CG_MEMORY];
	char slice[sizeof(at->layout.path[0])];
	bool has[CG_MAX];
	FD_CLEANUP int mount_fd = -1;

	for (int c = 0; c < CG_MAX; c++)
		has[c] = at->layout.path[c][0] != '\0';
	if ((size_t)snprintf(slice, sizeof(slice), "%s/" HOST_SLICE, mount) >= sizeof(slice))
		return sbx_fail(err, SBX_STAGE_HOST, ENAMETOOLONG, "the cgroup mount point has too long a path");
	TRY(host_make_dir(mount, &mount_fd, NULL, err));
	TRY(host_enable_controllers(mount_fd, mount, has, err));
	return setup_v2_slice(at, slice, err);
}

/* A new v1 cpuset is empty and takes no process until it is given cores and memory nodes. */
static int fill_cpuset(int slice_fd, const char *slice, struct sbx_err *err)
{
	static const char *const files[] = {"cpuset.cpus", "cpuset.mems"};

	for (size_t i = 0; i < 2; i++) {
		char parent[300], value[4096];
		int n;
		snprintf(parent, sizeof(parent), "%s/../%s", slice, files[i]);
		n = fd_read_at(AT_FDCWD, parent, value, sizeof(value));
		if (n >= 0)
			n = fd_write_at(slice_fd, files[i], value);
		if (n < 0)
			return sbx_fail(err, SBX_STAGE_HOST, -n, "cannot fill %s/%s", slice, files[i]);
	}
	return 0;
}

static int setup_v1(struct host_made *at, struct sbx_err *err)
{
	for (int c = 0; c < CG_MAX; c++) {
		char *path = at->layout.path[c];
		FD_CLEANUP int fd = -1;
		size_t len = strlen(path);
		if (len == 0)
			continue;
		if (len + sizeof("/" HOST_SLICE) > sizeof(at->layout.path[c]))
			return sbx_fail(err, SBX_STAGE_HOST, ENAMETOOLONG, "a cgroup mount point has too long a path");
		memcpy(path + len, "/" HOST_SLICE, sizeof("/" HOST_SLICE));
		TRY(host_make_dir(path, &fd, &at->made[c], err));
		if (c == CG_CPUSET)
			TRY(fill_cpuset(fd, path, err));
	}
	return 0;
}

static int make_run_dir(int *ret_fd, struct sbx_err *err)
{
	if (geteuid() != 0)
		return sbx_fail(err, SBX_STAGE_HOST, EPERM, "only root can make the slice; run: sudo sbx setup");
	if (mkdir(HOST_RUN_DIR, 0755) < 0 && errno != EEXIST)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot make " HOST_RUN_DIR);
	*ret_fd = open(HOST_RUN_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (*ret_fd < 0)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot open " HOST_RUN_DIR);
	return 0;
}

int host_setup(struct host_made *ret, struct sbx_err *err)
{
	struct host_made at = {0};
	FD_CLEANUP int run_fd = -1;

	TRY(cg_find(&at.layout, err));
	if (host_is_systemds(&at.layout))
		return sbx_fail(
		        err, SBX_STAGE_HOST, EBUSY,
		        "systemd owns this host's cgroups, so the slice has to be a unit of it; run: sbx setup");
	TRY(make_run_dir(&run_fd, err));
	if (at.layout.cgroup_version == 2)
		TRY(setup_v2(&at, err));
	else
		TRY(setup_v1(&at, err));
	TRY(host_layout_save(run_fd, &at.layout, err));
	if (ret != NULL)
		*ret = at;
	return 0;
}

int host_setup_at(const char *slice, struct host_made *ret, struct sbx_err *err)
{
	struct host_made at = {0};
	FD_CLEANUP int run_fd = -1;

	TRY(make_run_dir(&run_fd, err));
	TRY(cg_find(&at.layout, err));
	TRY(setup_v2_slice(&at, slice, err));
	TRY(host_layout_save(run_fd, &at.layout, err));
	if (ret != NULL)
		*ret = at;
	return 0;
}
