/* sbx run: one program in one box. The way of a run is run_box(). */
#include "policy/plan.h"
#include "policy/verdict.h"
#include "runner/args_run.h"
#include "runner/cmd.h"
#include "runner/profile_file.h"
#include "runner/report.h"
#include "runner/supervise.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

extern char **environ;

/* All that a run needs, too large for a stack that the kernel has yet to grow. */
static struct command {
	struct run_args args;
	struct policy_plan plan;
	struct box_host host;
	struct supervisor supervisor;
	struct run run;
	struct limit_fact limits[BOX_LIMIT_MAX];
	struct report report;
	struct report_sink sink;
	char *profile; /* the text of --seccomp FILE */
} cmd;

static void print_trace(void *arg, const struct box_trace *trace)
{
	struct sbx_err plain;

	(void)arg;
	/* a path may hold what a terminal obeys */
	sbx_fail(&plain, trace->stage, 0, "%s%s", trace->detail[0] != '\0' ? "  " : "", trace->detail);
	fprintf(stderr, "sbx: debug: %-12s %6u us  %s%s\n", sbx_stage_name(trace->stage), trace->us,
	        trace->errnum == 0 ? "ok" : strerror(trace->errnum), plain.msg);
}

static int print_plan(struct sbx_err *err)
{
	FREE_CLEANUP char *text = policy_plan_text(&cmd.plan.box);

	if (text == NULL)
		return sbx_fail(err, SBX_STAGE_PLAN, ENOMEM, "out of memory");
	if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
		return sbx_fail(err, SBX_STAGE_REPORT, errno, "cannot write the plan");
	return 0;
}

static int supervise(struct sbx_err *err)
{
	int rc;

	cmd.run.plan = &cmd.plan.box;
	box_init(&cmd.run.box);
	if (cmd.args.debug)
		cmd.run.box.trace = print_trace;
	/* before signals are held back: a file may lie on a disk that answers late */
	TRY(run_streams_open(&cmd.run.streams, &cmd.args.spec, err));
	TRY(supervisor_init(&cmd.supervisor, err));
	rc = supervisor_start(&cmd.supervisor, &cmd.run, &cmd.host, err);
	if (rc == 0) {
		/* what killed launchers left: now, while the program runs, where it costs nobody time */
		cg_leaf_sweep(&cmd.host, cmd.run.box.slot.number);
		rc = supervisor_wait(&cmd.supervisor, err);
	}
	return rc;
}

static bool is_same_file(int a, int b)
{
	struct stat st_a, st_b;

	return fstat(a, &st_a) == 0 && fstat(b, &st_b) == 0 && st_a.st_dev == st_b.st_dev && st_a.st_ino == st_b.st_ino;
}

/* Whether the program left a line unfinished where the report goes: it could write the report's first half itself. */
static bool is_line_open(void)
{
	const struct run_streams *io = &cmd.run.streams;
	const struct run_spec *spec = &cmd.args.spec;
	bool out = spec->stdout_path == NULL && io->out.bytes > 0 && io->out.last != '\n';
	bool err = spec->stderr_path == NULL && io->err.bytes > 0 && io->err.last != '\n';
	int fd = report_where_fd(cmd.args.report);

	return fd >= 0 && ((out && is_same_file(fd, STDOUT_FILENO)) || (err && is_same_file(fd, STDERR_FILENO)));
}

static int write_report(struct sbx_err *err)
{
	FREE_CLEANUP char *text = NULL;

	cmd.report.plan = &cmd.plan.box;
	cmd.report.result = &cmd.run.result;
	if (cmd.run.result.cgroup_version != 0) { /* else no host was found that could enforce anything */
		box_limit_facts(&cmd.host, &cmd.plan.box, &cmd.run.result, cmd.limits);
		cmd.report.limits = cmd.limits;
	}
	TRY(report_format(&cmd.report, cmd.args.format, &text, err));
	/* whoever has the other end may never read: a signal ends this process from here on, as it does any other */
	if (!report_sink_is_file(&cmd.sink))
		supervisor_finish(&cmd.supervisor);
	if (is_line_open())
		TRY(report_sink_write(&cmd.sink, "\n", 1, err));
	TRY(report_sink_write(&cmd.sink, text, strlen(text), err));
	return report_sink_publish(&cmd.sink, err);
}

/* spec -> plan -> host -> box, supervised -> verdict -> report */
static int run_box(struct sbx_err *err)
{
	struct run_result *result = &cmd.run.result;
	int rc;

	run_result_init(result);
	TRY(run_streams_check(&cmd.args.spec, report_where_fd(cmd.args.report) == REPORT_FILE ? cmd.args.report : NULL,
	                      err));
	TRY(profile_file_load(&cmd.args.spec, &cmd.profile, err));
	TRY(policy_plan(&cmd.plan, &cmd.args.spec, err));
	if (cmd.args.dry_run)
		return print_plan(err);
	TRY(report_sink_open(&cmd.sink, "--report", cmd.args.report, err));
	rc = host_open(&cmd.host, err);
	if (rc == 0)
		rc = supervise(err);
	if (rc < 0 && result->error.stage == SBX_STAGE_NONE)
		result->error = *err;
	cmd.report.verdict = verdict_of(result, &cmd.plan.box, &cmd.report.reason);
	return write_report(err);
}

static int exit_status(void)
{
	const struct run_result *result = &cmd.run.result;

	if (cmd.args.dry_run)
		return SBX_EXIT_OK;
	if (cmd.report.verdict == VERDICT_IE)
		return SBX_EXIT_SANDBOX;
	if (!cmd.args.passthrough)
		return cmd.report.verdict == VERDICT_OK ? SBX_EXIT_OK : SBX_EXIT_VERDICT;
	/* as timeout(1): the limits first, since what they did to the program is our doing */
	if (cmd.report.verdict != VERDICT_OK && cmd.report.verdict != VERDICT_RE)
		return 124;
	if (WIFSIGNALED(result->wait_status))
		return 128 + WTERMSIG(result->wait_status);
	return WEXITSTATUS(result->wait_status);
}

int cmd_run(int argc, char **argv)
{
	struct sbx_err err = {0};
	int rc = run_args_parse(&cmd.args, argc, argv, environ, &err);
	int status;

	if (rc < 0)
		return cmd_fail(&err);
	if (cmd.args.help) {
		run_args_finish(&cmd.args);
		return cmd_print(run_args_help);
	}
	report_sink_init(&cmd.sink);
	cmd.supervisor = (struct supervisor){.epoll_fd = -1, .signal_fd = -1};
	rc = run_box(&err);
	status = rc < 0 ? cmd_fail(&err) : exit_status();
	report_sink_finish(&cmd.sink);
	policy_plan_finish(&cmd.plan);
	run_args_finish(&cmd.args);
	free(cmd.profile);
	return status;
}
