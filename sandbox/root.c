/*
 * The box's root: a tmpfs of its own with the plan's mounts in it, entered by pivot_root. Steps of init.
 *
 * Every source is opened once, with the caller's ids, and from then on known by its descriptor: what is mounted is
 * the very inode that was opened, whatever happens to its path. Every place inside is reached relative to the new
 * root by openat2(RESOLVE_IN_ROOT), so that a link in a folder of a stranger cannot lead a mount out of the box.
 */
#include "sandbox/setup.h"

#include "sandbox/fd.h"
#include "sandbox/path.h"
#include "sandbox/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>

/* What the box's own folders, links and files may take of the tmpfs while it is built. */
#define BUILD_BYTES (4 << 20)
#define BUILD_INODES (1 << 20)

/* Bounded, so that a box that renames without end delays others and does not hold them up. */
#define OPEN_TRIES 1000

static long stat_fd(int fd, struct stat *st)
{
	return sys(SYS_newfstatat, fd, "", st, AT_EMPTY_PATH);
}

/* Named by the caller, and not a part of the system that every box gets. */
static bool is_named(const struct box_mount *m)
{
	return (m->kind == BOX_MOUNT_BIND && !(m->flags & BOX_MOUNT_DEV)) || m->kind == BOX_MOUNT_OVERLAY;
}

static int cannot_open(const struct box_mount *m, int errnum, struct sbx_err *err)
{
	return sbx_fail(err, SBX_STAGE_SOURCES, errnum, "cannot open %.200s, to be seen as %.80s%s", m->src, m->dst,
	                PATH_LOOP_NOTE(errnum));
}

int setup_resolve_sources(struct setup *setup, struct sbx_err *err)
{
	for (size_t i = 0; i < setup->plan->n_mounts; i++) {
		const struct box_mount *m = &setup->plan->mounts[i];
		int rc = is_named(m) ? path_without_links(m->src, &setup->source[i]) : 0;
		if (rc < 0 && !(rc == -ENOENT && (m->flags & BOX_MOUNT_MAYBE)))
			return cannot_open(m, -rc, err);
	}
	return 0;
}

