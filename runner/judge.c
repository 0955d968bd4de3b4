/* The engine of `sbx judge`: compile, tests, verdicts. */
#include "runner/judge.h"

#include "policy/verdict.h"
#include "sandbox/fd.h"
#include "sandbox/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(struct judge *judge, enum judge_event event, const struct judge_run *run)
{
	judge->listener(judge->arg, judge, event, run);
}

void judge_init(struct judge *judge)
{
	*judge = (struct judge){
	        .ws.fd = -1, .supervisor = {.epoll_fd = -1, .signal_fd = -1}, .queue = {.fd = -1, .waiter_pidfd = -1}};
}

void judge_finish(struct judge *judge)
{
	for (unsigned i = 0; judge->runs != NULL && i < judge->n_slots; i++) {
		free(judge->runs[i].out.bytes);
		free(judge->runs[i].err.bytes);
	}
	free(judge->runs);
	free(judge->tests);
	slot_queue_finish(&judge->queue);
	supervisor_finish(&judge->supervisor);
	workspace_finish(&judge->ws);
	judge_init(judge);
}

/* ---- streams ---- */

static void keep(struct kept *kept, const char *bytes, size_t len)
{
	size_t n = kept->max - kept->len < len ? kept->max - kept->len : len;

	memcpy(kept->bytes + kept->len, bytes, n);
	kept->len += n;
	kept->cut = kept->cut || n < len;
}

static void take_output(void *arg, const char *bytes, size_t len)
{
	struct judge_run *run = arg;

	keep(&run->out, bytes, len);
	if (run->has_answer)
		compare_put(&run->compare, bytes, len);
}

