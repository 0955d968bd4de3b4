/* A program and the checker of an interactive problem. */
#include "runner/judge_interact.h"

#include "runner/judge_check.h"
#include "runner/judge_run.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK_MESSAGE_US 1000000

static void close_pipe(int pipe[2])
{
	fd_close(&pipe[0]);
	fd_close(&pipe[1]);
}

static void close_pipes(struct judge_interaction *interaction)
{
	close_pipe(interaction->to_program);
	close_pipe(interaction->to_checker);
}

/* Both ends of both pipes are there, or none. */
static int open_pipes(struct judge_interaction *interaction)
{
	int *pipes[] = {interaction->to_program, interaction->to_checker};

	for (size_t i = 0; i < sizeof(pipes) / sizeof(pipes[0]); i++) {
		/* the box's end has to block, ours must not */
		if (pipe2(pipes[i], O_CLOEXEC) == 0 && fcntl(pipes[i][1], F_SETFL, O_NONBLOCK) == 0)
			continue;
		int errnum = errno;
		close_pipes(interaction);
		return -errnum;
	}
	return 0;
}

int judge_interact_init(struct judge *judge)
{
	judge->interactions = calloc(judge->n_slots, sizeof(*judge->interactions));
	if (judge->interactions == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < judge->n_slots; i++) {
		struct judge_interaction *interaction = &judge->interactions[i];
		interaction->to_program[0] = interaction->to_program[1] = -1;
		interaction->to_checker[0] = interaction->to_checker[1] = -1;
		transcript_init(&interaction->transcript);
	}
	return 0;
}

void judge_interact_finish(struct judge *judge)
{
	for (unsigned i = 0; judge->interactions != NULL && i < judge->n_slots; i++) {
		close_pipes(&judge->interactions[i]);
		transcript_finish(&judge->interactions[i].transcript);
	}
	free(judge->interactions);
	judge->interactions = NULL;
}

/* ---- streams ---- */

static void take_passed(void *arg, const char *bytes, size_t len)
{
	struct judge_run *run = arg;
	struct judge_interaction *interaction = run->interaction;
	uint64_t now_ns = clock_ns();

	run->run.pair.passed_ns = now_ns;
	judge_run_keep(&run->out, bytes, len);
	transcript_put(&interaction->transcript, run->task == JUDGE_TEST, bytes, len, now_ns);
}

/* A place is used again and again. */
static int begin(struct judge *judge, struct judge_interaction *interaction, struct judge_run *test,
                 struct sbx_err *err)
{
	struct judge_run *check = judge_check(judge, test->place, 0);
	int rc;

	interaction->live = 0;
	interaction->both_ran = interaction->checker_first = false;
	interaction->wait = INTERACTION_WORKED;
	interaction->to_program_bytes = interaction->to_checker_bytes = 0;
	supervisor_pair(&check->run, &test->run);
	rc = open_pipes(interaction);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_STDIO, -rc, "cannot make a pipe");
	rc = judge->transcript == NULL
	             ? 0
	             : transcript_begin(&interaction->transcript, judge->job->tests[test->test].name, clock_ns());
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_REPORT, -rc, "cannot keep the transcript of a test");
	return 0;
}

int judge_interact_join(struct judge *judge, struct judge_run *run, struct sbx_err *err)
{
	struct judge_interaction *interaction = &judge->interactions[run->place];
	bool is_program = run->task == JUDGE_TEST;
	int *own = is_program ? interaction->to_program : interaction->to_checker;
	int *others = is_program ? interaction->to_checker : interaction->to_program;
	struct run_streams *streams = &run->run.streams;
	struct relay *out = &streams->out;

	if (!is_program && run->task != JUDGE_INTERACT)
		return 0;
	if (is_program) {
		TRY(begin(judge, interaction, run, err));
	} else {
		/* it has to wait while the program runs; then it has as long as a checker that is run afterwards */
		run->run.pair.alone_us_max = run->plan.box.wall_us_max;
		run->plan.box.wall_us_max = BOX_UNLIMITED;
	}
	run->interaction = interaction;
	fd_close(&streams->box_fd[0]);
	streams->box_fd[0] = fd_take(&own[0]);
	out->dst = fd_take(&others[1]);
	out->own_dst = out->dst_is_box = out->goes_on = true;
	out->consume = NULL;
	out->passed = take_passed;
	return 0;
}

