/* sbx setup: makes the slice that boxes run in, hands a part of it to an ordinary user, or takes all of it away. */
#include "runner/cmd.h"
#include "runner/setup.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
        "usage: sbx setup\n"
        "       sbx setup --user NAME|UID [--pid PID]\n"
        "       sbx setup --undo [--user NAME|UID]\n"
        "\n"
        "Makes the cgroup below which sbx runs its boxes, and says what it did. What is there already stays. Root's\n"
        "first sbx run does the same by itself, but where systemd owns cgroup v2: there the cgroup is that of a\n"
        "unit, sbx.service, which only this command starts. All of it is gone after a reboot.\n"
        "\n"
        "--user  hands a part of it to an ordinary user, who can then run sbx (cgroup v2 only)\n"
        "--pid   moves this process, say the user's shell, into the user's part: the kernel lets it and what it\n"
        "        starts from then on use it\n"
        "--undo  removes all, or with --user that user's part; kills nothing: what still runs is named\n"
        "--keeper  is what sbx.service calls\n"
        "\n"
        "Exit status: 0 done, 2 usage, 3 failed.\n";

struct setup_args {
	const char *user, *pid_text;
	pid_t pid;
	bool undo, keeper, help;
};

static int usage(struct sbx_err *err, const char *what, const char *given)
{
	return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "%s%.40s; sbx setup --help tells more", what, given);
}

static int parse_pid(const char *text, pid_t *ret, struct sbx_err *err)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value < 1 || value > INT_MAX)
		return usage(err, "--pid: not a process id: ", text);
	*ret = (pid_t)value;
	return 0;
}

static int take_flag(bool *flag, const char *arg, struct sbx_err *err)
{
	if (*flag)
		return usage(err, "given twice: ", arg);
	*flag = true;
	return 0;
}

static int take_value(const char **value, int argc, char **argv, int *i, struct sbx_err *err)
{
	if (*value != NULL)
		return usage(err, "given twice: ", argv[*i]);
	if (*i + 1 >= argc || argv[*i + 1][0] == '\0')
		return usage(err, "a value is missing for ", argv[*i]);
	*value = argv[++*i];
	return 0;
}

static int parse(struct setup_args *args, int argc, char **argv, struct sbx_err *err)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--undo") == 0)
			TRY(take_flag(&args->undo, argv[i], err));
		else if (strcmp(argv[i], "--keeper") == 0)
			TRY(take_flag(&args->keeper, argv[i], err));
		else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			TRY(take_flag(&args->help, argv[i], err));
		else if (strcmp(argv[i], "--user") == 0)
			TRY(take_value(&args->user, argc, argv, &i, err));
		else if (strcmp(argv[i], "--pid") == 0)
			TRY(take_value(&args->pid_text, argc, argv, &i, err));
		else
			return usage(err, "no such option: ", argv[i]);
	}
	if (args->keeper && argc > 2)
		return usage(err, "--keeper stands alone", "");
	if (args->pid_text != NULL && (args->user == NULL || args->undo))
		return usage(err, "--pid goes with --user, and not with --undo", "");
	return args->pid_text == NULL ? 0 : parse_pid(args->pid_text, &args->pid, err);
}

static void note_made(const struct host_made *made)
{
	for (int c = 0; c < CG_MAX; c++)
		if (made->layout.path[c][0] != '\0' && (made->layout.cgroup_version == 1 || c == CG_MEMORY))
			setup_note(stdout, made->made[c] ? "made %s" : "already there: %s", made->layout.path[c]);
}

static int make(const struct setup_args *args, struct sbx_err *err)
{
	struct host_layout mounts;
	struct host_made made;
	uid_t uid = 0;

	TRY(cg_find(&mounts, err));
	if (args->user != NULL)
		TRY(setup_find_user(args->user, &uid, err));
	if (args->user != NULL && mounts.cgroup_version != 2)
		return sbx_fail(
		        err, SBX_STAGE_HOST, ENOTSUP,
		        "an ordinary user can be given a cgroup on cgroup v2 only, and here the memory controller "
		        "is bound to v1: boot with systemd.unified_cgroup_hierarchy=1 cgroup_no_v1=all, or run "
		        "sbx as root");
	if (host_is_systemds(&mounts)) {
		TRY(setup_unit_start(stdout, err));
	} else {
		TRY(host_setup(&made, err));
		note_made(&made);
	}
	if (args->user == NULL)
		return 0;
	TRY(setup_delegate(uid, stdout, err));
	return args->pid_text == NULL ? 0 : setup_move(uid, args->pid, stdout, err);
}

static int undo(const struct setup_args *args, struct sbx_err *err)
{
	uid_t uid;

	if (args->user == NULL)
		return setup_undo(stdout, err);
	TRY(setup_find_user(args->user, &uid, err));
	return setup_undo_user(uid, stdout, err);
}

static int run(const struct setup_args *args, struct sbx_err *err)
{
	if (geteuid() != 0)
		return sbx_fail(err, SBX_STAGE_HOST, EPERM, "only root can do that; run: sudo sbx setup");
	if (args->keeper)
		return setup_keeper(err);
	TRY(args->undo ? undo(args, err) : make(args, err));
	if (fflush(stdout) == EOF)
		return sbx_fail(err, SBX_STAGE_REPORT, errno, "done, but cannot be said on the standard output: %s",
		                strerror(errno));
	return 0;
}

int cmd_setup(int argc, char **argv)
{
	struct setup_args args = {0};
	struct sbx_err err = {0};
	int rc = parse(&args, argc, argv, &err);

	if (rc == 0 && args.help) {
		fputs(help, stdout);
		return SBX_EXIT_OK;
	}
	if (rc == 0)
		rc = run(&args, &err);
	if (rc == 0)
		return SBX_EXIT_OK;
	fprintf(stderr, "sbx: setup: %s\n", err.msg);
	return err.stage == SBX_STAGE_USAGE ? SBX_EXIT_USAGE : SBX_EXIT_SANDBOX;
}