static void take_error(void *arg, const char *bytes, size_t len)
{
	struct judge_run *run = arg;

	keep(&run->err, bytes, len);
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

static int open_answer(struct judge_run *run, const struct job *job, const struct job_data *data, struct sbx_err *err)
{
	run->has_answer = data->bytes != NULL || data->path != NULL;
	run->answer = (struct judge_answer){.fd = -1, .bytes = data->bytes, .len = data->len};
	if (!run->has_answer)
		return 0;
	if (data->bytes == NULL) {
		run->answer.fd = path_open(data->path, O_RDONLY | O_NONBLOCK, 0);
		if (run->answer.fd < 0)
			return sbx_fail(err, SBX_STAGE_STDIO, -run->answer.fd, "cannot open the answer %.200s%s",
			                data->path, PATH_LOOP_NOTE(-run->answer.fd));
	}
	compare_init(&run->compare, &job->compare, read_answer, &run->answer);
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

/* What the language says of one of its steps. */
static void use_step(struct run_spec *spec, const struct language_step *step)
{
	spec->seccomp = step->profile;
	spec->pids_max = step->pids_max;
	spec->open_files_max = step->open_files_max;
	spec->fsize_bytes_max = step->fsize_bytes_max;
	spec->tmp_bytes_max = step->tmp_bytes_max;
	for (size_t i = 0; step->env[i] != NULL && i < SPEC_ENV_MAX; i++)
		spec->env[spec->n_env++] = step->env[i];
	for (size_t i = 0; step->binds[i] != NULL && i < SPEC_BINDS_MAX; i++)
		spec->mounts[spec->n_mounts++] = (struct spec_mount){
		        .kind = BOX_MOUNT_BIND, .flags = BOX_MOUNT_MAYBE, .src = step->binds[i], .dst = step->binds[i]};
	/* which cores a run has is our wish, not the caller's: a host that cannot hold it judges all the same */
	spec->pin = PIN_AUTO;
	spec->weaker = 1U << BOX_LIMIT_PIN;
}

static int spec_compile(const struct judge *judge, struct judge_run *run, struct sbx_err *err)
{
	const struct language *language = judge->language;
	const struct language_values values = {judge->sources, judge->n_sources, 0};
	struct run_spec *spec = &run->spec;

	run_spec_init(spec);
	use_step(spec, &language->compile);
	spec->cpu_us_max = language->compile_time_us_max;
	spec->wall_us_max = SPEC_UNSET;
	spec->memory_bytes_max = language->compile_memory_bytes_max;
	spec->output_bytes_max = SPEC_UNLIMITED; /* what is too much is not kept */
	spec->stdin_path = "/dev/null";
	spec->stderr_to_stdout = true;
	spec->box_dir = judge->ws.box;
	spec->box_mode = BOX_DIR_RW;
	TRY(language_argv(language, language->compile.argv, &values, &run->argv, err));
	spec->argv = run->argv;
	return 0;
}

/* `input` is room for the path of an inline input. */
static int spec_test(const struct judge *judge, struct judge_run *run, char *input, size_t size, struct sbx_err *err)
{
	const struct language *language = judge->language;
	const struct job_test *test = &judge->job->tests[run->test];
	const struct job_limits *own = &test->limits, *all = &judge->job->limits;
	struct language_values values = {judge->sources, judge->n_sources, 0};
	struct run_spec *spec = &run->spec;

	run_spec_init(spec);
	use_step(spec, &language->run);
	values.memory_bytes_max = pick(own->memory_bytes_max, all->memory_bytes_max, spec->memory_bytes_max);
	spec->memory_bytes_max = add(values.memory_bytes_max, language->memory_headroom_bytes);
	spec->cpu_us_max =
	        scale(pick(own->cpu_us_max, all->cpu_us_max, spec->cpu_us_max), language->time_factor_millis);
	spec->wall_us_max = pick(own->wall_us_max, all->wall_us_max, SPEC_UNSET);
	spec->output_bytes_max = pick(own->output_bytes_max, all->output_bytes_max, spec->output_bytes_max);
	spec->pids_max = pick(own->pids_max, all->pids_max, spec->pids_max);
	spec->box_dir = judge->ws.box;
	spec->stdin_path = test->input.path;
	if (test->input.bytes != NULL) {
		snprintf(input, size, "%s/%zu", judge->ws.tests, run->test);
		spec->stdin_path = input;
	} else if (test->input.path == NULL) {
		spec->stdin_path = "/dev/null";
	}
	TRY(language_argv(language, language->run.argv, &values, &run->argv, err));
	spec->argv = run->argv;
	return open_answer(run, judge->job, &test->answer, err);
}

/* ---- one run ---- */

/* Puts down how a run ended, and frees what it held. */
static void judge_ended(struct judge *judge, struct judge_run *run)
{
	const struct run_result *result = &run->run.result;
	const struct language *language = judge->language;
	int status = result->wait_status;

	run->verdict = verdict_of(result, &run->plan.box, &run->reason);
	/* a runtime that minds a heap of its own ends when it is full, before the kernel sees anything of it */
	if (run->verdict == VERDICT_RE && run->test != JUDGE_COMPILE &&
	    ((language->heap_exit != 0 && WIFEXITED(status) && WEXITSTATUS(status) == (int)language->heap_exit) ||
	     (language->heap_signal != 0 && WIFSIGNALED(status) && WTERMSIG(status) == (int)language->heap_signal))) {
		run->verdict = VERDICT_MLE;
		run->reason = "heap";
	}
	run->compared = COMPARE_MAX;
	if (run->verdict == VERDICT_OK && run->has_answer) {
		int rc = compare_end(&run->compare, &run->compared, &run->difference);
		if (rc < 0) {
			sbx_fail(&run->run.result.error, SBX_STAGE_STDIO, -rc, "cannot read the answer");
			run->verdict = VERDICT_IE;
			run->reason = "error";
		}
	}
	run->judgement = judgement_of(run->verdict, run->has_answer, run->compared);
	if (result->cgroup_version != 0)
		box_limit_facts(judge->host, &run->plan.box, result, run->limits);
	fd_close(&run->answer.fd);
	policy_plan_finish(&run->plan);
	free(run->argv);
	run->argv = NULL;
	run->busy = false;
}

static int start_in_slot(struct judge *judge, struct judge_run *run, struct slot *slot, struct sbx_err *err)
{
	int rc;

	run->run.plan = &run->plan.box;
	TRY(policy_plan(&run->plan, &run->spec, err));
	TRY(run_streams_open(&run->run.streams, &run->spec, err));
	run->run.streams.out.consume = take_output;
	run->run.streams.err.consume = take_error;
	run->run.streams.out.consumer = run->run.streams.err.consumer = run;
	box_init(&run->run.box);
	run->run.box.slot = *slot;
	slot->lock_fd = -1;
	rc = supervisor_start(&judge->supervisor, &run->run, judge->host, err);
	if (rc < 0)
		run_streams_finish(&run->run.streams);
	return rc;
}

/* The slot is taken over. A run that cannot be started has ended, as IE. */
static bool start(struct judge *judge, struct judge_run *run, size_t test, struct slot *slot)
{
	char input[sizeof(judge->ws.tests) + 32];
	struct sbx_err err;
	int rc;

	run->busy = true;
	run->test = test;
	run->argv = NULL;
	run->out.len = run->err.len = 0;
	run->out.cut = run->err.cut = false;
	run->has_answer = false;
	run->answer.fd = -1;
	run->plan = (struct policy_plan){0};
	run->run.supervisor = NULL;
	run_result_init(&run->run.result);
	rc = test == JUDGE_COMPILE ? spec_compile(judge, run, &err) : spec_test(judge, run, input, sizeof(input), &err);
	if (rc == 0)
		rc = start_in_slot(judge, run, slot, &err);
	slot_release(slot);
	if (rc == 0)
		return true;
	run->run.result.error = err;
	judge_ended(judge, run);
	return false;
}

/* 0 with a slot, 1 when there is none yet: supervisor_next() returns when it is worth to ask again. */
static int take_slot(struct judge *judge, struct slot *slot, struct sbx_err *err)
{
	struct slot_queue *queue = &judge->queue;
	int rc;

	if (queue->waiter_pidfd >= 0)
		supervisor_unwatch(&judge->supervisor, queue->waiter_pidfd);
	rc = slot_queue_take(queue, slot, err);
	if (rc == 1 && (rc = supervisor_watch(&judge->supervisor, queue->waiter_pidfd, &judge->queue_watch)) == 0)
		return 1;
	return rc;
}

/* ---- the job ---- */

static int interrupted(struct judge *judge, struct sbx_err *err)
{
	judge->interrupted = true;
	return sbx_fail(err, SBX_STAGE_SUPERVISE, EINTR, "interrupted by a signal");
}

static int compile(struct judge *judge, struct sbx_err *err)
{
	struct judge_run *run = &judge->runs[0];
	struct run *ended = NULL;
	struct slot slot;
	int rc;

	while ((rc = take_slot(judge, &slot, err)) == 1) {
		TRY(supervisor_next(&judge->supervisor, &ended, err));
		if (judge->supervisor.interrupt_signal != 0)
			return interrupted(judge, err);
	}
	TRY(rc);
	TRY(workspace_unseal(&judge->ws) < 0 ? sbx_fail(err, SBX_STAGE_WORKSPACE, EIO, "cannot open the job's folder")
	                                     : 0);
	tell(judge, JUDGE_COMPILING, NULL);
	if (start(judge, run, JUDGE_COMPILE, &slot)) {
		TRY(supervisor_wait(&judge->supervisor, err));
		judge_ended(judge, run);
	}
	tell(judge, JUDGE_COMPILED, run);
	if (judge->supervisor.interrupt_signal != 0)
		return interrupted(judge, err);
	if (run->verdict == VERDICT_IE) {
		*err = run->run.result.error;
		return -EIO;
	}
	if (run->verdict != VERDICT_OK)
		judge->judgement = JUDGEMENT_CE;
	return 0;
}

static void finished(struct judge *judge, struct judge_run *run)
{
	const struct run_result *result = &run->run.result;

	judge->tests[run->test] = (struct judge_test){.judgement = run->judgement,
	                                              .reason = run->reason,
	                                              .cpu_us = result->cpu_us,
	                                              .wall_us = result->wall_us,
	                                              .memory_bytes = result->memory_peak_bytes};
	judge->n_done++;
	/* what comes after a failure is not started; what comes before it may still fail and decide instead */
	if (judge->job->stop_on_first_failure && !judgement_is_good(run->judgement) && run->test < judge->stop_before)
		judge->stop_before = run->test + 1;
	tell(judge, JUDGE_TEST_FINISHED, run);
}

static struct judge_run *idle_run(struct judge *judge)
{
	for (unsigned i = 0; i < judge->n_slots; i++)
		if (!judge->runs[i].busy)
			return &judge->runs[i];
	return NULL;
}

/* Starts what can be started now. */
static int start_tests(struct judge *judge, struct sbx_err *err)
{
	struct judge_run *run;

	while (judge->next < judge->stop_before && (run = idle_run(judge)) != NULL) {
		struct slot slot;
		int rc = take_slot(judge, &slot, err);
		TRY(rc);
		if (rc == 1)
			return 0;
		run->test = judge->next++;
		tell(judge, JUDGE_TEST_STARTED, run);
		if (!start(judge, run, run->test, &slot))
			finished(judge, run);
	}
	return 0;
}

static int run_tests(struct judge *judge, struct sbx_err *err)
{
	struct run *ended;

	judge->stop_before = judge->job->n_tests;
	for (;;) {
		if (judge->supervisor.interrupt_signal != 0)
			judge->stop_before = 0;
		TRY(start_tests(judge, err));
		if (judge->supervisor.live == 0 && judge->next >= judge->stop_before)
			return judge->supervisor.interrupt_signal != 0 ? interrupted(judge, err) : 0;
		TRY(supervisor_next(&judge->supervisor, &ended, err));
		if (ended != NULL) {
			struct judge_run *run = (struct judge_run *)ended;
			judge_ended(judge, run);
			finished(judge, run);
		}
	}
}

static int fill_workspace(struct judge *judge, struct sbx_err *err)
{
	const struct job *job = judge->job;

	for (size_t i = 0; i < judge->n_sources; i++) {
		const struct language_file *file = &judge->sources[i];
		int rc = workspace_add_source(&judge->ws, file->name, file->text, file->len);
		if (rc < 0)
			return sbx_fail(err, SBX_STAGE_WORKSPACE, -rc, "cannot store the source %.200s", file->name);
	}
	for (size_t i = 0; i < job->n_tests; i++) {
		const struct job_data *input = &job->tests[i].input;
		char name[32];
		int rc;
		snprintf(name, sizeof(name), "%zu", i);
		rc = input->bytes == NULL ? 0 : workspace_add_test(&judge->ws, name, input->bytes, input->len);
		if (rc < 0)
			return sbx_fail(err, SBX_STAGE_WORKSPACE, -rc, "cannot store the input of test %zu", i);
	}
	return 0;
}

static int make_room(struct judge *judge, struct sbx_err *err)
{
	size_t keep_bytes = judge->job->keep_bytes;

	if (keep_bytes < JUDGE_COMPILER_BYTES)
		keep_bytes = JUDGE_COMPILER_BYTES;
	judge->runs = calloc(judge->n_slots, sizeof(*judge->runs));
	judge->tests = calloc(judge->job->n_tests + 1, sizeof(*judge->tests));
	for (unsigned i = 0; judge->runs != NULL && i < judge->n_slots; i++) {
		struct judge_run *run = &judge->runs[i];
		run->out.bytes = malloc(keep_bytes);
		run->err.bytes = malloc(keep_bytes);
		if (run->out.bytes == NULL || run->err.bytes == NULL)
			return sbx_fail(err, SBX_STAGE_SUPERVISE, ENOMEM, "out of memory");
		run->out.max = run->err.max = JUDGE_COMPILER_BYTES;
	}
	if (judge->runs == NULL || judge->tests == NULL)
		return sbx_fail(err, SBX_STAGE_SUPERVISE, ENOMEM, "out of memory");
	for (size_t i = 0; i < judge->job->n_tests; i++)
		judge->tests[i] = (struct judge_test){.judgement = JUDGEMENT_SKIP,
		                                      .cpu_us = RESULT_UNKNOWN,
		                                      .wall_us = RESULT_UNKNOWN,
		                                      .memory_bytes = RESULT_UNKNOWN};
	return 0;
}

static int prepare(struct judge *judge, struct sbx_err *err)
{
	TRY(make_room(judge, err));
	TRY(workspace_open(&judge->ws, judge->host, err));
	TRY(fill_workspace(judge, err));
	TRY(slot_queue_init(&judge->queue, judge->host, judge->n_slots, err));
	return supervisor_init(&judge->supervisor, err);
}

static int do_job(struct judge *judge, struct sbx_err *err)
{
	TRY(prepare(judge, err));
	tell(judge, JUDGE_QUEUED, NULL);
	judge->judgement = JUDGEMENT_AC;
	if (judge->language->compile.argv[0] != NULL)
		TRY(compile(judge, err));
	if (judge->judgement == JUDGEMENT_CE)
		return 0;
	TRY(workspace_seal(&judge->ws, err));
	for (unsigned i = 0; i < judge->n_slots; i++)
		judge->runs[i].out.max = judge->runs[i].err.max = judge->job->keep_bytes;
	return run_tests(judge, err);
}

/* In the order of the tests; what was run after the one that decided, by chance or not, does not count. */
static void decide(struct judge *judge)
{
	size_t n = judge->job->n_tests;
	enum judgement judgement = JUDGEMENT_AC;

	judge->decided = n;
	for (size_t i = 0; i < n; i++) {
		if (judge->decided < n && judge->job->stop_on_first_failure)
			judge->tests[i].judgement = JUDGEMENT_SKIP;
		if (judge->decided == n && !judgement_is_good(judge->tests[i].judgement)) {
			judge->decided = i;
			judgement = judge->tests[i].judgement;
		} else if (judge->decided == n && judge->tests[i].judgement == JUDGEMENT_OK) {
			judgement = JUDGEMENT_OK;
		}
	}
	judge->judgement = judgement;
}

void judge_run_job(struct judge *judge)
{
	judge->decided = judge->job->n_tests;
	if (do_job(judge, &judge->error) < 0)
		judge->judgement = JUDGEMENT_IE;
	else if (judge->judgement != JUDGEMENT_CE)
		decide(judge);
	tell(judge, JUDGE_FINISHED, NULL);
}
