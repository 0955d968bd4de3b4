/*
 * One job: the sources compiled in a box, then every test in a box of its own, as many at once as there are slots. The
 * engine of `sbx judge`: it prints nothing, and tells a listener what happens while it happens.
 *
 *   judge_init  ->  set job, language, sources, n_slots, listener  ->  judge_run_job  ->  read the results  ->
 * judge_finish
 */
#pragma once

#include "policy/job.h"
#include "policy/judgement.h"
#include "policy/language.h"
#include "policy/plan.h"
#include "runner/supervise.h"
#include "runner/workspace.h"
#include "sandbox/host.h"
#include "sandbox/slot.h"

#define JUDGE_COMPILER_BYTES (64 << 10) /* of the compiler's text are kept */

/* The first bytes of a stream. */
struct kept {
	char *bytes;
	size_t len, max;
	bool cut; /* there were more */
};

/* What a test's output is compared with. */
struct judge_answer {
	int fd; /* -1: bytes */
	const char *bytes;
	size_t len, at;
};

/* A run of the job, the compiler's or a test's, and all that it needs while it lasts. */
struct judge_run {
	struct run run; /* first: what the supervisor gives back is this */
	struct run_spec spec;
	struct policy_plan plan;
	char **argv;
	bool busy;
	size_t test; /* its index; JUDGE_COMPILE */
	struct kept out, err;
	struct judge_answer answer;
	bool has_answer;
	struct compare compare;
	/* once it has ended: */
	enum verdict verdict;
	const char *reason; /* of the verdict, or "heap"; NULL */
	enum judgement judgement;
	enum compare_result compared;
	struct compare_difference
	        difference; /* where compared is neither COMPARE_SAME nor COMPARE_MAX (not compared) */
	struct limit_fact limits[BOX_LIMIT_MAX];
};
#define JUDGE_COMPILE SIZE_MAX

/* What stays of a test. Counts may be RESULT_UNKNOWN. */
struct judge_test {
	enum judgement judgement;
	const char *reason;
	uint64_t cpu_us, wall_us, memory_bytes;
};

enum judge_event {
	JUDGE_QUEUED,
	JUDGE_COMPILING,
	JUDGE_COMPILED,
	JUDGE_TEST_STARTED,
	JUDGE_TEST_FINISHED,
	JUDGE_FINISHED,
	JUDGE_EVENT_MAX,
};

struct judge {
	const struct job *job;
	const struct language *language;
	struct language_file *sources; /* under the names that they get in the box */
	size_t n_sources;
	const struct box_host *host;
	unsigned n_slots; /* runs at once */
	/* `run` is the one that it is about, or NULL. */
	void (*listener)(void *arg, const struct judge *judge, enum judge_event event, const struct judge_run *run);
	void *arg;

	/* results */
	struct judge_test *tests;
	size_t n_done;
	enum judgement judgement;
	size_t decided; /* index of the test that decided; job->n_tests for none */
	bool interrupted;
	struct sbx_err error; /* with JUDGEMENT_IE, where no test's run tells it */

	struct workspace ws;
	struct supervisor supervisor;
	struct slot_queue queue;
	struct watch queue_watch;
	struct judge_run *runs;   /* n_slots of them */
	size_t next, stop_before; /* tests */
};

/* Nothing is open, so judge_finish() may be called. */
void judge_init(struct judge *judge);
/*
 * Does it all. Whatever happens, the judgement says it; nothing is returned, since a failure of the judge's own is the
 * verdict IE. Enters a mount namespace (runner/workspace.h): once per process.
 */
void judge_run_job(struct judge *judge);
void judge_finish(struct judge *judge);
