/* The folder of a job. Made by `sbx judge`, once per process. */
#include "runner/workspace.h"

#include "runner/own_mounts.h"
#include "sandbox/fd.h"
#include "sandbox/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOUNT_POINT "jobs"

static const char *const folder_names[WORKSPACE_MAX] = {
        [WORKSPACE_BOX] = "box",
        [WORKSPACE_DATA] = "data",
        [WORKSPACE_CHECKER] = "checker",
        "checker-2",
        "checker-3",
        "checker-4",
        "checker-5",
        "checker-6",
        "checker-7",
        "checker-8",
};

#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_WORKSPACE, errnum, __VA_ARGS__)

static int mount_tmpfs(const struct workspace *ws, const char *path, const char *mode, struct sbx_err *err)
{
	char options[96];

	snprintf(options, sizeof(options), "mode=%s,size=%llu,nr_inodes=%llu", mode, (unsigned long long)ws->bytes,
	         (unsigned long long)ws->inodes);
	if (mount("sbx", path, "tmpfs", MS_NOSUID | MS_NODEV, options) < 0)
		return FAIL(err, errno, "cannot mount the job's folder");
	return 0;
}

int workspace_open(struct workspace *ws, const struct box_host *host, uint64_t bytes, uint64_t inodes,
                   struct sbx_err *err)
{
	char run_dir[64];

	*ws = (struct workspace){.fd = -1, .bytes = bytes, .inodes = inodes};
	host_run_path(host, run_dir, sizeof(run_dir));
	snprintf(ws->path, sizeof(ws->path), "%s/" MOUNT_POINT, run_dir);
	if (mkdirat(host->run_fd, MOUNT_POINT, 0700) < 0 && errno != EEXIST)
		return FAIL(err, errno, "cannot make %s", ws->path);
	TRY(own_mounts_enter(err));
	TRY(mount_tmpfs(ws, ws->path, "0700", err));
	ws->fd = open(ws->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < WORKSPACE_MAX; i++)
		if (ws->fd < 0 || mkdirat(ws->fd, folder_names[i], 0755) < 0) {
			FAIL(err, errno, "cannot use the job's folder");
			workspace_finish(ws);
			return -EIO;
		}
	return 0;
}

void workspace_finish(struct workspace *ws)
{
	fd_close(&ws->fd);
}

static int write_file(int dir_fd, const char *name, const char *bytes, size_t len, mode_t mode)
{
	FD_CLEANUP int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	return fd < 0 ? -errno : fd_write_all(fd, bytes, len);
}