static int open_source(const struct box_mount *m, const char *path, int *ret_fd, struct sbx_err *err)
{
	/* a mirrored link is looked at itself; what the caller named has had its links resolved, and has none now */
	struct open_how how = {.flags = O_PATH | O_CLOEXEC | (m->kind == BOX_MOUNT_MIRROR ? O_NOFOLLOW : 0),
	                       .resolve = is_named(m) ? RESOLVE_NO_SYMLINKS : 0};
	int fd = (int)sys(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	struct stat st;

	*ret_fd = fd;
	if (fd >= 0 && m->kind == BOX_MOUNT_OVERLAY && stat_fd(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		return sbx_fail(err, SBX_STAGE_SOURCES, ENOTDIR, "%.200s, to be seen as %.80s, is not a directory",
		                m->src, m->dst);
	if (fd >= 0 || (fd == -ENOENT && (m->kind == BOX_MOUNT_MIRROR || (m->flags & BOX_MOUNT_MAYBE))))
		return 0;
	return cannot_open(m, -fd, err);
}

int setup_open_sources(struct setup *setup, struct sbx_err *err)
{
	const struct box_plan *plan = setup->plan;

	for (size_t i = 0; i < plan->n_mounts; i++) {
		const struct box_mount *m = &plan->mounts[i];
		setup->source_fd[i] = -1;
		if (m->kind == BOX_MOUNT_BIND || m->kind == BOX_MOUNT_MIRROR || m->kind == BOX_MOUNT_OVERLAY)
			TRY(open_source(m, setup->source[i] != NULL ? setup->source[i] : m->src, &setup->source_fd[i],
			                err));
	}
	return 0;
}

/* In decimal; `buf` has room for 24. Returns its end. */
static char *put_u64(char *buf, uint64_t value)
{
	char digits[24];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + value % 10);
	while ((value /= 10) != 0);
	while (n > 0)
		*buf++ = digits[--n];
	*buf = '\0';
	return buf;
}

/* The name of a descriptor for calls that want a path. Returns the end of `buf`, which has room for 40. */
static char *put_fd_path(char *buf, int fd)
{
	return put_u64(stpcpy(buf, "/proc/self/fd/"), (uint64_t)fd);
}

static long fs_set(int fs, const char *key, const char *value)
{
	return sys(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0);
}

static long fs_set_limit(int fs, const char *key, uint64_t value)
{
	char text[24];

	put_u64(text, value == BOX_UNLIMITED ? 0 : value); /* to tmpfs, 0 is no limit */
	return fs_set(fs, key, text);
}

/* The mount of a file system whose settings are complete. Returns its descriptor or -errno. */
static int fs_mount(int fs, unsigned attrs)
{
	TRY((int)sys(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	return (int)sys(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attrs);
}

/* A detached tmpfs. Returns its descriptor or -errno. */
static int new_tmpfs(uint64_t bytes, uint64_t inodes, const char *mode, unsigned attrs)
{
	FD_CLEANUP int fs = (int)sys(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);

	TRY(fs);
	TRY((int)fs_set_limit(fs, "size", bytes));
	TRY((int)fs_set_limit(fs, "nr_inodes", inodes));
	TRY((int)fs_set(fs, "mode", mode));
	return fs_mount(fs, attrs);
}

int setup_make_root(struct setup *setup, struct sbx_err *err)
{
	int fd = new_tmpfs(BUILD_BYTES, BUILD_INODES, "755", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);

	long rc;

	if (fd < 0)
		return sbx_fail(err, SBX_STAGE_ROOT, -fd, "cannot make the box's tmpfs");
	setup->root_fd = fd;
	/* it must hang somewhere before anything can be mounted in it: over the old root, which pivot_root then removes
	 */
	rc = sys(SYS_move_mount, fd, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_ROOT, (int)-rc, "cannot mount the box's tmpfs");
	return 0;
}

/* O_PATH descriptor of `path` (absolute) as the box will see it, or -errno. */
static int open_inside(int root_fd, const char *path)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	int fd = -EAGAIN;

	/* any rename or mount on the machine, while a ".." of a link is gone through, makes the kernel give up */
	for (int try = 0; fd == -EAGAIN && try < OPEN_TRIES; try++)
		fd = (int)sys(SYS_openat2, root_fd, path, &how, sizeof(how));
	return fd;
}

/* Makes the folder `path` (absolute, not "/") with all above it that are missing. Returns its descriptor or -errno. */
static int make_folders(int root_fd, char *path)
{
	FD_CLEANUP int fd = open_inside(root_fd, "/");

	for (char *slash = path; slash != NULL;) {
		char *name = slash + 1;
		long rc;
		TRY(fd);
		slash = strchr(name, '/');
		if (slash != NULL)
			*slash = '\0';
		rc = sys(SYS_mkdirat, fd, name, 0755);
		if (rc < 0 && rc != -EEXIST)
			return (int)rc;
		fd_close(&fd);
		fd = open_inside(root_fd, path);
		if (slash != NULL)
			*slash = '/';
	}
	return fd_take(&fd);
}

/* The folder that `dst` (absolute) is to lie in, made where it is missing; *ret_name is its last component. */
static int open_parent(int root_fd, const char *dst, const char **ret_name)
{
	char path[PATH_MAX];
	size_t len = (size_t)(strrchr(dst, '/') - dst);
	int fd;

	*ret_name = dst + len + 1;
	if (len == 0)
		return open_inside(root_fd, "/");
	if (len >= sizeof(path))
		return -ENAMETOOLONG;
	memcpy(path, dst, len);
	path[len] = '\0';
	fd = open_inside(root_fd, path);
	return fd == -ENOENT ? make_folders(root_fd, path) : fd;
}

static int create_file(int dir_fd, const char *name)
{
	return (int)sys(SYS_openat, dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
}

/* Where a mount will hang: made as a folder or an empty file where it is missing. Returns an O_PATH descriptor or
 * -errno. */
static int open_target(int root_fd, const char *dst, bool dir)
{
	FD_CLEANUP int parent = -1;
	const char *name;
	int fd = open_inside(root_fd, dst);

	if (fd != -ENOENT)
		return fd;
	parent = open_parent(root_fd, dst, &name);
	TRY(parent);
	if (dir) {
		TRY((int)sys(SYS_mkdirat, parent, name, 0755));
	} else {
		FD_CLEANUP int file = create_file(parent, name);
		TRY(file);
	}
	return open_inside(root_fd, dst);
}

static int attach_to(int target, int tree)
{
	return (int)sys(SYS_move_mount, tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

static int attach(int root_fd, int tree, const char *dst, bool dir)
{
	FD_CLEANUP int target = open_target(root_fd, dst, dir);

	TRY(target);
	return attach_to(target, tree);
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
	static const unsigned copy = AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
	struct mount_attr attr = {.attr_set = attributes(m)};
	FD_CLEANUP int tree = (int)sys(SYS_open_tree, source, "", copy);
	struct stat st;

	TRY(tree);
	TRY((int)sys(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)));
	TRY((int)stat_fd(tree, &st));
	return attach(root_fd, tree, m->dst, S_ISDIR(st.st_mode));
}

static int mirror(int root_fd, int source, const struct box_mount *m)
{
	char target[PATH_MAX];
	FD_CLEANUP int parent = -1;
	const char *name;
	long n = sys(SYS_readlinkat, source, "", target, sizeof(target) - 1);

	if (n == -EINVAL || n == -ENOENT) /* no link */
		return mount_tree(root_fd, source, m);
	TRY((int)n);
	target[n] = '\0';
	parent = open_parent(root_fd, m->dst, &name);
	TRY(parent);
	return (int)sys(SYS_symlinkat, target, parent, name);
}

/* A folder for the overlay's own use, made in its mount point, which it then covers. Returns a descriptor or -errno. */
static int overlay_dir(int target, const char *name)
{
	TRY((int)sys(SYS_mkdirat, target, name, 0755));
	return (int)sys(SYS_openat, target, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

static int overlay_set(int fs, const char *key, int fd)
{
	char text[40];

	put_fd_path(text, fd);
	return (int)fs_set(fs, key, text);
}

/* A writable overlay needs a folder for the changes, which is the merged one's owner and mode, and one to work in. */
static int overlay_writable(const struct setup *setup, int fs, int source, int target, unsigned attrs)
{
	FD_CLEANUP int upper = overlay_dir(target, "upper");
	FD_CLEANUP int work = overlay_dir(target, "work");

	TRY(upper);
	TRY(work);
	TRY((int)sys(SYS_fchown, upper, setup->plan->uid, setup->plan->gid));
	TRY(overlay_set(fs, "lowerdir", source));
	TRY(overlay_set(fs, "upperdir", upper));
	TRY(overlay_set(fs, "workdir", work));
	/* the only kind of attributes that a user namespace may set */
	TRY((int)sys(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, "userxattr", NULL, 0));
	/* before the descriptors are closed: older kernels look the layers up only now */
	return fs_mount(fs, attrs);
}

/* overlayfs wants two layers: the second is the mount point, which is empty. */
static int overlay_read_only(int fs, int source, int target, unsigned attrs)
{
	char text[80];
	char *end = put_fd_path(text, source);

	*end++ = ':';
	put_fd_path(end, target);
	TRY((int)fs_set(fs, "lowerdir", text));
	return fs_mount(fs, attrs);
}

/*
 * The folder through overlayfs, read-only or with its changes going to the scratch tmpfs. The layers are given by
 * descriptor, so the mount table, which the program can read, names no path of the host.
 */
static int mount_overlay(const struct setup *setup, int source, const struct box_mount *m)
{
	FD_CLEANUP int tree = -1;
	FD_CLEANUP int target = open_target(setup->root_fd, m->dst, true);
	FD_CLEANUP int fs = (int)sys(SYS_fsopen, "overlay", FSOPEN_CLOEXEC);

	TRY(target);
	TRY(fs);
	if (m->flags & BOX_MOUNT_RW)
		tree = overlay_writable(setup, fs, source, target, attributes(m));
	else
		tree = overlay_read_only(fs, source, target, attributes(m));
	TRY(tree);
	return attach_to(target, tree);
}

static int mount_scratch(int root_fd, const struct box_mount *m)
{
	FD_CLEANUP int dir = open_target(root_fd, m->dst, true);
	char self[40];

	TRY(dir);
	put_fd_path(self, dir);
	TRY((int)sys(SYS_fchmodat, AT_FDCWD, self, 01777)); /* O_PATH descriptors refuse fchmod */
	/* a mount of its own, since the root it lies on becomes read-only */
	return mount_tree(root_fd, dir, m);
}

static int mount_tmpfs(int root_fd, const struct box_mount *m)
{
	FD_CLEANUP int tree = new_tmpfs(m->bytes, m->inodes, "1777", attributes(m));

	TRY(tree);
	return attach(root_fd, tree, m->dst, true);
}

static int mount_proc(int root_fd, const struct box_mount *m)
{
	FD_CLEANUP int fs = (int)sys(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
	FD_CLEANUP int tree = -1;

	TRY(fs);
	/* nothing but processes, and of these only the program's own: no kernel tables, no sysctl, no init */
	TRY((int)fs_set(fs, "subset", "pid"));
	TRY((int)fs_set(fs, "hidepid", "invisible"));
	tree = fs_mount(fs, attributes(m) | MOUNT_ATTR_NOEXEC);
	TRY(tree);
	return attach(root_fd, tree, m->dst, true);
}

static int make_file(int root_fd, const struct box_mount *m)
{
	FD_CLEANUP int parent = -1;
	FD_CLEANUP int fd = -1;
	const char *name;
	size_t len = strlen(m->src);

	parent = open_parent(root_fd, m->dst, &name);
	TRY(parent);
	fd = create_file(parent, name);
	TRY(fd);
	return sys(SYS_write, fd, m->src, len) == (long)len ? 0 : -EIO;
}

static int make_link(int root_fd, const struct box_mount *m)
{
	FD_CLEANUP int parent = -1;
	const char *name;

	parent = open_parent(root_fd, m->dst, &name);
	TRY(parent);
	return (int)sys(SYS_symlinkat, m->src, parent, name);
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
	if (m->kind == BOX_MOUNT_OVERLAY && errnum == EINVAL)
		return ": overlayfs cannot show a folder with mounts below it, nor one that two overlays carry "
		       "already; "
		       "copy it, or use --box-mode rw";
	return "";
}

int setup_mounts(struct setup *setup, struct sbx_err *err)
{
	for (size_t i = 0; i < setup->plan->n_mounts; i++) {
		const struct box_mount *m = &setup->plan->mounts[i];
		uint64_t begin_ns = setup->tracing ? clock_ns() : 0;
		int rc = do_mount(setup, i);
		if (setup->tracing)
			setup_trace(setup, SBX_STAGE_MOUNT, begin_ns, rc < 0 ? -rc : 0, box_mount_kind_name(m->kind),
			            m->dst);
		if (rc < 0)
			return sbx_fail(err, SBX_STAGE_MOUNT, -rc, "cannot make %.80s (%s%s%.120s) in the box%s",
			                m->dst, box_mount_kind_name(m->kind),
			                m->src != NULL && m->kind <= BOX_MOUNT_OVERLAY ? " of " : "",
			                m->src != NULL && m->kind <= BOX_MOUNT_OVERLAY ? m->src : "",
			                mount_advice(m, -rc));
	}
	return 0;
}

static uint64_t plus(uint64_t limit, uint64_t used)
{
	return limit > BOX_UNLIMITED - used ? BOX_UNLIMITED : limit + used;
}

int setup_limit_scratch(struct setup *setup, struct sbx_err *err)
{
	FD_CLEANUP int fs = (int)sys(SYS_fspick, setup->root_fd, "", FSPICK_EMPTY_PATH | FSPICK_CLOEXEC);
	struct statfs used;
	long rc = fs < 0 ? fs : sys(SYS_fstatfs, setup->root_fd, &used);

	if (rc == 0)
		rc = fs_set_limit(
		        fs, "size",
		        plus(setup->plan->scratch_bytes, (used.f_blocks - used.f_bfree) * (uint64_t)used.f_bsize));
	if (rc == 0)
		rc = fs_set_limit(fs, "nr_inodes", plus(setup->plan->scratch_inodes, used.f_files - used.f_ffree));
	if (rc == 0)
		rc = sys(SYS_fsconfig, fs, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_ROOT, (int)-rc, "--tmp: cannot limit the box's tmpfs");
	return 0;
}

int setup_pivot(struct setup *setup, struct sbx_err *err)
{
	struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
	long rc = sys(SYS_fchdir, setup->root_fd);

	/* "." twice: the old root is stacked on the new one, where the detaching umount then finds it (pivot_root(2))
	 */
	if (rc == 0)
		rc = sys(SYS_pivot_root, ".", ".");
	if (rc == 0)
		rc = sys(SYS_umount2, ".", MNT_DETACH);
	if (rc == 0)
		rc = sys(SYS_chdir, "/");
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_PIVOT, (int)-rc, "cannot make the box's tmpfs the root");
	rc = sys(SYS_mount_setattr, AT_FDCWD, "/", 0, &read_only, sizeof(read_only));
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_PIVOT, (int)-rc, "cannot make the root read-only");
	return 0;
}
