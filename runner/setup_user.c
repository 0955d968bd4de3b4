/*
 * Hands a part of root's slice to an ordinary user: `sbx setup --user`. On cgroup v2 only, whose delegation is made
 * for this (Documentation/admin-guide/cgroup-v2.rst, "Delegation"); called by cmd_setup.c.
 */
#include "runner/setup.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define MAIN_GROUP "main"

static int parse_uid(const char *text, uid_t *ret_uid)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || errno != 0 || (*end != '\0' && *end != ':') || value >= UINT32_MAX)
		return -EINVAL;
	*ret_uid = (uid_t)value;
	return 0;
}

/* NAME:PASSWORD:UID:... */
static int uid_of_entry(char *entry, uid_t *ret_uid)
{
	char *field = strchr(entry, ':');

	field = field == NULL ? NULL : strchr(field + 1, ':');
	return field == NULL ? -EINVAL : parse_uid(field + 1, ret_uid);
}

int setup_find_user(const char *name, uid_t *ret_uid, struct sbx_err *err)
{
	char *argv[] = {(char *)(uintptr_t) "getent", (char *)(uintptr_t) "passwd", (char *)(uintptr_t) "--",
	                (char *)(uintptr_t)name, NULL};
	char entry[1024];
	int status = 0, rc = 0;
	uid_t uid;

	/* with a blank or a sign it is a number to getent, and to nobody else */
	if (strspn(name, "0123456789+- \t\n\v\f\r") == strlen(name)) {
		if (parse_uid(name, &uid) < 0)
			return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "--user: \"%.40s\" is no user id", name);
	} else {
		rc = setup_spawn(argv, entry, sizeof(entry), &status);
		if (rc < 0)
			return sbx_fail(err, SBX_STAGE_HOST, -rc,
			                "--user: cannot run getent to find %.40s (%s); give the user's number", name,
			                strerror(-rc));
		if (status != 0 || uid_of_entry(entry, &uid) < 0)
			return sbx_fail(err, SBX_STAGE_USAGE, ENOENT, "--user: there is no user \"%.40s\"", name);
	}
	if (uid == 0)
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "--user: root needs no delegation");
	*ret_uid = uid;
	return 0;
}

/* The files by which a delegatee moves processes and hands controllers down; all limits of the group stay root's. */
static int hand_over(int dir_fd, const char *path, uid_t uid, struct sbx_err *err)
{
	static const char *const files[] = {"cgroup.procs", "cgroup.subtree_control", "cgroup.threads"};
	int rc = fchown(dir_fd, uid, (gid_t)-1);

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && rc == 0; i++)
		rc = fchownat(dir_fd, files[i], uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot give %s to user %u: %s", path, (unsigned)uid,
		                strerror(errno));
	return 0;
}

static int make_groups(uid_t uid, const struct host_layout *layout, const char *group, bool *ret_made,
                       struct sbx_err *err)
{
	char main_group[sizeof(layout->path[0]) + sizeof("/" MAIN_GROUP)];
	bool has[CG_MAX];
	FD_CLEANUP int group_fd = -1;
	FD_CLEANUP int main_fd = -1;

	for (int c = 0; c < CG_MAX; c++)
		has[c] = layout->path[c][0] != '\0';
	snprintf(main_group, sizeof(main_group), "%s/" MAIN_GROUP, group);
	TRY(host_make_dir(group, &group_fd, ret_made, err));
	TRY(host_enable_controllers(group_fd, group, has, err));
	TRY(host_make_dir(main_group, &main_fd, NULL, err));
	TRY(hand_over(main_fd, main_group, uid, err));
	return hand_over(group_fd, group, uid, err);
}

/* The folder where the user's sbx finds its layout and keeps its slots. */
static int make_run_dir(uid_t uid, const struct host_layout *layout, bool *ret_made, struct sbx_err *err)
{
	char path[64];
	FD_CLEANUP int fd = -1;

	snprintf(path, sizeof(path), HOST_RUN_DIR "/%u", (unsigned)uid);
	*ret_made = mkdir(path, 0700) == 0;
	if (!*ret_made && errno != EEXIST)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot make %s: %s", path, strerror(errno));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot open %s: %s", path, strerror(errno));
	TRY(host_layout_save(fd, layout, err));
	/* the user's only now that nothing more is to be written there by root */
	if (fchmod(fd, 0700) < 0 || fchown(fd, uid, (gid_t)-1) < 0)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot give %s to user %u: %s", path, (unsigned)uid,
		                strerror(errno));
	return 0;
}

int setup_delegate(uid_t uid, FILE *notes, struct sbx_err *err)
{
	struct host_layout layout;
	char group[sizeof(layout.path[0])];
	bool made;

	if (host_layout_load(0, &layout) < 0)
		return sbx_fail(err, SBX_STAGE_HOST, ENOENT, "the slice that was just made is gone");
	if ((size_t)snprintf(group, sizeof(group), "%s/user-%u", layout.path[CG_MEMORY], (unsigned)uid) >=
	    sizeof(group))
		return sbx_fail(err, SBX_STAGE_HOST, ENAMETOOLONG, "the slice has too long a path");
	TRY(make_groups(uid, &layout, group, &made, err));
	setup_note(notes, made ? "made %s for user %u" : "already there: %s for user %u", group, (unsigned)uid);
	for (int c = 0; c < CG_MAX; c++)
		if (layout.path[c][0] != '\0')
			strcpy(layout.path[c], group);
	TRY(make_run_dir(uid, &layout, &made, err));
	setup_note(notes, made ? "made " HOST_RUN_DIR "/%u" : "already there: " HOST_RUN_DIR "/%u", (unsigned)uid);
	return 0;
}

int setup_move(uid_t uid, pid_t pid, FILE *notes, struct sbx_err *err)
{
	struct host_layout layout;
	char path[sizeof(layout.path[0]) + 64], text[16];
	int rc = host_layout_load(uid, &layout);

	if (rc == 0) {
		snprintf(path, sizeof(path), "%s/" MAIN_GROUP "/cgroup.procs", layout.path[CG_MEMORY]);
		snprintf(text, sizeof(text), "%d", (int)pid);
		rc = fd_write_at(AT_FDCWD, path, text);
	}
	if (rc == -ESRCH)
		return sbx_fail(err, SBX_STAGE_USAGE, ESRCH, "--pid: there is no process %d", (int)pid);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_HOST, -rc, "cannot move process %d into the user's cgroup: %s", (int)pid,
		                strerror(-rc));
	setup_note(notes, "moved process %d into %s/" MAIN_GROUP, (int)pid, layout.path[CG_MEMORY]);
	return 0;
}
