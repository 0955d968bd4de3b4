/*
 * What a test of an interactive problem is worth: of two programs that talk to each other, the submission and the
 * problem's validator, who failed by itself and who only because the other one had. A pure table, called once per test.
 */
#pragma once

#include "policy/judgement.h"
#include "policy/verdict.h"
#include "sandbox/waits.h"

#include <stdbool.h>
#include <stdint.h>

/* Who kept whom waiting when the submission's wall time was over. */
enum interaction_wait {
	INTERACTION_WORKED,           /* none of what follows, as far as is known */
	INTERACTION_BOTH_READ,        /* each waited for what the other would write */
	INTERACTION_BOTH_WRITE,       /* each waited until the other would read */
	INTERACTION_SUBMISSION_IDLES, /* the validator waited for the submission, which slept */
	INTERACTION_VALIDATOR_IDLES,  /* the submission waited for the validator, which slept */
	INTERACTION_WAIT_MAX,
};

/* Nobody is said to sleep who has written something less than this ago. */
#define INTERACTION_SILENCE_US 1000000

/* What is known of one of the two at that moment. */
struct interaction_side {
	enum box_wait wait;
	bool quiet; /* all that it had written was read */
	uint64_t silence_us;
};

enum interaction_wait interaction_wait_of(const struct interaction_side *submission,
                                          const struct interaction_side *validator);
/* A sentence for a person; NULL for INTERACTION_WORKED. */
const char *interaction_wait_text(enum interaction_wait wait);

struct interaction {
	enum verdict submission;    /* of its box */
	bool broken_pipe;           /* SIGPIPE ended it */
	bool validator_first;       /* the validator ended before the submission did */
	enum judgement validator;   /* what it said; IE: nothing that counts, since it failed */
	enum interaction_wait wait; /* only looked at with a submission that was over its wall time */
};

/* Whose doing a judgement is. */
enum interaction_by {
	INTERACTION_BY_SUBMISSION, /* its own end */
	INTERACTION_BY_VALIDATOR,  /* its word, or its failure */
	INTERACTION_BY_IDLING,     /* nobody would have gone on */
};

/*
 * A failure of the submission's before the validator ended stands, whatever the validator made of it. Else the
 * validator's word does: where it found the submission right, only as long as that ended well, or by writing to a
 * validator that had gone. A validator that failed, or that kept the submission waiting for nothing, is JUDGEMENT_IE.
 */
enum judgement interaction_judge(const struct interaction *interaction, enum interaction_by *ret_by);
