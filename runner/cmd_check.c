/* sbx check: what this host lacks for the sandbox, and the command that mends it. The table below is the list. */
#include "runner/attack.h"
#include "runner/check.h"
#include "runner/cmd.h"
#include "runner/setup.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
        "usage: sbx check [--json] [--measure] [--attack [--seccomp NAME|FILE]]\n"
        "\n"
        "Tries each thing that the sandbox needs or profits from, as this user, and says for each: ok; warn: works\n"
        "with something less; fail: sbx run will not work, or not with its defaults; n/a: cannot be known here.\n"
        "Below a warn or fail stands, after an arrow, the command that mends it. Nothing is left behind.\n"
        "\n"
        "--json     one JSON object, schema sbx.check/1\n"
        "--measure  also: start cost of sbx run against a bare start, and how steady a busy loop is; some 5 s\n"
        "--attack   also: attacks this host from boxes, harmlessly, and says which attacks were held; some 3 s\n"
        "--seccomp  with --attack: by this profile instead of the default one\n"
        "\n"
        "Exit status: 0 when nothing fails and each attack was held, 1 when something fails or an attack got\n"
        "through, 2 usage, 3 what was asked for could not be measured, tried or written.\n";

static const struct check checks[] = {
        {"kernel", check_kernel},
        {"clone3 into a cgroup", check_clone_into},
        {"openat2", check_openat2},
        {"pidfd", check_pidfd},
        {"close_range", check_close_range},
        {"seccomp filter", check_seccomp},
        {"user namespace", check_ns_user},
        {"pid namespace", check_ns_pid},
        {"mount namespace", check_ns_mount},
        {"network namespace", check_ns_net},
        {"ipc namespace", check_ns_ipc},
        {"uts namespace", check_ns_uts},
        {"cgroup namespace", check_ns_cgroup},
        {"fsopen", check_fsopen},
        {"mount_setattr", check_mount_setattr},
        {"overlayfs", check_overlay},
        {"private /proc", check_proc},
        {"cgroup version", check_cgroup_version},
        {"memory controller", check_memory},
        {"pids controller", check_pids},
        {"cpu accounting", check_cpuacct},
        {"cpu controller", check_cpu},
        {"cpuset controller", check_cpuset},
        {"slice", check_slice},
        {"delegation", check_delegation},
        {"leaf", check_leaf},
        {"swap accounting", check_swap_accounting},
        {"outside ids", check_ids},
        {"hard limits", check_rlimits},
        {"caller's filter", check_caller_filter},
        {"core_pattern", check_core_pattern},
        {"fatal signals", check_fatal_signals},
        {"address randomisation", check_aslr},
        {"swap", check_swap},
        {"huge pages", check_thp},
        {"SMT", check_smt},
        {"governor", check_governor},
        {"boost", check_boost},
        {"clock source", check_clocksource},
        {"NUMA balancing", check_numa},
        {"same-page merging", check_ksm},
        {"pressure", check_pressure},
        {"steal", check_steal},
};

#define N_CHECKS (sizeof(checks) / sizeof(checks[0]))

static void host_init(struct check_host *host)
{
	*host = (struct check_host){.root = geteuid() == 0, .userns_rc = check_userns_try()};
	if (cg_find(&host->mounts, &host->mounts_err) < 0)
		host->mounts.cgroup_version = 0;
	host->open = host_open_kept(&host->box, &host->open_err) == 0;
	host_layout_load(geteuid(), &host->slice);
}

/* Returns whether one fails. */
static bool run_checks(struct check_row rows[N_CHECKS])
{
	static struct check_host host;
	bool failed = false;

	host_init(&host);
	for (size_t i = 0; i < N_CHECKS; i++) {
		rows[i].name = checks[i].name;
		checks[i].run(&host, &rows[i]);
		failed = failed || rows[i].status == CHECK_FAIL;
	}
	if (host.open)
		host_finish(&host.box);
	return failed;
}

/* What was asked for, and what of it there is. */
struct asked {
	bool json, measure, attack, help;
	const char *seccomp;
	struct check_measure measured;
	struct attack_result attacks;
	struct check_extras extras;
};

