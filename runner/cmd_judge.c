/* sbx judge: a submission on all tests of a problem. The way of a job is judge_job(). */
#include "runner/args_judge.h"
#include "runner/cmd.h"
#include "runner/compile_cache.h"
#include "runner/job_load.h"
#include "runner/judge.h"
#include "runner/judge_report.h"
#include "runner/problem_load.h"
#include "runner/toolchain.h"
#include "runner/verify.h"
#include "sandbox/cores.h"
#include "sandbox/fd.h"
#include "sandbox/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static struct command {
	struct judge_args args;
	struct job_memory memory;
	struct problem_package package;
	struct problem_results results; /* of the package's tests */
	struct box_host host;
	struct compile_cache cache;
	struct judge judge;
	struct judge_report report;
	struct verify verify;
	struct report_sink sink, transcript, html;
} cmd;

static int add_sources(struct job *job, struct sbx_err *err)
{
	for (char *const *source = cmd.args.sources; *source != NULL; source++) {
		struct job_file *file;
		if (job_add_file(job, &file) < 0)
			return sbx_fail(err, SBX_STAGE_USAGE, E2BIG, "more than %d sources", JOB_FILES_MAX);
		file->data.path = *source;
	}
	return 0;
}

static int load_submissions(struct job *job, struct sbx_err *err)
{
	TRY(problem_load_submissions(&cmd.package, &cmd.memory, err));
	if (job->language != NULL)
		TRY(verify_choose(&cmd.package, job->language, err));
	cmd.verify = (struct verify){.judge = &cmd.judge, .report = &cmd.report, .package = &cmd.package, .job = job};
	return verify_load(&cmd.verify, &cmd.memory, err);
}

/* What the package adds to the sources goes by their language, and does not decide on it. */
static int load_problem(struct job *job, struct sbx_err *err)
{
	const struct language *language;

	TRY(problem_load(&cmd.package, job, &cmd.memory, cmd.args.problem, err));
	TRY(problem_check_supported(&cmd.package, job, err));
	TRY(problem_make_results(&cmd.package, job, &cmd.results, err));
	cmd.judge.problem = &cmd.results;
	if (cmd.args.verify)
		return load_submissions(job, err);
	TRY(add_sources(job, err));
	TRY(job_find_language(job, &cmd.memory, &language, err));
	job->language = language->name;
	return problem_admit(&cmd.package, job, &cmd.memory, language, err);
}

/* Options are defaults, which what a JSON job says itself wins over; but they win over a package. */
static int load_job(struct job *job, struct sbx_err *err)
{
	const struct judge_args *args = &cmd.args;

	if (args->job_file != NULL || args->run_file != NULL)
		return job_load_json(job, &cmd.memory, job->is_run ? args->run_file : args->job_file, args->job_files,
		                     err);
	if (args->problem != NULL)
		return load_problem(job, err);
	TRY(job_load_tests(job, &cmd.memory, args->tests, err));
	return add_sources(job, err);
}

static void name_job(struct judge_report *report)
{
	const struct judge_args *args = &cmd.args;

	report->problem_name = cmd.package.problem.name;
	report->problem_path = args->problem != NULL ? args->problem
	                       : args->tests != NULL ? args->tests
	                                             : args->job_file;
	while (args->sources[report->n_sources] != NULL)
		report->n_sources++;
	if (args->job_file != NULL)
		report->n_sources = args->job.n_files;
}

