/*
 * Checks of the namespaces: each kind is made, inside a fresh user namespace as a box has it, by a child that then
 * ends. Called through the table in cmd_check.c. The user namespace comes first: all others hang on it, and it
 * is what distributions and containers forbid, each in a way of its own.
 */
#include "runner/check.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>

static int do_nothing(void *arg)
{
	(void)arg;
	return 0;
}

/* AppArmor lets the namespace be made, but gives no rights in it: so one of them is used. */
static int use_rights(void *arg)
{
	(void)arg;
	return sethostname("check", 5) < 0 ? -errno : 0;
}

int check_userns_try(void)
{
	return check_try(CLONE_NEWUSER | CLONE_NEWUTS, use_rights, NULL);
}

bool check_is_filtered(void)
{
	char text[4096];
	const char *line;

	if (fd_read_at(AT_FDCWD, "/proc/thread-self/status", text, sizeof(text)) < 0)
		return false;
	line = strstr(text, "\nSeccomp:");
	return line != NULL && strtol(line + strlen("\nSeccomp:"), NULL, 10) == 2;
}

/* The sysctls that forbid user namespaces, with the value that does. */
static const struct {
	const char *path, *name;
	long bad, good;
	bool spares_root;
} bans[] = {
        {"/proc/sys/user/max_user_namespaces", "user.max_user_namespaces", 0, 65536, false},
        {"/proc/sys/kernel/unprivileged_userns_clone", "kernel.unprivileged_userns_clone", 0, 1, true},
        {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "kernel.apparmor_restrict_unprivileged_userns", 1, 0,
         true},
};

static void explain_ban(const struct check_host *host, struct check_row *row)
{
	int errnum = -host->userns_rc;

	for (size_t i = 0; i < sizeof(bans) / sizeof(bans[0]); i++) {
		if ((host->root && bans[i].spares_root) || check_read_number(bans[i].path, -1) != bans[i].bad)
			continue;
		check_say(row, CHECK_FAIL, "forbidden: the sysctl %s is %ld", bans[i].name, bans[i].bad);
		check_fix(row, "sysctl -w %s=%ld", bans[i].name, bans[i].good);
		return;
	}
	if (errnum == ENOSPC) {
		check_say(row, CHECK_FAIL, "their number is used up, here or in a namespace around this one");
		check_fix(row, "sysctl -w user.max_user_namespaces=65536");
	} else if (errnum == EINVAL) {
		check_say(row, CHECK_FAIL, "the kernel is built without them (CONFIG_USER_NS)");
	} else if (check_is_filtered()) {
		check_say(row, CHECK_FAIL, "%s: a filter on this process (a container's?) forbids them",
		          strerror(errnum));
		check_fix(row, "docker run --security-opt seccomp=unconfined ...");
	} else {
		check_say(row, CHECK_FAIL,
		          "%s: no sysctl forbids them; a chroot does, and so do AppArmor and SELinux policies",
		          strerror(errnum));
	}
}

void check_ns_user(const struct check_host *host, struct check_row *row)
{
	if (host->userns_rc == 0)
		check_say(row, CHECK_OK, "can be made, and gives its rights");
	else
		explain_ban(host, row);
}

/* `limit` is the sysctl's name below user.max_..._namespaces. */
static void check_ns(const struct check_host *host, struct check_row *row, uint64_t flag, const char *limit)
{
	char path[64];
	int rc;

	if (host->userns_rc < 0) {
		check_say(row, CHECK_NA, "cannot be tried without a user namespace");
		return;
	}
	rc = check_try(CLONE_NEWUSER | flag, do_nothing, NULL);
	snprintf(path, sizeof(path), "/proc/sys/user/max_%s_namespaces", limit);
	if (rc == 0) {
		check_say(row, CHECK_OK, "can be made");
	} else if (rc == -ENOSPC) {
		check_say(row, CHECK_FAIL, "their number is used up: user.max_%s_namespaces is %ld", limit,
		          check_read_number(path, -1));
		check_fix(row, "sysctl -w user.max_%s_namespaces=65536", limit);
	} else {
		check_say(row, CHECK_FAIL, "%s: the kernel is built without them, or a filter forbids them",
		          strerror(-rc));
	}
}

void check_ns_pid(const struct check_host *host, struct check_row *row)
{
	check_ns(host, row, CLONE_NEWPID, "pid");
}

void check_ns_mount(const struct check_host *host, struct check_row *row)
{
	check_ns(host, row, CLONE_NEWNS, "mnt");
}

void check_ns_net(const struct check_host *host, struct check_row *row)
{
	check_ns(host, row, CLONE_NEWNET, "net");
}

void check_ns_ipc(const struct check_host *host, struct check_row *row)
{
	check_ns(host, row, CLONE_NEWIPC, "ipc");
}

void check_ns_uts(const struct check_host *host, struct check_row *row)
{
	check_ns(host, row, CLONE_NEWUTS, "uts");
}

void check_ns_cgroup(const struct check_host *host, struct check_row *row)
{
	check_ns(host, row, CLONE_NEWCGROUP, "cgroup");
}
