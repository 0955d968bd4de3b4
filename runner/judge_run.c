/* One box of a job. */
#include "runner/judge_run.h"

#include "policy/verdict.h"
#include "runner/feedback.h"
#include "runner/judge_interact.h"
#include "sandbox/fd.h"
#include "sandbox/path.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* Where a checker finds what it is told of. */
#define CHECK_INPUT "/judge/input"
#define CHECK_ANSWER "/judge/answer"
#define CHECK_OUTPUT "/judge/output"
#define CHECK_FEEDBACK "/feedback"

int judge_run_init(struct judge_run *run, unsigned place, size_t keep_bytes)
{
	run->place = place;
	run->input_fd = run->output_fd = run->answer.fd = -1;
	run->out.max = run->err.max = keep_bytes;
	run->out.bytes = malloc(keep_bytes + 1);
	run->err.bytes = malloc(keep_bytes + 1);
	return run->out.bytes == NULL || run->err.bytes == NULL ? -ENOMEM : 0;
}

void judge_run_finish(struct judge_run *run)
{
	free(run->out.bytes);
	free(run->err.bytes);
}

/* ---- streams ---- */

void judge_run_keep(struct kept *kept, const char *bytes, size_t len)
{
	size_t n = kept->max - kept->len < len ? kept->max - kept->len : len;

	memcpy(kept->bytes + kept->len, bytes, n);
	kept->len += n;
	kept->cut = kept->cut || n < len;
}

/* A file of the job's folder, which is memory: a short write is a full folder. */
static void keep_whole(struct judge_run *run, const char *bytes, size_t len)
{
	ssize_t n = write(run->output_fd, bytes, len);

	if (n != (ssize_t)len && run->run.result.error.stage == SBX_STAGE_NONE)
		sbx_fail(&run->run.result.error, SBX_STAGE_WORKSPACE, n < 0 ? errno : ENOSPC,
		         "cannot keep the output for the checker");
}

static void take_output(void *arg, const char *bytes, size_t len)
{
	struct judge_run *run = arg;

	judge_run_keep(&run->out, bytes, len);
	if (run->has_answer)
		compare_put(&run->compare, bytes, len);
	if (run->output_fd >= 0)
		keep_whole(run, bytes, len);
}

static void take_error(void *arg, const char *bytes, size_t len)
{
	struct judge_run *run = arg;

	judge_run_keep(&run->err, bytes, len);
}