/* Goes into the folders of `name`, made where they are missing; *ret_last is what is left of it. */
static int make_folders(int dir_fd, const char *name, const char **ret_last)
{
	FD_CLEANUP int at = openat(dir_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (const char *slash = strchr(name, '/'); at >= 0; slash = strchr(name, '/')) {
		char part[NAME_MAX + 1];
		size_t len = slash == NULL ? strlen(name) : (size_t)(slash - name);
		int next;
		if (len == 0 || len > NAME_MAX || strncmp(name, "..", len) == 0)
			return len > NAME_MAX ? -ENAMETOOLONG : -EINVAL;
		if (slash == NULL) {
			*ret_last = name;
			return fd_take(&at);
		}
		memcpy(part, name, len);
		part[len] = '\0';
		if (mkdirat(at, part, 0777) < 0 && errno != EEXIST)
			return -errno;
		next = openat(at, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		fd_close(&at);
		at = next;
		name = slash + 1;
	}
	return -errno;
}

void workspace_path(const struct workspace *ws, enum workspace_folder folder, const char *name, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%s%s%s", ws->path, folder_names[folder], name[0] == '\0' ? "" : "/", name);
}

int workspace_cover(struct workspace *ws, enum workspace_folder folder, struct sbx_err *err)
{
	char path[WORKSPACE_PATH_BYTES];

	workspace_path(ws, folder, "", path, sizeof(path));
	TRY(mount_tmpfs(ws, path, "0755", err));
	ws->covered |= 1U << folder;
	return 0;
}

int workspace_uncover(struct workspace *ws, enum workspace_folder folder, struct sbx_err *err)
{
	char path[WORKSPACE_PATH_BYTES];
	unsigned bit = 1U << folder;

	if ((ws->covered & bit) == 0)
		return 0;
	workspace_path(ws, folder, "", path, sizeof(path));
	if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
		return FAIL(err, errno, "cannot unmount what came from the cache");
	ws->covered &= ~bit;
	return 0;
}

int workspace_renew(struct workspace *ws, enum workspace_folder folder, struct sbx_err *err)
{
	char path[WORKSPACE_PATH_BYTES];
	unsigned bit = 1U << folder;

	TRY(workspace_uncover(ws, folder, err));
	workspace_path(ws, folder, "", path, sizeof(path));
	/* detached: the kernel may not be through yet with the namespaces of boxes that are dead */
	if ((ws->renewed & bit) != 0 && umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
		return FAIL(err, errno, "cannot unmount what the last submission left");
	ws->renewed &= ~bit;
	TRY(mount_tmpfs(ws, path, "0755", err));
	ws->renewed |= bit;
	return 0;
}

int workspace_folder(const struct workspace *ws, enum workspace_folder folder)
{
	int fd = openat(ws->fd, folder_names[folder], O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int workspace_add(struct workspace *ws, enum workspace_folder folder, const char *name, const char *bytes, size_t len,
                  bool is_executable)
{
	FD_CLEANUP int at = workspace_folder(ws, folder);
	FD_CLEANUP int parent = -1;
	const char *last = name;

	TRY(at);
	parent = make_folders(at, name, &last);
	TRY(parent);
	return write_file(parent, last, bytes, len, is_executable ? 0555 : 0444);
}

int workspace_unseal(struct workspace *ws, enum workspace_folder folder)
{
	return fchmodat(ws->fd, folder_names[folder], 0777, 0) < 0 ? -errno : 0;
}

struct rights {
	uid_t uid;
	gid_t gid;
	mode_t writable;
};

static int grant_folder(int dir_fd, const struct rights *rights, unsigned depth);

/* No box lives that can see it, so nothing moves under our feet. */
static int grant(int dir_fd, const char *name, const struct rights *rights, unsigned depth)
{
	FD_CLEANUP int fd = openat(dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	char self[32];

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return 0;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return unlinkat(dir_fd, name, 0) < 0 ? -errno : 0;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (fchownat(fd, "", rights->uid, rights->gid, AT_EMPTY_PATH) < 0 ||
	    chmod(self, (S_ISDIR(st.st_mode) || (st.st_mode & 0111) ? 0555 : 0444) | rights->writable) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return 0;
	fd_close(&fd);
	return grant_folder(openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), rights, depth + 1);
}

/* Takes `dir_fd` over. */
static int grant_folder(int dir_fd, const struct rights *rights, unsigned depth)
{
	DIR *dir = dir_fd < 0 ? NULL : fdopendir(dir_fd);
	int rc = depth > WORKSPACE_DEPTH_MAX ? -ELOOP : 0;

	if (dir == NULL) {
		rc = -errno;
		fd_close(&dir_fd);
		return rc;
	}
	while (rc == 0) {
		struct dirent *entry = readdir(dir);
		if (entry == NULL)
			break;
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rc = grant(dirfd(dir), entry->d_name, rights, depth);
	}
	closedir(dir);
	return rc;
}

int workspace_give(struct workspace *ws, enum workspace_folder folder, const struct box_host *host,
                   const struct slot *slot)
{
	uid_t uid = host->rootless ? geteuid() : slot_uid(slot, host);
	const struct rights box = {uid, host->rootless ? getegid() : uid, 0200};

	return grant(ws->fd, folder_names[folder], &box, 0);
}

int workspace_seal(struct workspace *ws, enum workspace_folder folder, struct sbx_err *err)
{
	const struct rights ours = {geteuid(), getegid(), 0};
	int rc = grant(ws->fd, folder_names[folder], &ours, 0);

	if (rc < 0)
		return FAIL(err, -rc, "cannot seal the job's folder");
	return 0;
}

int workspace_share(int dir_fd, const char *name)
{
	const struct rights all = {geteuid(), getegid(), 0222};

	return grant(dir_fd, name, &all, 0);
}