/* A descriptor of ours, since events come while the report is not yet written. */
static int open_events(const char *where, int *ret_fd, struct sbx_err *err)
{
	int given = report_where_fd(where), fd;

	if (given != REPORT_FILE)
		TRY(report_check_fd("--events", where, given, err));
	fd = given == REPORT_FILE ? path_open(where, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, streams_file_mode)
	                          : fcntl(given, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return sbx_fail(err, SBX_STAGE_REPORT, given == REPORT_FILE ? -fd : errno,
		                "--events: cannot open %.200s%s", where,
		                given == REPORT_FILE ? PATH_LOOP_NOTE(-fd) : "");
	*ret_fd = fd;
	return 0;
}

/* Each box takes descriptors; one that finds none would be the judge's failure. */
static unsigned bounded(unsigned n_slots, unsigned boxes_each)
{
	struct rlimit files = {.rlim_cur = 1024};
	uint64_t most;

	getrlimit(RLIMIT_NOFILE, &files);
	most = files.rlim_cur > 2 * HOST_FDS_NEEDED ? (files.rlim_cur - HOST_FDS_NEEDED) / HOST_FDS_NEEDED : 1;
	most = most > boxes_each ? most / boxes_each : 1;
	if (most > HOST_JOB_SLOTS)
		most = HOST_JOB_SLOTS;
	return n_slots < most ? n_slots : (unsigned)most;
}

static int open_cache(struct judge *judge, struct sbx_err *err)
{
	const struct judge_args *args = &cmd.args;

	if (args->cache == NULL)
		return 0;
	TRY(compile_cache_open(&cmd.cache, args->cache,
	                       args->cache_bytes_max == SPEC_UNSET ? COMPILE_CACHE_BYTES : args->cache_bytes_max, err));
	judge->cache = &cmd.cache;
	return 0;
}

/* Else it would be an IE, once its program is to be started. `key` is how a JSON job calls it. */
static int need_toolchain(const struct language *language, const char *key, struct sbx_err *err)
{
	const char *file = cmd.args.job_file != NULL ? cmd.args.job_file : cmd.args.run_file;
	char remedy[200];

	if (toolchain_is_there(language))
		return 0;
	toolchain_remedy(language, remedy, sizeof(remedy));
	if (file == NULL)
		return sbx_fail(err, SBX_STAGE_USAGE, ENOENT, "%s is not installed: %s", language->title, remedy);
	return sbx_fail(err, SBX_STAGE_USAGE, ENOENT, "%.100s: %s: %s is not installed: %s",
	                strcmp(file, "-") == 0 ? "standard input" : file, key, language->title, remedy);
}

static int need_toolchains(const struct judge *judge, struct sbx_err *err)
{
	const struct job *job = &cmd.args.job;

	if (!cmd.args.verify)
		TRY(need_toolchain(judge->submission.language, job->language != NULL ? "language" : "files", err));
	for (size_t i = 0; i < job->n_checkers; i++)
		TRY(need_toolchain(judge->checkers[i].language,
		                   job->checkers[i].language != NULL ? "checker.language" : "checker.files", err));
	return 0;
}

static int prepare(struct sbx_err *err)
{
	struct judge_args *args = &cmd.args;
	struct judge *judge = &cmd.judge;
	int events_fd = -1;

	TRY(load_job(&args->job, err));
	if (args->transcript != NULL && !args->job.interactive)
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL,
		                "--transcript is for interactive problems, and this is none: it would stay empty");
	if (!args->verify)
		TRY(job_load_sources(&args->job, &cmd.memory, &judge->submission, err));
	TRY(job_load_checkers(&args->job, &cmd.memory, judge->checkers, err));
	TRY(need_toolchains(judge, err));
	judge->job = &args->job;
	judge->host = &cmd.host;
	judge->n_slots = args->n_slots != 0 ? (unsigned)args->n_slots : cores_physical();
	judge->n_slots = bounded(judge->n_slots, args->job.interactive ? 2 : 1);
	judge->listener = judge_report_listen;
	judge->arg = &cmd.report;
	TRY(open_cache(judge, err));
	TRY(report_sink_open(&cmd.sink, "--report", args->report, err));
	if (args->transcript != NULL) {
		TRY(report_sink_open(&cmd.transcript, "--transcript", args->transcript, err));
		judge->transcript = &cmd.transcript;
	}
	if (args->html != NULL)
		TRY(report_sink_open(&cmd.html, "--html", args->html, err));
	if (args->events != NULL)
		TRY(open_events(args->events, &events_fd, err));
	TRY(judge_report_init(&cmd.report, judge, err));
	name_job(&cmd.report);
	outlet_init(&cmd.report.events, events_fd);
	cmd.report.progress = isatty(STDERR_FILENO) == 1 && args->format == REPORT_TEXT;
	return 0;
}

