/*
 * The box's root: a tmpfs of its own with the plan's mounts in it, entered by pivot_root. Steps of init.
 *
 * Every source is opened once, with the caller's ids, and from then on known by its descriptor: what is mounted is
 * the very inode that was opened, whatever happens to its path. Every place inside is reached relative to the new
 * root by openat2(RESOLVE_IN_ROOT), so that a link in a folder of a stranger cannot lead a mount out of the box.
 */
#include "sandbox/setup.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* What the box's own folders, links and files under /etc take of the tmpfs, beside what the plan gives the program. */
#define OWN_BYTES (128 << 10)
#define OWN_INODES 64

static int open_source(const struct box_mount *m, int *ret_fd, struct sbx_err *err)
{
	/* a mirrored link is looked at itself; anything else is what its path leads to */
	int fd = open(m->src, O_PATH | O_CLOEXEC | (m->kind == BOX_MOUNT_MIRROR ? O_NOFOLLOW : 0));
	struct stat st;

	*ret_fd = fd;
	if (fd >= 0 && m->kind == BOX_MOUNT_OVERLAY && fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		return sbx_fail(err, SBX_STAGE_SOURCES, ENOTDIR, "%.200s, to be seen as %.80s, is not a directory",
		                m->src, m->dst);
	if (fd >= 0 || (errno == ENOENT && (m->kind == BOX_MOUNT_MIRROR || (m->flags & BOX_MOUNT_MAYBE))))
		return 0;
	return sbx_fail(err, SBX_STAGE_SOURCES, errno, "cannot open %.200s, to be seen as %.80s: %s", m->src, m->dst,
	                strerror(errno));
}

int setup_open_sources(struct setup *setup, struct sbx_err *err)
{
	const struct box_plan *plan = setup->plan;

	for (size_t i = 0; i < plan->n_mounts; i++) {
		const struct box_mount *m = &plan->mounts[i];
		setup->source_fd[i] = -1;
		if (m->kind == BOX_MOUNT_BIND || m->kind == BOX_MOUNT_MIRROR || m->kind == BOX_MOUNT_OVERLAY)
			TRY(open_source(m, &setup->source_fd[i], err));
	}
	return 0;
}

static int fs_set(int fs, const char *key, uint64_t value)
{
	char text[24];

	if (value == BOX_UNLIMITED) /* to tmpfs, 0 is no limit */
		value = 0;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return fsconfig(fs, FSCONFIG_SET_STRING, key, text, 0);
}

/* A detached tmpfs. Returns its descriptor or -errno. */
static int new_tmpfs(uint64_t bytes, uint64_t inodes, const char *mode, unsigned attrs)
{
	FD_CLEANUP int fs = fsopen("tmpfs", FSOPEN_CLOEXEC);
	int fd;

	if (fs < 0 || fs_set(fs, "size", bytes) < 0 || fs_set(fs, "nr_inodes", inodes) < 0 ||
	    fsconfig(fs, FSCONFIG_SET_STRING, "mode", mode, 0) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	fd = fsmount(fs, FSMOUNT_CLOEXEC, attrs);
	return fd < 0 ? -errno : fd;
}

static uint64_t plus(uint64_t limit, uint64_t own)
{
	return limit > BOX_UNLIMITED - own ? BOX_UNLIMITED : limit + own;
}

int setup_make_root(struct setup *setup, struct sbx_err *err)
{
	const struct box_plan *plan = setup->plan;
	int fd =
	        new_tmpfs(plus(plan->scratch_bytes, OWN_BYTES), plus(plan->scratch_inodes, OWN_INODES + plan->n_mounts),
	                  "755", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);

	if (fd < 0)
		return sbx_fail(err, SBX_STAGE_ROOT, -fd, "cannot make the box's tmpfs");
	setup->root_fd = fd;
	/* it must hang somewhere before anything can be mounted in it: over the old root, which pivot_root then removes
	 */
	if (move_mount(fd, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return sbx_fail(err, SBX_STAGE_ROOT, errno, "cannot mount the box's tmpfs");
	return 0;
}

/* O_PATH descriptor of `path` (relative) as the box will see it, or -errno. */
static int open_inside(int root_fd, const char *path)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	long fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

/* The folder that `dst` (absolute) is to lie in, made as far as it is missing; *ret_name is its last component. */
static int open_parent(int root_fd, const char *dst, int *ret_fd, const char **ret_name)
{
	char path[4096];
	const char *slash = strrchr(dst, '/');
	size_t len = (size_t)(slash - dst);

	*ret_name = slash + 1;
	if (len == 0) {
		*ret_fd = fcntl(root_fd, F_DUPFD_CLOEXEC, 0);
		return *ret_fd < 0 ? -errno : 0;
	}
	if (len >= sizeof(path))
		return -ENAMETOOLONG;
	memcpy(path, dst, len);
	path[len] = '\0';
	*ret_fd = open_inside(root_fd, path + 1);
	if (*ret_fd == -ENOENT) {
		FD_CLEANUP int above = -1;
		const char *name;
		TRY(open_parent(root_fd, path, &above, &name));
		if (mkdirat(above, name, 0755) < 0 && errno != EEXIST)
			return -errno;
		*ret_fd = open_inside(root_fd, path + 1);
	}
	return *ret_fd < 0 ? *ret_fd : 0;
}

/* Where a mount will hang: made as a folder or an empty file where it is missing. Returns an O_PATH descriptor or
 * -errno. */
static int open_target(int root_fd, const char *dst, bool dir)
{
	FD_CLEANUP int parent = -1;
	const char *name;
	int fd = open_inside(root_fd, dst + 1);

	if (fd != -ENOENT)
		return fd;
	TRY(open_parent(root_fd, dst, &parent, &name));
	if (dir && mkdirat(parent, name, 0755) < 0)
		return -errno;
	if (!dir) {
		FD_CLEANUP int file = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
		if (file < 0)
			return -errno;
	}
	return open_inside(root_fd, dst + 1);
}

static int attach(int root_fd, int tree, const char *dst, bool dir)
{
	FD_CLEANUP int target = open_target(root_fd, dst, dir);

	if (target < 0)
		return target;
	if (move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return -errno;
	return 0;
}

static unsigned attributes(const struct box_mount *m)
{
	return MOUNT_ATTR_NOSUID | (m->flags & BOX_MOUNT_DEV ? 0U : MOUNT_ATTR_NODEV) |
	       (m->flags & BOX_MOUNT_RW ? 0U : MOUNT_ATTR_RDONLY) |
	       (m->flags & BOX_MOUNT_NOEXEC ? MOUNT_ATTR_NOEXEC : 0U);
}

/* A copy of the mount tree at `source`, with the flags of `m` on each of its mounts, hung at m->dst. */
static int mount_tree(int root_fd, int source, const struct box_mount *m)
{
	struct mount_attr attr = {.attr_set = attributes(m)};
	FD_CLEANUP int tree = open_tree(source, "", AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	struct stat st;

	if (tree < 0 || mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0 ||
	    fstat(tree, &st) < 0)
		return -errno;
	return attach(root_fd, tree, m->dst, S_ISDIR(st.st_mode));
}

static int mirror(int root_fd, int source, const struct box_mount *m)
{
	char target[4096];
	FD_CLEANUP int parent = -1;
	const char *name;
	ssize_t n = readlinkat(source, "", target, sizeof(target) - 1);

	if (n < 0)
		return errno == EINVAL || errno == ENOENT ? mount_tree(root_fd, source, m) : -errno;
	target[n] = '\0';
	TRY(open_parent(root_fd, m->dst, &parent, &name));
	return symlinkat(target, parent, name) < 0 ? -errno : 0;
}

/* A folder for the overlay's own use, made in its mount point, which it then covers. Returns a descriptor or -errno. */
static int overlay_dir(int target, const char *name)
{
	int fd;

	if (mkdirat(target, name, 0755) < 0)
		return -errno;
	fd = openat(target, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? -errno : fd;
}

static int overlay_set(int fs, const char *key, int fd)
{
	char text[32];

	snprintf(text, sizeof(text), "/proc/self/fd/%d", fd);
	return fsconfig(fs, FSCONFIG_SET_STRING, key, text, 0) < 0 ? -errno : 0;
}

/* A writable overlay needs a folder for the changes, which is the merged one's owner and mode, and one to work in. */
static int overlay_writable(const struct setup *setup, int fs, int source, int target)
{
	FD_CLEANUP int upper = overlay_dir(target, "upper");
	FD_CLEANUP int work = overlay_dir(target, "work");

	TRY(upper);
	TRY(work);
	if (fchown(upper, setup->plan->uid, setup->plan->gid) < 0)
		return -errno;
	TRY(overlay_set(fs, "lowerdir", source));
	TRY(overlay_set(fs, "upperdir", upper));
	TRY(overlay_set(fs, "workdir", work));
	/* the only kind of attributes that a user namespace may set */
	if (fsconfig(fs, FSCONFIG_SET_FLAG, "userxattr", NULL, 0) < 0)
		return -errno;
	/* before the descriptors are closed: older kernels look the layers up only now */
	return fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0 ? -errno : 0;
}

/* overlayfs wants two layers: the second is the mount point, which is empty. */
static int overlay_read_only(int fs, int source, int target)
{
	char text[64];

	snprintf(text, sizeof(text), "/proc/self/fd/%d:/proc/self/fd/%d", source, target);
	if (fsconfig(fs, FSCONFIG_SET_STRING, "lowerdir", text, 0) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	return 0;
}

/*
 * The folder through overlayfs, read-only or with its changes going to the scratch tmpfs. The layers are given by
 * descriptor, so the mount table, which the program can read, names no path of the host.
 */
static int mount_overlay(const struct setup *setup, int source, const struct box_mount *m)
{
	FD_CLEANUP int tree = -1;
	FD_CLEANUP int target = open_target(setup->root_fd, m->dst, true);
	FD_CLEANUP int fs = fsopen("overlay", FSOPEN_CLOEXEC);

	TRY(target);
	if (fs < 0)
		return -errno;
	if (m->flags & BOX_MOUNT_RW)
		TRY(overlay_writable(setup, fs, source, target));
	else
		TRY(overlay_read_only(fs, source, target));
	tree = fsmount(fs, FSMOUNT_CLOEXEC, attributes(m));
	if (tree < 0 || move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return -errno;
	return 0;
}

static int mount_scratch(int root_fd, const struct box_mount *m)
{
	FD_CLEANUP int dir = open_target(root_fd, m->dst, true);
	char self[32];

	if (dir < 0)
		return dir;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", dir);
	if (chmod(self, 01777) < 0) /* O_PATH descriptors refuse fchmod */
		return -errno;
	/* a mount of its own, since the root it lies on becomes read-only */
	return mount_tree(root_fd, dir, m);
}

static int mount_tmpfs(int root_fd, const struct box_mount *m)
{
	FD_CLEANUP int tree = new_tmpfs(m->bytes, m->inodes, "1777", attributes(m));

	if (tree < 0)
		return tree;
	return attach(root_fd, tree, m->dst, true);
}

static int mount_proc(int root_fd, const struct box_mount *m)
{
	FD_CLEANUP int fs = fsopen("proc", FSOPEN_CLOEXEC);
	FD_CLEANUP int tree = -1;

	/* nothing but processes, and of these only the program's own: no kernel tables, no sysctl, no init */
	if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "subset", "pid", 0) < 0 ||
	    fsconfig(fs, FSCONFIG_SET_STRING, "hidepid", "invisible", 0) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	tree = fsmount(fs, FSMOUNT_CLOEXEC, attributes(m) | MOUNT_ATTR_NOEXEC);
	if (tree < 0)
		return -errno;
	return attach(root_fd, tree, m->dst, true);
}

static int make_file(int root_fd, const struct box_mount *m)
{
	FD_CLEANUP int parent = -1;
	FD_CLEANUP int fd = -1;
	const char *name;
	size_t len = strlen(m->src);

	TRY(open_parent(root_fd, m->dst, &parent, &name));
	fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	return write(fd, m->src, len) == (ssize_t)len ? 0 : -EIO;
}

static int make_link(int root_fd, const struct box_mount *m)
{
	FD_CLEANUP int parent = -1;
	const char *name;

	TRY(open_parent(root_fd, m->dst, &parent, &name));
	return symlinkat(m->src, parent, name) < 0 ? -errno : 0;
}

static int do_mount(struct setup *setup, size_t i)
{
	const struct box_mount *m = &setup->plan->mounts[i];
	int source = setup->source_fd[i];

	switch (m->kind) {
	case BOX_MOUNT_BIND:
		return source < 0 ? 0 : mount_tree(setup->root_fd, source, m);
	case BOX_MOUNT_MIRROR:
		return source < 0 ? 0 : mirror(setup->root_fd, source, m);
	case BOX_MOUNT_OVERLAY:
		return source < 0 ? 0 : mount_overlay(setup, source, m);
	case BOX_MOUNT_SCRATCH:
		return mount_scratch(setup->root_fd, m);
	case BOX_MOUNT_TMPFS:
		return mount_tmpfs(setup->root_fd, m);
	case BOX_MOUNT_PROC:
		return mount_proc(setup->root_fd, m);
	case BOX_MOUNT_FILE:
		return make_file(setup->root_fd, m);
	case BOX_MOUNT_LINK:
		return make_link(setup->root_fd, m);
	case BOX_MOUNT_MAX:
		break;
	}
	return -EINVAL;
}

static const char *mount_advice(const struct box_mount *m, int errnum)
{
	if (m->kind == BOX_MOUNT_PROC && errnum == EPERM)
		return ": this host (a container?) masks parts of /proc, and the kernel then allows no fresh one; "
		       "start the "
		       "container with an unmasked /proc (systempaths=unconfined)";
	if (m->kind == BOX_MOUNT_OVERLAY && errnum == ENODEV)
		return ": the kernel has no overlayfs; modprobe overlay";
	return "";
}

int setup_mounts(struct setup *setup, struct sbx_err *err)
{
	for (size_t i = 0; i < setup->plan->n_mounts; i++) {
		const struct box_mount *m = &setup->plan->mounts[i];
		int rc = do_mount(setup, i);
		if (rc < 0)
			return sbx_fail(err, SBX_STAGE_MOUNT, -rc, "cannot make %.80s (%s%s%.120s) in the box: %s%s",
			                m->dst, box_mount_kind_name(m->kind),
			                m->src != NULL && m->kind <= BOX_MOUNT_OVERLAY ? " of " : "",
			                m->src != NULL && m->kind <= BOX_MOUNT_OVERLAY ? m->src : "", strerror(-rc),
			                mount_advice(m, -rc));
	}
	snprintf(setup->detail, sizeof(setup->detail), "%zu mounts and files", setup->plan->n_mounts);
	return 0;
}

int setup_pivot(struct setup *setup, struct sbx_err *err)
{
	struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};

	/* "." twice: the old root is stacked on the new one, where the detaching umount then finds it (pivot_root(2))
	 */
	if (fchdir(setup->root_fd) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 ||
	    chdir("/") < 0)
		return sbx_fail(err, SBX_STAGE_PIVOT, errno, "cannot make the box's tmpfs the root");
	if (mount_setattr(AT_FDCWD, "/", 0, &read_only, sizeof(read_only)) < 0)
		return sbx_fail(err, SBX_STAGE_PIVOT, errno, "cannot make the root read-only");
	return 0;
}
