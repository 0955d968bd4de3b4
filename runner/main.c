/* sbx: dispatches to the commands. What the caller left closed or blocked is put right before anything else. */
#include "runner/args_value.h"
#include "runner/cmd.h"
#include "runner/streams.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
        {"run", cmd_run, "run one program in a box and say what became of it"},
        {"judge", cmd_judge, "compile a submission and run it on every test"},
        {"check", cmd_check, "say what this host lacks, and the command that mends it"},
        {"setup", cmd_setup, "make the cgroup slice, or delegate one to a user"},
        {"policy", cmd_policy, "list and show the system-call profiles"},
        {"serve", cmd_serve, "take jobs over HTTP, with a queue and a web page"},
        {"languages", cmd_languages, "list the languages, with the version found or what to install"},
};

static void print_usage(FILE *out)
{
	fputs("usage: sbx COMMAND [options]\n\n", out);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fputs("\nsbx COMMAND --help tells more. Manual: sbx(1), sbx-policy(5).\n", out);
}

/* A launcher needs some descriptors (HOST_FDS_NEEDED) and writes small files; a caller's soft limits may be lower than
 * what it may have. */
static void raise_soft_limit(__rlimit_resource_t resource)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(resource, &limit);
	}
}

/* What children inherit without anybody's asking, and a program would run differently under: not from one caller to the
 * next. */
static void reset_inherited(void)
{
	personality(PER_LINUX);
	prctl(PR_SET_TIMERSLACK, 50000UL); /* the kernel's own default, in nanoseconds */
	prctl(PR_SET_TSC, PR_TSC_ENABLE);
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
}

int main(int argc, char **argv)
{
	char quoted[ARGS_QUOTE_SIZE];
	struct sbx_err err;

	/* said where the standard error is open: nothing of ours has come to stand in its place */
	if (streams_guard(&err) < 0)
		return cmd_fail(&err);
	/* who is root by such a bit would have each path opened, and each box built, with rights that the caller has
	 * not */
	if (getuid() != geteuid() || getgid() != getegid()) {
		sbx_fail(&err, SBX_STAGE_USAGE, 0,
		         "the file of sbx has a set-user-ID or set-group-ID bit, with which it does nothing");
		return cmd_fail(&err);
	}
	reset_inherited();
	streams_file_mode = 0600 | (0644 & ~umask(022));
	/* a reader that leaves and a file limit of the caller's are errors of a write, not ends of sbx */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	raise_soft_limit(RLIMIT_NOFILE);
	raise_soft_limit(RLIMIT_FSIZE);
	if (argc < 2) {
		print_usage(stderr);
		return SBX_EXIT_USAGE;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return cmd_print("");
	}
	if (strcmp(argv[1], "--version") == 0)
		return cmd_print("sbx " SBX_VERSION "\n");
	sbx_fail(&err, SBX_STAGE_USAGE, 0, "no such command: \"%s\"; sbx --help lists them",
	         args_quote(argv[1], quoted));
	return cmd_fail(&err);
}