static ssize_t read_answer(void *arg, char *buf, size_t size)
{
	struct judge_answer *answer = arg;
	size_t n = answer->len - answer->at < size ? answer->len - answer->at : size;
	ssize_t got;

	if (answer->fd < 0) {
		memcpy(buf, answer->bytes + answer->at, n);
		answer->at += n;
		return (ssize_t)n;
	}
	do
		got = read(answer->fd, buf, size);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

static int open_answer(struct judge_run *run, const struct job *job, const struct job_test *test, struct sbx_err *err)
{
	const struct job_data *data = &test->answer;

	run->has_answer = data->bytes != NULL || data->path != NULL;
	run->answer = (struct judge_answer){.fd = -1, .bytes = data->bytes, .len = data->len};
	if (!run->has_answer)
		return 0;
	if (data->bytes == NULL) {
		run->answer.fd = job_open_data(job, data->path);
		if (run->answer.fd < 0)
			return sbx_fail(err, SBX_STAGE_STDIO, -run->answer.fd, "cannot open the answer %.200s%s",
			                data->path, PATH_LOOP_NOTE(-run->answer.fd));
	}
	compare_init(&run->compare, test->compare != NULL ? test->compare : &job->compare, read_answer, &run->answer);
	return 0;
}

/* What the checker will read: data/output-N, by the place of its test. */
static void output_name(const struct judge_run *run, char name[32])
{
	snprintf(name, 32, "output-%u", run->place);
}

static int open_output(struct judge *judge, struct judge_run *run, struct sbx_err *err)
{
	FD_CLEANUP int data = workspace_folder(&judge->ws, WORKSPACE_DATA);
	char name[32];

	output_name(run, name);
	run->output_fd =
	        data < 0 ? -1 : openat(data, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0444);
	if (run->output_fd < 0)
		return sbx_fail(err, SBX_STAGE_WORKSPACE, errno, "cannot make a file for the output");
	return 0;
}

/* ---- specs ---- */

static uint64_t pick(uint64_t first, uint64_t second, uint64_t otherwise)
{
	return first != SPEC_UNSET ? first : second != SPEC_UNSET ? second : otherwise;
}

static uint64_t add(uint64_t a, uint64_t b)
{
	return a == SPEC_UNLIMITED || a > INT64_MAX - b ? SPEC_UNLIMITED : a + b;
}

static uint64_t scale(uint64_t us, uint64_t millis)
{
	return us == SPEC_UNLIMITED || us > INT64_MAX / millis ? SPEC_UNLIMITED : us * millis / 1000;
}

static void add_bind(struct run_spec *spec, unsigned flags, const char *src, const char *dst)
{
	if (spec->n_mounts < SPEC_BINDS_MAX)
		spec->mounts[spec->n_mounts++] =
		        (struct spec_mount){.kind = BOX_MOUNT_BIND, .flags = flags, .src = src, .dst = dst};
}

/* What the language says of one of its steps. */
static void use_step(struct run_spec *spec, const struct language_step *step)
{
	run_spec_init(spec);
	spec->seccomp = step->profile;
	spec->pids_max = step->pids_max;
	spec->open_files_max = step->open_files_max;
	spec->fsize_bytes_max = step->fsize_bytes_max;
	spec->tmp_bytes_max = step->tmp_bytes_max;
	spec->stdin_path = "/dev/null";
	for (size_t i = 0; step->env[i] != NULL && spec->n_env < SPEC_ENV_MAX; i++)
		spec->env[spec->n_env++] = step->env[i];
	for (size_t i = 0; step->binds[i] != NULL; i++)
		add_bind(spec, BOX_MOUNT_MAYBE, step->binds[i], step->binds[i]);
	/* which cores a run has is our wish, not the caller's: a host that cannot hold it judges all the same */
	spec->pin = PIN_AUTO;
	spec->weaker = 1U << BOX_LIMIT_PIN;
}

static int use_command(struct judge_run *run, const struct job_sources *program, const char *const *command,
                       uint64_t memory_bytes_max, struct sbx_err *err)
{
	const struct language_values values = {program->files, program->n_files, memory_bytes_max};

	TRY(language_argv(program->language, command, &values, &run->argv, err));
	run->spec.argv = run->argv;
	return 0;
}

/* Behind the language's command first the n of `own`, then `more`, which ends with NULL, or is that. */
static int add_words(struct judge_run *run, const char *const *own, size_t n_own, const char **more,
                     struct sbx_err *err)
{
	size_t n = 0, n_more = 0;
	char **argv;

	while (run->argv[n] != NULL)
		n++;
	while (more != NULL && more[n_more] != NULL)
		n_more++;
	/* the strings of the old block stay where they are */
	argv = calloc(n + n_own + n_more + 1, sizeof(*argv));
	if (argv == NULL)
		return sbx_fail(err, SBX_STAGE_PLAN, ENOMEM, "out of memory");
	memcpy(argv, run->argv, n * sizeof(*argv));
	if (n_own > 0)
		memcpy(argv + n, own, n_own * sizeof(*argv));
	if (n_more > 0)
		memcpy(argv + n + n_own, more, n_more * sizeof(*argv));
	run->longer_argv = argv;
	run->spec.argv = argv;
	return 0;
}

/* A command that the caller gave is nobody's to change. */
static int use_program(const struct judge *judge, struct judge_run *run, uint64_t memory_bytes_max, struct sbx_err *err)
{
	if (judge->job->argv == NULL)
		return use_command(run, &judge->submission, judge->submission.language->run.argv, memory_bytes_max,
		                   err);
	run->spec.argv = (char *const *)judge->job->argv;
	return 0;
}

static int spec_compile(const struct judge *judge, struct judge_run *run, struct sbx_err *err)
{
	bool is_checker = run->task == JUDGE_COMPILE_CHECKER;
	const struct job *job = judge->job;
	const struct job_sources *program = is_checker ? &judge->checkers[run->checker] : &judge->submission;
	const struct language *language = program->language;
	struct run_spec *spec = &run->spec;
	struct judge_paths *paths = &run->paths;

	use_step(spec, &language->compile);
	/* a checker is the problem's own, and has its language's */
	spec->cpu_us_max =
	        pick(is_checker ? SPEC_UNSET : job->compile_us_max, SPEC_UNSET, language->compile_time_us_max);
	spec->memory_bytes_max = pick(is_checker ? SPEC_UNSET : job->compile_memory_bytes_max, SPEC_UNSET,
	                              language->compile_memory_bytes_max);
	spec->output_bytes_max = SPEC_UNLIMITED; /* what is too much is not kept */
	spec->stderr_to_stdout = true;
	workspace_path(&judge->ws, is_checker ? WORKSPACE_CHECKER + run->checker : WORKSPACE_BOX, "", paths->box,
	               sizeof(paths->box));
	spec->box_dir = paths->box;
	spec->box_mode = BOX_DIR_RW;
	return use_command(run, program, language->compile.argv, 0, err);
}

/* Where test data is, be it inline or not; `suffix` tells input and answer apart. */
static const char *data_path(const struct judge *judge, const struct job_data *data, size_t test, const char *suffix,
                             char *buf, size_t size)
{
	char name[32];

	if (data->bytes == NULL)
		return data->path != NULL ? data->path : "/dev/null";
	snprintf(name, sizeof(name), "%zu%s", test, suffix);
	workspace_path(&judge->ws, WORKSPACE_DATA, name, buf, size);
	return buf;
}

void judge_run_pass_name(const struct judge_run *run, char name[32])
{
	snprintf(name, 32, "pass-%u", run->place);
}

static const char *input_path(const struct judge *judge, struct judge_run *run)
{
	char *buf = run->paths.input, name[32];

	if (run->pass == 1)
		return data_path(judge, &judge->job->tests[run->test].input, run->test, "", buf,
		                 sizeof(run->paths.input));
	judge_run_pass_name(run, name);
	workspace_path(&judge->ws, WORKSPACE_DATA, name, buf, sizeof(run->paths.input));
	return buf;
}

/* Of what a file's name led to when it was looked at: a program gets it as it is, and must not get another one. */
static int open_input(const struct judge *judge, struct judge_run *run, struct sbx_err *err)
{
	const struct job_data *data = &judge->job->tests[run->test].input;

	if (run->pass > 1 || data->bytes != NULL || data->path == NULL) {
		run->spec.stdin_path = input_path(judge, run);
		return 0;
	}
	run->input_fd = job_open_data(judge->job, data->path);
	if (run->input_fd < 0)
		return sbx_fail(err, SBX_STAGE_STDIO, -run->input_fd, "cannot open the input %.200s%s", data->path,
		                PATH_LOOP_NOTE(-run->input_fd));
	snprintf(run->paths.input, sizeof(run->paths.input), "/proc/self/fd/%d", run->input_fd);
	run->spec.stdin_path = run->paths.input;
	return 0;
}

static int spec_test(struct judge *judge, struct judge_run *run, struct sbx_err *err)
{
	struct judge_paths *paths = &run->paths;
	const struct language *language = judge->submission.language;
	const struct job_test *test = &judge->job->tests[run->test];
	const struct job_limits *own = &test->limits, *all = &judge->job->limits;
	struct run_spec *spec = &run->spec;
	uint64_t memory;

	use_step(spec, &language->run);
	if (judge->job->seccomp != NULL)
		spec->seccomp = judge->job->seccomp;
	memory = pick(own->memory_bytes_max, all->memory_bytes_max, spec->memory_bytes_max);
	spec->memory_bytes_max = add(memory, language->memory_headroom_bytes);
	spec->cpu_us_max =
	        scale(pick(own->cpu_us_max, all->cpu_us_max, spec->cpu_us_max), language->time_factor_millis);
	spec->wall_us_max = pick(own->wall_us_max, all->wall_us_max, SPEC_UNSET);
	spec->output_bytes_max = pick(own->output_bytes_max, all->output_bytes_max, spec->output_bytes_max);
	spec->pids_max = pick(own->pids_max, all->pids_max, spec->pids_max);
	workspace_path(&judge->ws, WORKSPACE_BOX, "", paths->box, sizeof(paths->box));
	spec->box_dir = paths->box;
	TRY(use_program(judge, run, memory, err));
	if (test->args != NULL)
		TRY(add_words(run, NULL, 0, test->args, err));
	if (judge->job->interactive)
		return 0; /* all that it is told comes from the checker */
	spec->stderr_to_stdout = judge->job->merge_stderr;
	TRY(open_input(judge, run, err));
	if (judge->job->checker != CHECKER_COMPARE)
		return open_output(judge, run, err);
	return open_answer(run, judge->job, test, err);
}

/* What the checker's convention passes, then the problem's flags. */
static int add_arguments(const struct judge *judge, struct judge_run *run, struct sbx_err *err)
{
	static const char *const kattis[] = {CHECK_INPUT, CHECK_ANSWER, CHECK_FEEDBACK "/", NULL};
	static const char *const testlib[] = {CHECK_INPUT, CHECK_OUTPUT, CHECK_ANSWER, NULL};
	const char *const *own = judge->job->checker == CHECKER_KATTIS ? kattis : testlib;
	const char **own_flags = judge->job->tests[run->test].checker_flags;
	const char **flags = own_flags != NULL ? own_flags : judge->job->checker_flags;

	return add_words(run, own, 3, flags, err);
}

static int spec_check(struct judge *judge, struct judge_run *run, struct sbx_err *err)
{
	struct judge_paths *paths = &run->paths;
	const struct language *language = judge->checkers[run->checker].language;
	const struct job_test *test = &judge->job->tests[run->test];
	const struct job_limits *limits = &judge->job->checker_limits;
	uint64_t memory = pick(limits->memory_bytes_max, SPEC_UNSET, JOB_CHECKER_MEMORY_BYTES);
	struct run_spec *spec = &run->spec;
	char name[32];

	use_step(spec, &language->run);
	spec->cpu_us_max = pick(limits->cpu_us_max, SPEC_UNSET, JOB_CHECKER_CPU_US);
	spec->memory_bytes_max = add(memory, language->memory_headroom_bytes);
	spec->output_bytes_max = pick(limits->output_bytes_max, SPEC_UNSET, JOB_CHECKER_OUTPUT_BYTES);
	spec->wall_us_max = pick(limits->wall_us_max, SPEC_UNSET, SPEC_UNSET);
	spec->pids_max = pick(limits->pids_max, SPEC_UNSET, spec->pids_max);
	workspace_path(&judge->ws, WORKSPACE_CHECKER + run->checker, "", paths->box, sizeof(paths->box));
	spec->box_dir = paths->box;
	output_name(run, name);
	workspace_path(&judge->ws, WORKSPACE_DATA, name, paths->output, sizeof(paths->output));
	add_bind(spec, 0, input_path(judge, run), CHECK_INPUT);
	add_bind(spec, 0, data_path(judge, &test->answer, run->test, ".ans", paths->answer, sizeof(paths->answer)),
	         CHECK_ANSWER);
	if (judge->job->checker == CHECKER_KATTIS) {
		if (run->pass == 1)
			TRY(feedback_make(&judge->ws, run->test, paths->feedback, sizeof(paths->feedback), err));
		add_bind(spec, BOX_MOUNT_RW, paths->feedback, CHECK_FEEDBACK);
		spec->stdin_path = paths->output;
	} else {
		add_bind(spec, 0, paths->output, CHECK_OUTPUT);
	}
	TRY(use_command(run, &judge->checkers[run->checker], language->run.argv, memory, err));
	return add_arguments(judge, run, err);
}

/* On whichever core is free: the program has one of its own. */
static int spec_interact(struct judge *judge, struct judge_run *run, struct sbx_err *err)
{
	TRY(spec_check(judge, run, err));
	run->spec.stdin_path = "/dev/null"; /* until the streams are joined */
	run->spec.pin = PIN_NONE;
	return 0;
}

static int make_spec(struct judge *judge, struct judge_run *run, struct sbx_err *err)
{
	switch (run->task) {
	case JUDGE_TEST:
		return spec_test(judge, run, err);
	case JUDGE_CHECK:
		return spec_check(judge, run, err);
	case JUDGE_INTERACT:
		return spec_interact(judge, run, err);
	default:
		return spec_compile(judge, run, err);
	}
}

/* ---- start and end ---- */

static int start_in_slot(struct judge *judge, struct judge_run *run, struct slot *slot, struct sbx_err *err)
{
	int rc;

	run->run.plan = &run->plan.box;
	TRY(policy_plan(&run->plan, &run->spec, err));
	/* which is dear; so it is done for what is run many times */
	if (run->plan.box.filter_bars_sockets && judge->job->n_tests > 1)
		TRY(host_share_network(judge->host, err));
	TRY(run_streams_open(&run->run.streams, &run->spec, err));
	fd_close(&run->input_fd);
	run->run.streams.out.consume = take_output;
	run->run.streams.err.consume = take_error;
	run->run.streams.out.consumer = run->run.streams.err.consumer = run;
	rc = judge->interactions == NULL ? 0 : judge_interact_join(judge, run, err);
	box_init(&run->run.box);
	run->run.box.slot = *slot;
	slot->lock_fd = -1;
	if (rc == 0)
		rc = supervisor_start(&judge->supervisor, &run->run, judge->host, err);
	if (rc < 0)
		run_streams_finish(&run->run.streams);
	return rc;
}

/* As if nothing had been run here before. */
static void begin(struct judge_run *run, enum judge_task task)
{
	run->task = task;
	run->argv = run->longer_argv = NULL;
	run->out.len = run->err.len = 0;
	run->out.cut = run->err.cut = false;
	run->has_answer = false;
	run->n_checked = 0;
	run->check = NULL;
	run->interaction = NULL;
	run->next_pass = false;
	run->cached = false;
	run->message[0] = '\0';
	run->score = run->multiplier = NAN;
	run->plan = (struct policy_plan){0};
	run_result_init(&run->run.result);
}

int judge_run_plan(struct judge *judge, struct judge_run *run, enum judge_task task, struct sbx_err *err)
{
	begin(run, task);
	TRY(make_spec(judge, run, err));
	return policy_plan(&run->plan, &run->spec, err);
}

void judge_run_drop_plan(struct judge_run *run)
{
	policy_plan_finish(&run->plan);
	free(run->argv);
	free(run->longer_argv);
	run->argv = run->longer_argv = NULL;
}

bool judge_run_start(struct judge *judge, struct judge_run *run, enum judge_task task, struct slot *slot)
{
	struct sbx_err err;
	int rc;

	begin(run, task);
	if (task != JUDGE_INTERACT) /* which is a pair already */
		run->run.pair = (struct run_pair){.other = NULL};
	rc = make_spec(judge, run, &err);
	if (rc == 0)
		rc = start_in_slot(judge, run, slot, &err);
	slot_release(slot);
	if (rc == 0)
		return true;
	run->run.result.error = err;
	judge_run_ended(judge, run);
	return false;
}

/* A runtime that minds a heap of its own ends when it is full, before the kernel sees anything of it. */
static bool is_heap_full(const struct language *language, int status)
{
	return (language->heap_exit != 0 && WIFEXITED(status) && WEXITSTATUS(status) == (int)language->heap_exit) ||
	       (language->heap_signal != 0 && WIFSIGNALED(status) && WTERMSIG(status) == (int)language->heap_signal);
}

/*
 * What cannot be executed is the submission's, unless it is a toolchain's, or this machine is short of something, or
 * the arguments are too long, which are the package's. All of a run's own command is the caller's.
 */
static bool is_own_fault(const struct judge *judge, const struct judge_run *run)
{
	const struct sbx_err *error = &run->run.result.error;
	bool is_own = run->argv != NULL && run->argv[0][0] != '/' && error->errnum != E2BIG;

	return error->stage == SBX_STAGE_EXEC && (is_own || judge->job->argv != NULL) && error->errnum != ENOMEM &&
	       error->errnum != EMFILE && error->errnum != ENFILE && error->errnum != EAGAIN;
}

static void end_test(struct judge *judge, struct judge_run *run)
{
	run->compared = COMPARE_MAX;
	if (run->verdict == VERDICT_IE && is_own_fault(judge, run)) {
		run->verdict = VERDICT_RE;
		run->reason = "exec";
	}
	if (run->verdict == VERDICT_RE && run->run.result.status_known &&
	    is_heap_full(judge->submission.language, run->run.result.wait_status)) {
		run->verdict = VERDICT_MLE;
		run->reason = "heap";
	}
	if (run->verdict == VERDICT_OK && run->has_answer) {
		int rc = compare_end(&run->compare, &run->compared, &run->difference);
		if (rc < 0) {
			sbx_fail(&run->run.result.error, SBX_STAGE_STDIO, -rc, "cannot read the answer");
			run->verdict = VERDICT_IE;
			run->reason = "error";
		}
	}
	run->judgement = judgement_of(run->verdict, run->has_answer, run->compared);
}

void judge_run_ended(struct judge *judge, struct judge_run *run)
{
	const struct run_result *result = &run->run.result;

	if (run->plan.box.wall_us_max != BOX_UNLIMITED)
		run->plan.box.wall_us_max += run->run.pair.extra_us;
	run->verdict = verdict_of(result, &run->plan.box, &run->reason);
	if (run->task == JUDGE_TEST)
		end_test(judge, run);
	if (result->cgroup_version != 0)
		box_limit_facts(judge->host, &run->plan.box, result, run->limits);
	fd_close(&run->input_fd);
	fd_close(&run->answer.fd);
	fd_close(&run->output_fd);
	judge_run_drop_plan(run);
}

bool judge_run_wants_check(const struct judge *judge, const struct judge_run *run)
{
	return judge->job->checker != CHECKER_COMPARE && !judge->job->interactive && run->verdict == VERDICT_OK;
}
