/*
 * A job: sources, tests, limits, and how answers are compared, before anything was decided about how it is run. Filled
 * by `sbx judge` from its command line and a folder of tests, or by job_parse() from JSON (docs/sbx-job.5). A run, one
 * program once, is a job too: its one test has no answer.
 *
 * Strings are borrowed from whoever filled it in, but those of job_parse(), which the job keeps itself.
 */
#pragma once

#include "policy/judgement.h"
#include "policy/spec.h"
#include "sandbox/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOB_FILES_MAX 10000
#define JOB_TESTS_MAX 100000
#define JOB_PASSES_MAX 1000
#define JOB_CHECKERS_MAX 8
#define JOB_PIDS_MAX 4194304  /* as many as there can be, PID_MAX_LIMIT */
#define JOB_FLAG_BYTES 131072 /* of an argument with its NUL, MAX_ARG_STRLEN */
#define JOB_FIELD_BYTES 64    /* of the place of a key, as "tests[3].stdin_path" */
#define JOB_RUN_TEST "run"    /* the name of a run's test */

/* Limits of a checker that names none, as problem packages have them by default. */
#define JOB_CHECKER_CPU_US (UINT64_C(60) * 1000000)
#define JOB_CHECKER_MEMORY_BYTES (UINT64_C(2) << 30)
#define JOB_CHECKER_OUTPUT_BYTES (UINT64_C(8) << 20)

struct json_object;
struct language;

/* Bytes that came inline, or the path of a file on the host; neither: nothing. */
struct job_data {
	const char *path;
	const char *bytes; /* NULL: look at the path */
	size_t len;
};

struct job_limits {
	uint64_t cpu_us_max, wall_us_max, memory_bytes_max, output_bytes_max, pids_max; /* SPEC_UNSET: not set here */
};

struct job_file {
	const char *name; /* in the job's folder, relative; NULL: as its path ends, or what the language calls it */
	struct job_data data;
	bool is_executable; /* there */
};

/* A checker of the problem's own. */
struct job_checker {
	const char *name; /* where there are several, else NULL */
	struct job_file *files;
	size_t n_files;
	const char *language;           /* NULL: by their names */
	const struct language *scripts; /* instead of a language: its own; NULL */
};

struct job_test {
	const char *name;
	struct job_data input;                 /* nothing: an empty standard input */
	struct job_data answer;                /* nothing: the program is only run */
	struct job_limits limits;              /* unset: the job's */
	const struct compare_options *compare; /* NULL: the job's */
	const char **checker_flags;            /* NULL: the job's */
	const char **args;                     /* of the program, NULL-terminated; NULL for none */
};

struct job {
	bool is_run;          /* job_parse() is to read a run; set by its caller */
	const char **argv;    /* of a run: what is executed, NULL-terminated, instead of a language; NULL */
	const char *language; /* NULL: by the names of the files */
	struct job_file *files;
	size_t n_files;
	struct job_test *tests;
	size_t n_tests;
	struct job_limits limits; /* unset: the defaults of sbx run; time and memory before the language's allowance */
	uint64_t compile_us_max, compile_memory_bytes_max; /* SPEC_UNSET: the language's */
	enum checker_kind checker;
	struct compare_options compare; /* CHECKER_COMPARE; `presentation` is for all */
	/* else: all of these have to accept. More than one: CHECKER_KATTIS, without scores, passes and interaction */
	struct job_checker checkers[JOB_CHECKERS_MAX];
	size_t n_checkers;
	const char **checker_flags;       /* arguments of each after its own three, NULL-terminated; NULL for none */
	struct job_limits checker_limits; /* of each; unset: JOB_CHECKER_..., and as a run's */
	bool reads_scores;                /* CHECKER_KATTIS: score.txt and score_multiplier.txt in its folder */
	uint64_t passes_max;              /* CHECKER_KATTIS: runs of a test that the checker may ask for; 1 */
	bool interactive;                 /* CHECKER_KATTIS: the checker talks to the program while that runs */
	const char *seccomp;              /* of the tests: the name of a built-in profile; NULL: the language's */
	bool merge_stderr; /* of the tests: standard error goes to where standard output goes, and is compared */
	bool stop_on_first_failure;
	uint64_t reruns;          /* of a test that was over time by little, and disturbed, at most (policy/rerun.h) */
	uint64_t keep_bytes;      /* of each test's output, and of its standard error, in the report */
	int64_t data_uid;         /* whose the files have to be that the job names; -1: anybody's */
	struct json_object *json; /* what the strings lie in; NULL */
};

#define JOB_RERUNS_MAX 10
#define JOB_KEEP_BYTES 1024
#define JOB_RUN_KEEP_BYTES (UINT64_C(64) << 10) /* of a run, of which the output is what is wanted */
#define JOB_KEEP_BYTES_MAX (UINT64_C(1) << 20)  /* in JSON it may take six times as much */

extern const struct job_limits job_no_limits; /* all unset */

/* An empty job with the defaults. */
void job_init(struct job *job);
/* Frees the arrays and the text. Accepts a zeroed or an initialised job. */
void job_finish(struct job *job);

/* Makes room for one more at the end, zeroed but for its limits, which are unset. -E2BIG beyond JOB_..._MAX, -ENOMEM.
 */
int job_add_file(struct job *job, struct job_file **ret);
int job_add_checker_file(struct job_checker *checker, struct job_file **ret);
int job_add_test(struct job *job, struct job_test **ret);

/*
 * Reads a JSON job, or a run, into an initialised one. A run has its one test, JOB_RUN_TEST; a language that the job
 * had before is its default. What is wrong is told with its place: "job.json: tests[3].stdin: not a string". Fails with
 * SBX_STAGE_USAGE; the job must be finished all the same.
 */
int job_parse(struct job *job, const char *text, size_t len, const char *origin, struct sbx_err *err);
