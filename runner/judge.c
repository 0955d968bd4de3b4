/* The order of a job: compile, tests, checks, verdict. One box of it is judge_run.c's, compiling judge_compile.c's. */
#include "runner/judge.h"

#include "policy/rerun.h"
#include "runner/feedback.h"
#include "runner/judge_check.h"
#include "runner/judge_compile.h"
#include "runner/judge_interact.h"
#include "runner/judge_run.h"
#include "runner/judge_slot.h"
#include "sandbox/cg_leaf.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void judge_init(struct judge *judge)
{
	*judge = (struct judge){.score = NAN,
	                        .ws.fd = -1,
	                        .supervisor = {.epoll_fd = -1, .signal_fd = -1},
	                        .queue = {.fd = -1, .waiter_pidfd = -1}};
}

void judge_finish(struct judge *judge)
{
	for (unsigned i = 0; i < judge->n_slots; i++) {
		if (judge->runs != NULL)
			judge_run_finish(&judge->runs[i]);
		for (unsigned k = 0; judge->checks != NULL && k < judge->job->n_checkers; k++)
			judge_run_finish(judge_check(judge, i, k));
	}
	judge_interact_finish(judge);
	free(judge->runs);
	free(judge->checks);
	free(judge->places);
	free(judge->tests);
	slot_queue_finish(&judge->queue);
	supervisor_finish(&judge->supervisor);
	workspace_finish(&judge->ws);
	judge_init(judge);
}

/*
 * A test is judged by its last run, which was not over time by little, or not disturbed; or, where all of them were, by
 * the one with the least CPU time, since disturbances only add to it.
 */
static void count_run(struct judge *judge, struct judge_run *run)
{
	const struct run_result *result = &run->run.result;
	struct judge_test *test = &judge->tests[run->test];
	bool due = rerun_is_due(result, &run->plan.box, run->verdict);

	run->counts = test->n_runs == 0 || !due || result->cpu_us < test->cpu_us;
	test->n_runs++;
	test->aside = due && test->n_runs <= judge->job->reruns;
	if (!run->counts)
		return;
	test->judgement = run->judgement;
	test->cpu_us = result->cpu_us;
	test->wall_us = result->wall_us;
	test->memory_bytes = result->memory_peak_bytes;
	test->score = run->score;
	test->multiplier = run->multiplier;
}

/* Whether its failure is the job's. */
static bool stops_job(const struct judge *judge, size_t test)
{
	return judge->job->stop_on_first_failure && !judgement_is_good(judge->tests[test].judgement) &&
	       (judge->problem == NULL || !problem_results_is_aside(judge->problem, test));
}

static void finished(struct judge *judge, struct judge_run *run)
{
	const struct judge_test *test = &judge->tests[run->test];

	if (judge->job->passes_max > 1) /* kept from one pass to the next */
		feedback_remove(&judge->ws, run->test);
	count_run(judge, run);
	if (test->aside) {
		judge_tell(judge, JUDGE_TEST_ASIDE, run);
		return;
	}
	judge->n_done++;
	if (judge->problem != NULL)
		problem_results_put(judge->problem, run->test, test->judgement, test->score, test->multiplier);
	/* what comes after a failure is not started; what comes before it may still fail and decide instead */
	if (stops_job(judge, run->test) && run->test < judge->stop_before)
		judge->stop_before = run->test + 1;
	judge_tell(judge, JUDGE_TEST_FINISHED, run);
}

/* The test is over, unless its output is still to be checked. */
static void test_ended(struct judge *judge, struct judge_run *run)
{
	bool more = judge_run_wants_check(judge, run);

	judge->places[run->place] = more ? JUDGE_WANTS_CHECK : JUDGE_FREE;
	if (!more)
		finished(judge, run);
}

/* One that does not accept decides; the others need not look. */
static void checked(struct judge *judge, struct judge_run *run)
{
	bool more = run->judgement == JUDGEMENT_AC && run->n_checked < judge->job->n_checkers;

	judge->places[run->place] = more ? JUDGE_WANTS_CHECK : run->next_pass ? JUDGE_WANTS_PASS : JUDGE_FREE;
	if (judge->places[run->place] == JUDGE_FREE)
		finished(judge, run);
}

