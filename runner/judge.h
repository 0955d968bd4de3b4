/*
 * One job: the sources compiled in a box, then every test in a box of its own, as many at once as there are slots. The
 * engine of `sbx judge`: it prints nothing, and tells a listener what happens while it happens.
 *
 *   judge_init  ->  set job, submission, checker, host, n_slots, listener  ->  judge_run_job  ->  read the results  ->
 * judge_finish
 */
#pragma once

#include "policy/job.h"
#include "policy/judgement.h"
#include "policy/language.h"
#include "policy/plan.h"
#include "policy/problem_results.h"
#include "runner/job_load.h"
#include "runner/report.h"
#include "runner/supervise.h"
#include "runner/workspace.h"
#include "sandbox/host.h"
#include "sandbox/slot.h"

#define JUDGE_COMPILER_BYTES (64 << 10) /* of a compiler's text are kept */
#define JUDGE_MESSAGE_BYTES 1024        /* of a checker's */

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

/* What a spec of this job borrows, as long as its box lives: init reads it while it builds. */
struct judge_paths {
	char box[WORKSPACE_PATH_BYTES], input[WORKSPACE_PATH_BYTES], answer[WORKSPACE_PATH_BYTES];
	char output[WORKSPACE_PATH_BYTES], feedback[WORKSPACE_PATH_BYTES];
};

enum judge_task {
	JUDGE_COMPILE, /* the submission */
	JUDGE_COMPILE_CHECKER,
	JUDGE_TEST,
	JUDGE_CHECK,    /* what a test's program printed, by the problem's checker */
	JUDGE_INTERACT, /* the checker of an interactive problem, which talks to a test's program */
};

struct judge_interaction; /* runner/judge_interact.h */

/* One box of the job, and all that it needs while it lasts. */
struct judge_run {
	struct run run; /* first: what the supervisor gives back is this */
	enum judge_task task;
	struct run_spec spec;
	struct judge_paths paths;
	struct policy_plan plan;
	char **argv, **longer_argv; /* the language's; the same with arguments of a checker or a test */
	size_t test;                /* its index; of all but those that compile */
	uint64_t pass;              /* of a test that is run again and again: which one, from 1 */
	bool next_pass;             /* its checker has asked for another one, and made its input */
	unsigned place;             /* in judge->runs, its own or that of the test that it checks */
	unsigned checker;           /* which one, of those that compile or are one */
	struct kept out, err;
	int input_fd;  /* what a test is given to read, until it has begun; -1 */
	int output_fd; /* where a test's output is kept whole for its checker; -1 */
	struct judge_answer answer;
	bool has_answer;
	struct compare compare;
	/* once it has ended: */
	enum verdict verdict;
	const char *reason; /* of the verdict, or "heap"; NULL */
	bool cached;        /* a compile that was not run, since its result was in the cache: no box, no limits */
	struct limit_fact limits[BOX_LIMIT_MAX];
	/* of JUDGE_TEST: */
	enum judgement judgement;
	enum compare_result compared;
	struct compare_difference
	        difference;                /* where compared is neither COMPARE_SAME nor COMPARE_MAX (not compared) */
	bool counts;                       /* its test is judged by it: by none of its earlier runs, so far */
	unsigned n_checked;                /* the checkers that were run on it, in their order */
	struct judge_run *check;           /* of the last one, whose word it is judged by; NULL where none was */
	char message[JUDGE_MESSAGE_BYTES]; /* what that said, "" for nothing; of a check: what it said */
	double score, multiplier;          /* of the checker's files, where the job has scores; NAN: there is none */
	struct judge_interaction *interaction; /* of an interactive problem's test, and of its checker; else NULL */
};

/* What stays of a test. Counts may be RESULT_UNKNOWN. */
struct judge_test {
	enum judgement judgement;
	uint64_t cpu_us, wall_us, memory_bytes;
	double score, multiplier; /* as in struct judge_run */
	unsigned n_runs;
	bool aside; /* to be run again, once all others have ended */
};

enum judge_event {
	JUDGE_QUEUED,
	JUDGE_COMPILING,
	JUDGE_COMPILED,
	JUDGE_TEST_STARTED,
	JUDGE_TEST_ASIDE, /* it has been run, and will be run again */
	JUDGE_TEST_FINISHED,
	JUDGE_FINISHED,
	JUDGE_EVENT_MAX,
};

/* Where one of the places for tests stands. */
enum judge_place {
	JUDGE_FREE,
	JUDGE_BUSY,
	JUDGE_WANTS_CHECK, /* its program has ended, its checker has not begun */
	JUDGE_WANTS_PASS,  /* its checker has asked for another run */
};

struct compile_cache;

struct judge {
	const struct job *job;
	struct job_sources submission, checkers[JOB_CHECKERS_MAX]; /* the latter as many as the job has */
	struct box_host *host;
	unsigned n_slots;            /* boxes at once */
	struct compile_cache *cache; /* NULL: none */
	/* of a package: what its groups make of the tests, which are the job's; else NULL, and the first failure
	 * decides */
	struct problem_results *problem;
	/* `run` is the one that it is about, or NULL. */
	void (*listener)(void *arg, const struct judge *judge, enum judge_event event, const struct judge_run *run);
	void *arg;
	struct report_sink *transcript; /* of interactive problems: what was said; NULL: not wanted */

	/* results */
	struct judge_test *tests;
	size_t n_done;
	enum judgement judgement;
	size_t decided; /* index of the test that decided; job->n_tests for none */
	double score;   /* NAN: there is none */
	bool interrupted;
	struct sbx_err error; /* with JUDGEMENT_IE, where no test's run tells it; SBX_STAGE_USAGE: nothing was run */
	struct sbx_err transcript_error;         /* it cannot be written; stage SBX_STAGE_NONE */
	const struct judge_run *checker_refused; /* with the error that says so: its compile; else NULL */
	const char *refused; /* with JUDGEMENT_CE, where the compiler itself said nothing of it; else NULL */

	bool checkers_stored, checkers_made; /* their sources; compiled and sealed. For all submissions */
	bool cacheable;                      /* the cache has the key of the compile that is under way */
	struct workspace ws;
	struct supervisor supervisor;
	struct slot_queue queue;
	struct watch queue_watch;
	struct judge_interaction *interactions; /* n_slots of them; NULL where the problem is not interactive */
	struct judge_run *runs;                 /* n_slots of them */
	struct judge_run *checks;               /* of each of these as many as there are checkers: judge_check() */
	enum judge_place *places;               /* of runs[i] and its checks */
	size_t next, stop_before;               /* tests */
};

static inline void judge_tell(struct judge *judge, enum judge_event event, const struct judge_run *run)
{
	judge->listener(judge->arg, judge, event, run);
}

/* Of a checker on what runs in this place. */
static inline struct judge_run *judge_check(const struct judge *judge, unsigned place, unsigned checker)
{
	return &judge->checks[place * judge->job->n_checkers + checker];
}

/* Nothing is open, so judge_finish() may be called. */
void judge_init(struct judge *judge);
/*
 * Does it all. Whatever happens, the judgement says it; nothing is returned, since a failure of the judge's own is the
 * verdict IE. Enters a mount namespace (runner/workspace.h): once per process.
 *
 * It may be called again with another submission: results are those of the last one, the checker stays compiled, and
 * in between nothing is held that others wait for. Not after an error but one of SBX_STAGE_USAGE.
 */
void judge_run_job(struct judge *judge);
void judge_finish(struct judge *judge);