static bool wants_color(void)
{
	const char *no_color = getenv("NO_COLOR");

	return (no_color == NULL || no_color[0] == '\0') && report_where_fd(cmd.args.report) == STDOUT_FILENO &&
	       isatty(STDOUT_FILENO) == 1;
}

static int publish_transcript(struct sbx_err *err)
{
	if (cmd.args.transcript == NULL)
		return 0;
	if (cmd.judge.transcript_error.stage != SBX_STAGE_NONE) {
		*err = cmd.judge.transcript_error;
		return -EIO;
	}
	return report_sink_publish(&cmd.transcript, err);
}

/* args -> job -> host -> compile and tests, supervised -> verdicts -> report */
static int judge_job(struct sbx_err *err)
{
	int events;

	TRY(prepare(err));
	if (host_open(&cmd.host, err) < 0) {
		cmd.judge.error = *err;
		cmd.judge.judgement = JUDGEMENT_IE;
		cmd.judge.decided = cmd.args.job.n_tests;
	} else if (cmd.args.verify) {
		verify_run(&cmd.verify);
	} else {
		judge_run_job(&cmd.judge);
	}
	/* whoever has the other end may never read: a signal ends this process from here on, as it does any other */
	supervisor_finish(&cmd.judge.supervisor);
	if (cmd.judge.error.stage == SBX_STAGE_USAGE) {
		*err = cmd.judge.error;
		return -EINVAL;
	}
	events = outlet_finish(&cmd.report.events);
	if (cmd.args.verify)
		TRY(verify_write(&cmd.verify, &cmd.sink, cmd.args.format, wants_color(), err));
	else
		TRY(judge_report_write(&cmd.report, &cmd.sink, cmd.args.format, wants_color(), err));
	if (cmd.args.html != NULL)
		TRY(judge_report_html(&cmd.report, &cmd.html, err));
	if (events < 0)
		return sbx_fail(err, SBX_STAGE_REPORT, -events, "--events: cannot be written");
	return publish_transcript(err);
}

static int exit_status(void)
{
	if (cmd.args.verify)
		return verify_exit_status(&cmd.verify);
	if (cmd.judge.judgement == JUDGEMENT_IE)
		return SBX_EXIT_SANDBOX;
	return judgement_is_good(cmd.judge.judgement) ? SBX_EXIT_OK : SBX_EXIT_VERDICT;
}

int cmd_judge(int argc, char **argv)
{
	struct sbx_err err = {0};
	int status;

	judge_init(&cmd.judge);
	cmd.cache.fd = -1;
	report_sink_init(&cmd.sink);
	report_sink_init(&cmd.transcript);
	report_sink_init(&cmd.html);
	cmd.report.judge = &cmd.judge;
	if (judge_args_parse(&cmd.args, argc, argv, &err) < 0)
		return cmd_fail(&err);
	if (cmd.args.help)
		return cmd_print(judge_args_help);
	status = judge_job(&err) < 0 ? cmd_fail(&err) : exit_status();
	judge_report_finish(&cmd.report);
	verify_finish(&cmd.verify);
	report_sink_finish(&cmd.sink);
	report_sink_finish(&cmd.transcript);
	report_sink_finish(&cmd.html);
	judge_finish(&cmd.judge);
	compile_cache_finish(&cmd.cache);
	job_finish(&cmd.args.job);
	problem_results_finish(&cmd.results);
	problem_package_finish(&cmd.package);
	job_memory_finish(&cmd.memory);
	return status;
}
