/* A job, as the store has it, in the forms in which clients get it. Called by the core. Pure but for memory. */
#pragma once

#include "runner/serve/http_reply.h"
#include "runner/serve/store.h"

#include <stdbool.h>
#include <stdint.h>

#define ANSWER_NO_POSITION UINT64_MAX
#define ANSWER_NO_INPUT "-" /* of POST /: the name of a test whose output is not asked for */

/* What the store does not know of a job. */
struct answer_facts {
	uint64_t position;   /* of one that waits; else ANSWER_NO_POSITION */
	uint64_t results_us; /* how long a job is kept once it has ended */
};

/* The job resource, from malloc(); NULL without memory. */
char *answer_job(const struct store_row *row, const struct answer_facts *facts, bool with_report, size_t *ret_len);

/* What POST / answers: outputs, or an error, by a job that has ended. */
void answer_legacy_error(struct http_reply *reply, unsigned status, const char *message);
void answer_legacy(const struct store_row *row, struct http_reply *reply);