static void check_ended(struct judge *judge, struct judge_run *check)
{
	struct judge_run *run = &judge->runs[check->place];

	judge_check_ended(judge, run, check);
	checked(judge, run);
}

static void run_ended(struct judge *judge, struct judge_run *run)
{
	if (judge->interactions != NULL) {
		struct judge_run *test = judge_interact_ended(judge, run);
		if (test != NULL)
			checked(judge, test);
	} else if (run->task == JUDGE_CHECK)
		check_ended(judge, run);
	else
		test_ended(judge, run);
}

static bool may_count(const struct judge *judge, size_t test)
{
	return judge->problem == NULL || problem_results_counts(judge->problem, test);
}

/*
 * judge->stop_before for none now. Those put aside come last and each alone, so that this job disturbs them no more; in
 * order, since one that fails may make those behind it needless.
 */
static size_t next_test(struct judge *judge)
{
	size_t test = 0;

	while (judge->next < judge->stop_before && !may_count(judge, judge->next))
		judge->next++;
	if (judge->next < judge->stop_before)
		return judge->next;
	if (judge->supervisor.live > 0)
		return judge->stop_before;
	while (test < judge->stop_before && !(judge->tests[test].aside && may_count(judge, test)))
		test++;
	return test;
}

/* The next to be started: a check or another pass before a new test, so that what has begun comes to its end. NULL
 * where there is none. */
static struct judge_run *next_run(struct judge *judge, enum judge_task *ret_task)
{
	unsigned idle = judge->n_slots;

	for (unsigned i = 0; i < judge->n_slots; i++) {
		if (judge->places[i] == JUDGE_WANTS_CHECK) {
			struct judge_run *check = judge_check(judge, i, judge->runs[i].n_checked);
			*ret_task = JUDGE_CHECK;
			check->test = judge->runs[i].test;
			check->pass = judge->runs[i].pass;
			return check;
		}
		if (judge->places[i] == JUDGE_WANTS_PASS) {
			*ret_task = JUDGE_TEST;
			return &judge->runs[i];
		}
		if (judge->places[i] == JUDGE_FREE && idle == judge->n_slots)
			idle = i;
	}
	*ret_task = JUDGE_TEST;
	return idle < judge->n_slots && next_test(judge) < judge->stop_before ? &judge->runs[idle] : NULL;
}

/* Starts what can be started now. Returns 1 when there is more, but no slot. */
static int start_runs(struct judge *judge, struct sbx_err *err)
{
	struct judge_run *run;
	enum judge_task task;
	bool is_new;

	while ((run = next_run(judge, &task)) != NULL) {
		struct slot slot;
		int rc = judge_slot_take(judge, &slot, err);
		if (rc != 0)
			return rc;
		is_new = task == JUDGE_TEST && judge->places[run->place] == JUDGE_FREE;
		judge->places[run->place] = JUDGE_BUSY;
		run->task = task;
		if (task == JUDGE_TEST)
			run->pass = is_new ? 1 : run->pass + 1;
		if (is_new) {
			run->test = next_test(judge);
			judge->next += run->test == judge->next;
			judge_tell(judge, JUDGE_TEST_STARTED, run);
		}
		if (!judge_run_start(judge, run, task, &slot))
			run_ended(judge, run);
		else if (task == JUDGE_TEST && judge->interactions != NULL)
			judge_interact_start(judge, run);
	}
	judge_slot_cancel(judge);
	return 0;
}

