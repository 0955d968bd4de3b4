/* The verdict of an interactive problem's test. */
#include "policy/interaction.h"

#include <stddef.h>

static bool is_long_silent(const struct interaction_side *side)
{
	return side->silence_us >= INTERACTION_SILENCE_US;
}

enum interaction_wait interaction_wait_of(const struct interaction_side *submission,
                                          const struct interaction_side *validator)
{
	bool all_read = submission->quiet && validator->quiet;

	if (submission->wait == BOX_WAITS_INPUT && validator->wait == BOX_WAITS_INPUT && all_read)
		return INTERACTION_BOTH_READ;
	if (submission->wait == BOX_WAITS_OUTPUT && validator->wait == BOX_WAITS_OUTPUT)
		return INTERACTION_BOTH_WRITE;
	if (!is_long_silent(submission) || !is_long_silent(validator))
		return INTERACTION_WORKED;
	if (submission->wait == BOX_WAITS_ELSE &&
	    (validator->wait == BOX_WAITS_INPUT || validator->wait == BOX_WAITS_OUTPUT))
		return INTERACTION_SUBMISSION_IDLES;
	if (validator->wait == BOX_WAITS_ELSE &&
	    (submission->wait == BOX_WAITS_INPUT || submission->wait == BOX_WAITS_OUTPUT))
		return INTERACTION_VALIDATOR_IDLES;
	return INTERACTION_WORKED;
}

const char *interaction_wait_text(enum interaction_wait wait)
{
	static const char *const texts[INTERACTION_WAIT_MAX] = {
	        [INTERACTION_BOTH_READ] = "submission and validator each waited for the other to write",
	        [INTERACTION_BOTH_WRITE] = "submission and validator each waited for the other to read",
	        [INTERACTION_SUBMISSION_IDLES] = "the validator waited for the submission, which slept",
	        [INTERACTION_VALIDATOR_IDLES] = "the submission waited for the validator, which slept",
	};

	return wait >= 0 && wait < INTERACTION_WAIT_MAX ? texts[wait] : NULL;
}

static enum judgement by(enum interaction_by who, enum judgement judgement, enum interaction_by *ret_by)
{
	*ret_by = who;
	return judgement;
}

enum judgement interaction_judge(const struct interaction *interaction, enum interaction_by *ret_by)
{
	enum judgement own = judgement_of(interaction->submission, false, COMPARE_MAX);
	bool ended_well = interaction->submission == VERDICT_OK;
	bool by_idling = interaction->submission == VERDICT_TLE && interaction->wait != INTERACTION_WORKED;

	if (own == JUDGEMENT_IE)
		return by(INTERACTION_BY_SUBMISSION, JUDGEMENT_IE, ret_by);
	if (by_idling && interaction->wait == INTERACTION_VALIDATOR_IDLES)
		return by(INTERACTION_BY_VALIDATOR, JUDGEMENT_IE, ret_by);
	if (!ended_well && !interaction->validator_first)
		return by(by_idling ? INTERACTION_BY_IDLING : INTERACTION_BY_SUBMISSION, own, ret_by);
	if (interaction->validator == JUDGEMENT_AC && !ended_well && !interaction->broken_pipe)
		return by(INTERACTION_BY_SUBMISSION, own, ret_by);
	return by(INTERACTION_BY_VALIDATOR, interaction->validator, ret_by);
}