/*
 * Starts boxes, for which root's slice is made where there is none: then it is taken away again, to keep what the help
 * promises.
 */
static int run_boxes(struct asked *asked, struct sbx_err *err)
{
	struct host_layout kept;
	bool had_slice = geteuid() != 0 || host_layout_load(0, &kept) == 0;
	struct sbx_err ignored;
	int rc = 0;

	if (asked->measure) {
		rc = check_measure(&asked->measured, err);
		if (rc == 0)
			asked->extras.measure = &asked->measured;
	}
	if (rc == 0 && asked->attack) {
		rc = attack_run(asked->seccomp, &asked->attacks, err);
		if (asked->attacks.n > 0)
			asked->extras.attacks = &asked->attacks;
	}
	if (!had_slice)
		setup_undo(NULL, &ignored);
	return rc;
}

static int refuse(const char *what, const char *arg)
{
	struct sbx_err err; /* which makes control characters plain */

	sbx_fail(&err, SBX_STAGE_USAGE, 0, "%s: \"%.40s\"; sbx check --help tells more", what, arg);
	fprintf(stderr, "sbx: check: %s\n", err.msg);
	return -1;
}

static int parse(int argc, char **argv, struct asked *asked)
{
	for (int i = 1; i < argc; i++) {
		bool *flag = strcmp(argv[i], "--json") == 0      ? &asked->json
		             : strcmp(argv[i], "--measure") == 0 ? &asked->measure
		             : strcmp(argv[i], "--attack") == 0  ? &asked->attack
		             : strcmp(argv[i], "--help") == 0    ? &asked->help
		             : strcmp(argv[i], "-h") == 0        ? &asked->help
		                                                 : NULL;
		if (strcmp(argv[i], "--seccomp") == 0 && i + 1 < argc && asked->seccomp == NULL) {
			asked->seccomp = argv[++i];
			continue;
		}
		if (flag == NULL || *flag)
			return refuse(strcmp(argv[i], "--seccomp") == 0 ? "given twice, or without a value"
			              : flag == NULL                    ? "no such option"
			                                                : "given twice",
			              argv[i]);
		*flag = true;
	}
	if (asked->seccomp != NULL && !asked->attack)
		return refuse("goes with --attack only", "--seccomp");
	/* an attacker without a filter would not know a box from a host */
	if (asked->seccomp != NULL && strcmp(asked->seccomp, "none") == 0)
		return refuse("--attack wants a profile, not", asked->seccomp);
	return 0;
}

static int exit_status(bool failed, const struct attack_result *attacks, const struct sbx_err *err)
{
	if (err->stage == SBX_STAGE_USAGE)
		return SBX_EXIT_USAGE; /* a profile that cannot be used */
	if (failed || (attacks != NULL && attacks->counts[ATTACK_OPEN] > 0))
		return SBX_EXIT_VERDICT;
	if (err->stage != SBX_STAGE_NONE || (attacks != NULL && attacks->counts[ATTACK_NOT_TRIED] > 0))
		return SBX_EXIT_SANDBOX;
	return SBX_EXIT_OK;
}

int cmd_check(int argc, char **argv)
{
	static struct check_row rows[N_CHECKS];
	struct asked asked = {0};
	struct sbx_err err = {0};
	bool failed;
	int rc;

	if (argc == 5 && strcmp(argv[1], "--attacker") == 0)
		return attack_inside(argv[2], argv[3], argv[4]);
	if (parse(argc, argv, &asked) < 0)
		return SBX_EXIT_USAGE;
	if (asked.help) {
		fputs(help, stdout);
		return SBX_EXIT_OK;
	}
	failed = run_checks(rows);
	run_boxes(&asked, &err);
	rc = (asked.json ? check_print_json : check_print_table)(rows, N_CHECKS, &asked.extras);
	if (rc < 0)
		sbx_fail(&err, SBX_STAGE_REPORT, -rc, "cannot write to the standard output: %s", strerror(-rc));
	if (err.stage != SBX_STAGE_NONE)
		fprintf(stderr, "sbx: check: %s\n", err.msg);
	return rc < 0 ? SBX_EXIT_SANDBOX : exit_status(failed, asked.extras.attacks, &err);
}