static int run_tests(struct judge *judge, struct sbx_err *err)
{
	struct run *ended;
	int rc;

	judge->stop_before = judge->job->n_tests;
	for (;;) {
		if (judge->supervisor.interrupt_signal == 0)
			rc = start_runs(judge, err);
		else
			rc = judge->supervisor.live > 0 ? 0 : judge_interrupted(judge, err);
		TRY(rc);
		if (rc == 0 && judge->supervisor.live == 0)
			return 0;
		TRY(supervisor_next(&judge->supervisor, &ended, err));
		if (ended != NULL) {
			struct judge_run *run = (struct judge_run *)ended;
			judge_run_ended(judge, run);
			run_ended(judge, run);
		}
	}
}

static int add_data(struct judge *judge, const struct job_data *data, size_t test, const char *suffix,
                    struct sbx_err *err)
{
	char name[32];
	int rc;

	snprintf(name, sizeof(name), "%zu%s", test, suffix);
	rc = data->bytes == NULL ? 0 : workspace_add(&judge->ws, WORKSPACE_DATA, name, data->bytes, data->len, false);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_WORKSPACE, -rc, "cannot store the data of test %.100s",
		                judge->job->tests[test].name);
	return 0;
}

static int fill_workspace(struct judge *judge, struct sbx_err *err)
{
	const struct job *job = judge->job;

	TRY(judge_compile_store(judge, err));
	for (size_t i = 0; i < job->n_tests; i++) {
		TRY(add_data(judge, &job->tests[i].input, i, "", err));
		if (job->checker != CHECKER_COMPARE)
			TRY(add_data(judge, &job->tests[i].answer, i, ".ans", err));
	}
	return 0;
}

/* Of a stream, a compiler's too. */
static size_t keep_bytes_max(const struct judge *judge)
{
	return judge->job->keep_bytes < JUDGE_COMPILER_BYTES ? JUDGE_COMPILER_BYTES : judge->job->keep_bytes;
}

static int make_room(struct judge *judge, struct sbx_err *err)
{
	size_t keep_bytes = keep_bytes_max(judge);
	int rc = 0;

	judge->runs = calloc(judge->n_slots, sizeof(*judge->runs));
	judge->places = calloc(judge->n_slots, sizeof(*judge->places));
	judge->tests = calloc(judge->job->n_tests + 1, sizeof(*judge->tests));
	judge->checks = calloc(judge->n_slots * judge->job->n_checkers + 1, sizeof(*judge->checks));
	if (judge->runs == NULL || judge->places == NULL || judge->tests == NULL || judge->checks == NULL)
		return sbx_fail(err, SBX_STAGE_SUPERVISE, ENOMEM, "out of memory");
	for (unsigned i = 0; i < judge->n_slots && rc == 0; i++) {
		rc = judge_run_init(&judge->runs[i], i, keep_bytes);
		for (unsigned k = 0; rc == 0 && k < judge->job->n_checkers; k++) {
			judge_check(judge, i, k)->checker = k;
			rc = judge_run_init(judge_check(judge, i, k), i, JUDGE_MESSAGE_BYTES);
		}
	}
	if (rc == 0 && judge->job->interactive)
		rc = judge_interact_init(judge);
	return rc < 0 ? sbx_fail(err, SBX_STAGE_SUPERVISE, -rc, "out of memory") : 0;
}

/* The outputs that wait for a checker lie in the job's folder, one for each place. */
static uint64_t workspace_bytes(const struct judge *judge)
{
	uint64_t output = judge->job->limits.output_bytes_max;

	if (judge->job->checker == CHECKER_COMPARE)
		return WORKSPACE_BYTES;
	if (output == SPEC_UNSET || output > WORKSPACE_BYTES)
		output = UINT64_C(64) << 20;
	return WORKSPACE_BYTES + judge->n_slots * output;
}

/* For each test up to two files of data, and a folder for the checker's files. */
static uint64_t workspace_inodes(const struct judge *judge)
{
	return WORKSPACE_INODES + 8 * judge->job->n_tests;
}

/* What is for one submission starts anew each time. */
static int open_workspace(struct judge *judge, struct sbx_err *err)
{
	if (judge->ws.fd < 0)
		TRY(workspace_open(&judge->ws, judge->host, workspace_bytes(judge), workspace_inodes(judge), err));
	else
		TRY(workspace_renew(&judge->ws, WORKSPACE_DATA, err));
	/* a tmpfs of its own: what a compiler fills is not the problem's room */
	return workspace_renew(&judge->ws, WORKSPACE_BOX, err);
}

