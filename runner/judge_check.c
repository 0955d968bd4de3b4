/* What a checker said of a test, once it has ended: its exit status, and what it left in its folder. */
#include "runner/judge_check.h"

#include "policy/verdict.h"
#include "runner/feedback.h"
#include "runner/judge_run.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void copy_message(const struct kept *kept, char message[JUDGE_MESSAGE_BYTES])
{
	size_t len = kept->len < JUDGE_MESSAGE_BYTES - 1 ? kept->len : JUDGE_MESSAGE_BYTES - 1;

	memcpy(message, kept->bytes, len);
	message[len] = '\0';
}

static void fail_checker(struct judge_run *run, const struct judge_run *check, const char *name)
{
	const struct run_result *result = &check->run.result;
	struct sbx_err *error = &run->run.result.error;
	const char *space = name != NULL ? " " : "";

	name = name != NULL ? name : "";
	run->reason = "checker";
	if (check->verdict == VERDICT_IE)
		*error = result->error;
	else if (check->verdict == VERDICT_RE && WIFEXITED(result->wait_status))
		sbx_fail(error, SBX_STAGE_SUPERVISE, 0, "the checker%s%.100s ended with status %d", space, name,
		         WEXITSTATUS(result->wait_status));
	else
		sbx_fail(error, SBX_STAGE_SUPERVISE, 0, "the checker%s%.100s ended as %s", space, name,
		         verdict_name(check->verdict));
}

static void read_score(struct judge_run *run, int folder, const char *name, double *ret)
{
	if (feedback_number(folder, name, ret) >= 0)
		return;
	run->judgement = JUDGEMENT_IE;
	run->reason = "checker";
	sbx_fail(&run->run.result.error, SBX_STAGE_SUPERVISE, 0, "the checker's %s is not a number", name);
}

static void read_next_pass(const struct judge *judge, struct judge_run *run, int folder)
{
	struct sbx_err *error = &run->run.result.error;
	char name[32];
	int rc;

	judge_run_pass_name(run, name);
	rc = feedback_next_pass(&judge->ws, folder, name);
	if (rc == 1 && feedback_keep(&judge->ws, run->test) < 0)
		rc = -EIO;
	run->next_pass = rc == 1 && run->judgement == JUDGEMENT_AC && run->pass < judge->job->passes_max;
	if (rc == 0 || run->next_pass || run->judgement == JUDGEMENT_IE)
		return;
	if (rc < 0)
		sbx_fail(error, SBX_STAGE_SUPERVISE, -rc, "the checker's nextpass.in cannot be used");
	else if (run->judgement != JUDGEMENT_AC)
		sbx_fail(error, SBX_STAGE_SUPERVISE, 0, "the checker made a nextpass.in, but did not accept");
	else
		sbx_fail(error, SBX_STAGE_SUPERVISE, 0, "the checker wants more than %" PRIu64 " passes",
		         judge->job->passes_max);
	run->judgement = JUDGEMENT_IE;
	run->reason = "checker";
}

static void read_feedback(const struct judge *judge, struct judge_run *run)
{
	FD_CLEANUP int folder = feedback_open(&judge->ws, run->test);

	if (folder < 0)
		return; /* it was not even made, and the checker not run */
	feedback_message(folder, run->message, sizeof(run->message));
	if (judge->job->reads_scores && run->judgement != JUDGEMENT_IE) {
		read_score(run, folder, "score.txt", &run->score);
		read_score(run, folder, "score_multiplier.txt", &run->multiplier);
		/* the folder stays for the next pass, which says its own; what cannot be removed is no number then,
		 * either */
		unlinkat(folder, "score.txt", 0);
		unlinkat(folder, "score_multiplier.txt", 0);
	}
	if (judge->job->passes_max > 1)
		read_next_pass(judge, run, folder);
	else
		feedback_remove(&judge->ws, run->test);
}

void judge_check_ended(struct judge *judge, struct judge_run *run, struct judge_run *check)
{
	const struct run_result *result = &check->run.result;

	run->check = check;
	run->n_checked = check->checker + 1;
	/* an exit status other than 0 is RE to the box, and a word of the checker's to us */
	run->judgement = JUDGEMENT_IE;
	if ((check->verdict == VERDICT_OK || check->verdict == VERDICT_RE) && WIFEXITED(result->wait_status))
		run->judgement = judgement_of_checker(judge->job->checker, WEXITSTATUS(result->wait_status),
		                                      judge->job->compare.presentation);
	if (run->judgement == JUDGEMENT_IE)
		fail_checker(run, check, judge->job->checkers[check->checker].name);
	if (judge->job->checker == CHECKER_KATTIS)
		read_feedback(judge, run);
	else
		copy_message(&check->err, run->message);
	memcpy(check->message, run->message, sizeof(check->message));
}