/* ---- start and end ---- */

void judge_interact_start(struct judge *judge, struct judge_run *test)
{
	struct judge_interaction *interaction = test->interaction;
	struct judge_run *check = judge_check(judge, test->place, 0);
	struct slot slot;
	struct sbx_err err;

	interaction->live = 1;
	check->test = test->test;
	check->pass = test->pass;
	if (slot_take(&slot, judge->host, &err) < 0) {
		supervisor_end(&test->run, &err);
	} else if (judge_run_start(judge, check, JUDGE_INTERACT, &slot)) {
		interaction->both_ran = true;
		interaction->live = 2;
	} else {
		supervisor_end(&test->run, &check->run.result.error);
	}
	close_pipes(interaction);
}

static enum interaction_wait wait_of(const struct judge_run *test, const struct judge_run *check)
{
	const struct run_pair *program = &test->run.pair, *checker = &check->run.pair;
	const struct interaction_side sides[] = {{program->wait, program->quiet, program->silence_us},
	                                         {checker->wait, checker->quiet, checker->silence_us}};

	return test->run.result.killed_by == KILLED_BY_WALL ? interaction_wait_of(&sides[0], &sides[1])
	                                                    : INTERACTION_WORKED;
}

static bool is_broken_pipe(const struct judge_run *test)
{
	const struct run_result *result = &test->run.result;

	return test->verdict == VERDICT_RE && result->status_known && WIFSIGNALED(result->wait_status) &&
	       WTERMSIG(result->wait_status) == SIGPIPE;
}

/* The checker's word is in the test's run already, in the place of what the program itself had brought about. */
static void judge_both(struct judge_run *test, const struct judge_run *check, const struct sbx_err *own_error,
                       const char *own_reason)
{
	struct judge_interaction *interaction = test->interaction;
	const struct interaction facts = {.submission = test->verdict,
	                                  .broken_pipe = is_broken_pipe(test),
	                                  .validator_first = interaction->checker_first,
	                                  .validator = test->judgement,
	                                  .wait = wait_of(test, check)};
	struct sbx_err *error = &test->run.result.error;
	enum interaction_by by;

	test->judgement = interaction_judge(&facts, &by);
	test->next_pass = test->next_pass && test->judgement == JUDGEMENT_AC;
	if (by == INTERACTION_BY_VALIDATOR && facts.wait != INTERACTION_VALIDATOR_IDLES)
		return;
	*error = *own_error;
	test->reason = own_reason;
	test->score = test->multiplier = NAN;
	if (by == INTERACTION_BY_SUBMISSION)
		return;
	interaction->wait = facts.wait;
	test->reason = "idle";
	if (by == INTERACTION_BY_VALIDATOR) {
		sbx_fail(error, SBX_STAGE_SUPERVISE, ETIMEDOUT, "%s", interaction_wait_text(facts.wait));
		test->reason = "checker";
	}
}

static void conclude(struct judge *judge, struct judge_run *test)
{
	struct judge_interaction *interaction = test->interaction;
	struct judge_run *check = judge_check(judge, test->place, 0);
	const struct sbx_err own_error = test->run.result.error;
	const char *own_reason = test->reason;

	if (interaction->both_ran) {
		interaction->checker_first = check->run.pair.ended_ns < test->run.pair.ended_ns;
		interaction->to_checker_bytes = test->run.result.stdout_bytes;
		interaction->to_program_bytes = check->run.result.stdout_bytes;
		judge_check_ended(judge, test, check);
		judge_both(test, check, &own_error, own_reason);
	}
	if (judge->transcript != NULL &&
	    transcript_end(&interaction->transcript, judge->transcript, &judge->transcript_error) < 0)
		judge->transcript = NULL;
}

struct judge_run *judge_interact_ended(struct judge *judge, struct judge_run *run)
{
	struct judge_interaction *interaction = &judge->interactions[run->place];
	struct judge_run *test = &judge->runs[run->place];

	if (interaction->live > 1) {
		interaction->live--;
		/* what it says does not count any more, but as a message */
		if (run == test && run->verdict != VERDICT_OK)
			supervisor_hurry(&judge_check(judge, run->place, 0)->run, CHECK_MESSAGE_US);
		return NULL;
	}
	interaction->live = 0;
	if (test->interaction != NULL)
		conclude(judge, test);
	return test;
}