static void reset(struct judge *judge)
{
	size_t keep_bytes = keep_bytes_max(judge);

	for (unsigned i = 0; i < judge->n_slots; i++)
		judge->runs[i].out.max = judge->runs[i].err.max = keep_bytes;
	for (size_t i = 0; i < judge->job->n_tests; i++)
		judge->tests[i] = (struct judge_test){.judgement = JUDGEMENT_SKIP,
		                                      .cpu_us = RESULT_UNKNOWN,
		                                      .wall_us = RESULT_UNKNOWN,
		                                      .memory_bytes = RESULT_UNKNOWN};
	judge->n_done = judge->next = 0;
	judge->refused = NULL;
	judge->score = NAN;
	if (judge->problem != NULL)
		problem_results_reset(judge->problem);
}

static int prepare(struct judge *judge, struct sbx_err *err)
{
	if (judge->runs == NULL)
		TRY(make_room(judge, err));
	reset(judge);
	TRY(open_workspace(judge, err));
	TRY(fill_workspace(judge, err));
	TRY(slot_queue_init(&judge->queue, judge->host, judge->n_slots, err));
	/* what killed judges left in slots that this one may never use */
	cg_leaf_sweep(judge->host, UINT_MAX);
	return judge->supervisor.epoll_fd < 0 ? supervisor_init(&judge->supervisor, err) : 0;
}

static int work(struct judge *judge, struct sbx_err *err)
{
	judge_tell(judge, JUDGE_QUEUED, NULL);
	judge->judgement = JUDGEMENT_AC;
	TRY(judge_compile_submission(judge, err));
	if (judge->judgement == JUDGEMENT_CE)
		return 0;
	TRY(judge_compile_checkers(judge, err));
	for (unsigned i = 0; i < judge->n_slots; i++)
		judge->runs[i].out.max = judge->runs[i].err.max = judge->job->keep_bytes;
	return run_tests(judge, err);
}

/* Nothing that others wait for is kept while the report is written: no slot, no turn, no box. */
static int do_job(struct judge *judge, struct sbx_err *err)
{
	int rc = prepare(judge, err);

	if (rc == 0) {
		rc = work(judge, err);
		if (rc < 0)
			supervisor_abort(&judge->supervisor, err);
	}
	slot_queue_finish(&judge->queue);
	return rc;
}

/* In the order of the tests; what was run after the one that decided, by chance or not, does not count. */
static int decide(struct judge *judge)
{
	enum judgement judgement = JUDGEMENT_AC;
	size_t n = judge->job->n_tests;

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
	return 0;
}

/* The same by the groups of a package. */
static int grade(struct judge *judge, struct sbx_err *err)
{
	struct problem_results *problem = judge->problem;
	bool failed = false;

	for (size_t i = 0; i < judge->job->n_tests; i++) {
		if (failed)
			problem_results_skip(problem, i);
		if (!problem_results_counts(problem, i))
			judge->tests[i].judgement = JUDGEMENT_SKIP;
		else
			failed = failed || stops_job(judge, i);
	}
	TRY(problem_results_grade(problem, &judge->decided, err));
	judge->judgement = problem->grades[0].judgement;
	judge->score = problem_results_score(problem);
	return 0;
}

void judge_run_job(struct judge *judge)
{
	int rc;

	judge->decided = judge->job->n_tests;
	judge->error = (struct sbx_err){0};
	rc = do_job(judge, &judge->error);
	if (rc == 0 && judge->judgement != JUDGEMENT_CE)
		rc = judge->problem != NULL ? grade(judge, &judge->error) : decide(judge);
	if (rc < 0)
		judge->judgement = JUDGEMENT_IE;
	judge_tell(judge, JUDGE_FINISHED, NULL);
}
