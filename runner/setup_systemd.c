/*
 * The slice where systemd owns cgroup v2: nobody may write beside it there, but a unit with Delegate=yes owns all
 * below its own cgroup (systemd.io/CGROUP_DELEGATION). So the slice is the cgroup of sbx.service, whose one process,
 * the keeper, is `sbx setup --keeper`. Called by cmd_setup.c and setup_undo.c.
 */
#include "runner/setup.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define UNIT "sbx.service"
#define UNIT_PATH "/run/systemd/system/" UNIT

/*
 * Without OOMPolicy=continue, a box that runs out of memory stops the unit and all boxes with it; without TasksMax
 * all boxes together share a limit made for one service.
 */
static const char unit_text[] =
        "# Written by sbx setup; sbx setup --undo removes it. Stopping it ends what runs in it.\n"
        "[Unit]\n"
        "Description=The cgroup in which sbx runs its boxes\n"
        "Documentation=man:sbx(1)\n"
        "\n"
        "[Service]\n"
        "Type=notify\n"
        "ExecStart=\"%s\" setup --keeper\n"
        "Delegate=yes\n"
        "TasksMax=infinity\n"
        "OOMPolicy=continue\n";

static int own_path(char path[PATH_MAX], struct sbx_err *err)
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (n < 0)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot read /proc/self/exe: %s", strerror(errno));
	path[n] = '\0';
	/* what means something else in a unit's quoted string, systemd.service(5) */
	if (strpbrk(path, "\"\\%$\n") != NULL)
		return sbx_fail(err, SBX_STAGE_HOST, EINVAL, "sbx lies at %.200s, which cannot stand in a unit file",
		                path);
	return 0;
}

/* Whole or not at all. *ret_changed: it did not say this already. */
static int write_unit(const char *text, bool *ret_changed, struct sbx_err *err)
{
	static const char tmp[] = UNIT_PATH ".new";
	char old[PATH_MAX + sizeof(unit_text)];
	FD_CLEANUP int fd = -1;
	size_t len = strlen(text);

	*ret_changed = fd_read_at(AT_FDCWD, UNIT_PATH, old, sizeof(old)) < 0 || strcmp(old, text) != 0;
	if (!*ret_changed)
		return 0;
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len || rename(tmp, UNIT_PATH) < 0)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot write " UNIT_PATH ": %s", strerror(errno));
	return 0;
}

static int systemctl(const char *verb, const char *unit, struct sbx_err *err)
{
	char *argv[] = {(char *)(uintptr_t) "systemctl", (char *)(uintptr_t)verb, (char *)(uintptr_t)unit, NULL};
	int status = 0, rc = setup_spawn(argv, NULL, 0, &status);

	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_HOST, -rc, "systemd runs here, but systemctl cannot be started: %s",
		                strerror(-rc));
	if (status != 0)
		return sbx_fail(err, SBX_STAGE_HOST, EIO,
		                "systemctl %s%s%s ended with status %d; to see why: journalctl -u " UNIT, verb,
		                unit != NULL ? " " : "", unit != NULL ? unit : "", status);
	return 0;
}

static bool slice_is_open(void)
{
	struct box_host host;
	struct sbx_err ignored;

	if (host_open_kept(&host, &ignored) < 0)
		return false;
	host_finish(&host);
	return true;
}

int setup_unit_start(FILE *notes, struct sbx_err *err)
{
	struct host_layout layout;
	char exe[PATH_MAX], text[PATH_MAX + sizeof(unit_text)];
	bool changed, was_open = slice_is_open();

	TRY(own_path(exe, err));
	snprintf(text, sizeof(text), unit_text, exe);
	TRY(write_unit(text, &changed, err));
	if (changed) {
		TRY(systemctl("daemon-reload", NULL, err));
		setup_note(notes, "wrote " UNIT_PATH);
	}
	if (!was_open || changed) {
		TRY(systemctl("start", UNIT, err));
		setup_note(notes, "started " UNIT);
	}
	if (!slice_is_open() || host_layout_load(0, &layout) < 0)
		return sbx_fail(err, SBX_STAGE_HOST, EIO,
		                UNIT " runs, but keeps no slice; run: systemctl restart " UNIT);
	setup_note(notes, was_open ? "already there: %s" : "made %s", layout.path[CG_MEMORY]);
	return 0;
}

int setup_unit_stop(FILE *notes, struct sbx_err *err)
{
	if (access(UNIT_PATH, F_OK) < 0)
		return 0;
	TRY(systemctl("stop", UNIT, err));
	setup_note(notes, "stopped " UNIT);
	if (unlink(UNIT_PATH) < 0)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot remove " UNIT_PATH ": %s", strerror(errno));
	setup_note(notes, "removed " UNIT_PATH);
	return systemctl("daemon-reload", NULL, err);
}

/* sd_notify(3): tells the service manager, where there is one that waits, that the slice is there. */
static void say_ready(void)
{
	static const char message[] = "READY=1\nSTATUS=Keeps the slice";
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	size_t len = path == NULL ? 0 : strlen(path);
	FD_CLEANUP int fd = -1;

	if (len < 2 || len >= sizeof(addr.sun_path))
		return;
	memcpy(addr.sun_path, path, len);
	if (path[0] == '@') /* an abstract one */
		addr.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		sendto(fd, message, sizeof(message) - 1, MSG_NOSIGNAL, (const struct sockaddr *)&addr,
		       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
}

/* The cgroup this process is in, as a path on this host. */
static int own_cgroup(char *path, size_t size, struct sbx_err *err)
{
	struct host_layout mounts;
	char text[4096], *own;
	int n = fd_read_at(AT_FDCWD, "/proc/self/cgroup", text, sizeof(text));

	TRY(cg_find(&mounts, err));
	own = n < 0 ? NULL : strstr(text, "0::");
	if (own == NULL || mounts.cgroup_version != 2)
		return sbx_fail(err, SBX_STAGE_HOST, ENOTSUP, "--keeper is for " UNIT " on cgroup v2");
	own += 3;
	own[strcspn(own, "\n")] = '\0';
	if (strcmp(own, "/") == 0)
		return sbx_fail(err, SBX_STAGE_HOST, EPERM, "--keeper is for " UNIT ", which has a cgroup of its own");
	if ((size_t)snprintf(path, size, "%s%s", mounts.path[CG_MEMORY], own) >= size)
		return sbx_fail(err, SBX_STAGE_HOST, ENAMETOOLONG, "the unit's cgroup has too long a path");
	return 0;
}

int setup_keeper(struct sbx_err *err)
{
	char slice[200];
	char group[sizeof(slice) + sizeof("/" KEEPER_GROUP)];
	FD_CLEANUP int group_fd = -1;
	int rc;

	TRY(own_cgroup(slice, sizeof(slice), err));
	snprintf(group, sizeof(group), "%s/" KEEPER_GROUP, slice);
	TRY(host_make_dir(group, &group_fd, NULL, err));
	/* out of the slice itself, which may hold no process if it is to hand controllers down */
	rc = fd_write_at(group_fd, "cgroup.procs", "0");
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_HOST, -rc, "cannot enter %s: %s", group, strerror(-rc));
	TRY(host_setup_at(slice, NULL, err));
	say_ready();
	for (;;)
		pause();
}
