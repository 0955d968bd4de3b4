/*
 * Who is measured, and how each is called. bubblewrap isolates as much as it can: all namespaces, a root of its own
 * with the same folders as sbx's, no capabilities, a session of its own, sbx's own filter as bytes. It has no cgroup
 * and no limits. For crun see crun.c.
 */
#include "tests/bench/bench.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const bare_argv[] = {"./nop", NULL};
static const char *const namespaces_argv[] = {"./namespaces", "./nop", NULL};
static const char *sbx_argv[] = {NULL, "run", "--", "./nop", NULL};
static const char *sbx_file_argv[] = {NULL, "run", "--format", "json", "--report", NULL, "--", "./nop", NULL};
static const char *crun_argv[] = {
        "/usr/bin/crun", "--cgroup-manager=cgroupfs", "--root", NULL, "run", "--bundle", NULL, NULL, NULL};
static const char *bwrap_argv[] = {
        "/usr/bin/bwrap",
        "--unshare-all",
        "--unshare-user",
        "--uid",
        "1000",
        "--gid",
        "1000",
        "--hostname",
        "sbx",
        "--clearenv",
        "--ro-bind",
        "/usr",
        "/usr",
        "--symlink",
        "usr/bin",
        "/bin",
        "--symlink",
        "usr/sbin",
        "/sbin",
        "--symlink",
        "usr/lib",
        "/lib",
        "--symlink",
        "usr/lib64",
        "/lib64",
        "--ro-bind-try",
        "/etc/alternatives",
        "/etc/alternatives",
        "--ro-bind-try",
        "/etc/ld.so.cache",
        "/etc/ld.so.cache",
        "--ro-bind-try",
        "/etc/passwd",
        "/etc/passwd",
        "--ro-bind-try",
        "/etc/group",
        "/etc/group",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--tmpfs",
        "/tmp",
        "--ro-bind",
        ".",
        "/box",
        "--chdir",
        "/box",
        "--cap-drop",
        "ALL",
        "--new-session",
        "--die-with-parent",
        "--seccomp",
        "9",
        "./nop",
        NULL,
};

struct contender_info contenders[CONTENDER_MAX] = {
        [BARE] = {.key = "bare", .name = "(a) posix_spawn"},
        [NAMESPACES] = {.key = "namespaces", .name = "    seven namespaces, no more"},
        [BWRAP] = {.key = "bubblewrap", .name = "(b) bubblewrap"},
        [CRUN] = {.key = "crun", .name = "(c) crun"},
        [SBX] = {.key = "sbx", .name = "(d) sbx run"},
        [SBX_FILE] = {.key = "sbx_report_file", .name = "    sbx run, JSON to a file"},
};

/* One launch, outside of all measurement: it also fills the caches for those that work. */
static void try_out(struct contender_info *c)
{
	struct outcome outcome;
	int rc;

	if (c->missing != NULL)
		return;
	rc = launch(&c->launch, false, &outcome);
	if (rc < 0)
		c->missing = strerror(-rc);
	else if (outcome.status != 0)
		c->missing = "it fails here; its command line is in tests/bench/contenders.c";
}

void contenders_init(struct place *place)
{
	static char state[300], report[300];
	const char *const *const argvs[CONTENDER_MAX] = {bare_argv, namespaces_argv, bwrap_argv,
	                                                 crun_argv, sbx_argv,        sbx_file_argv};

	snprintf(state, sizeof(state), "%s/state", place->dir);
	snprintf(report, sizeof(report), "%s/report", place->dir);
	sbx_argv[0] = sbx_file_argv[0] = place->sbx;
	sbx_file_argv[5] = report;
	crun_argv[3] = state;
	crun_argv[6] = place->bundle;
	crun_argv[7] = place->cgroup;
	for (int i = 0; i < CONTENDER_MAX; i++)
		contenders[i].launch = (struct launch){
		        .argv = argvs[i], .out_fd = -1, .err_fd = -1, .takes_stdio = argvs[i] == crun_argv};
	contenders[BWRAP].launch.filter_path = place->filter;
	/* first, since sbx may have to look for the cgroups, part of which crun's bundle hides */
	if (place_make_filter(place) < 0)
		contenders[BWRAP].missing = "sbx run --dry-run shows no filter";
	try_out(&contenders[SBX]);
	if (access(crun_argv[0], X_OK) < 0)
		contenders[CRUN].missing = "it is not installed";
	else if (crun_make_bundle(place) < 0)
		contenders[CRUN].missing = "its bundle cannot be written";
	for (int i = 0; i < CONTENDER_MAX; i++) {
		try_out(&contenders[i]);
		if (contenders[i].missing != NULL)
			show_failure(contenders[i].key, contenders[i].missing);
	}
}
