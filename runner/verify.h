/*
 * sbx judge --verify: the submissions of a problem package, one after the other through one judge, and whether each
 * gets a verdict that the package expects of it. Called by runner/cmd_judge.c.
 */
#pragma once

#include "runner/judge.h"
#include "runner/judge_report.h"
#include "runner/problem_load.h"
#include "runner/report.h"

/* Of one submission. Counts may be RESULT_UNKNOWN. */
struct verify_result {
	const char *name;                /* "accepted/sum.cpp" */
	const struct language *language; /* NULL: not known */
	bool is_judged, agrees;
	enum judgement judgement;
	const char *decided_by;                 /* a test; NULL */
	double score;                           /* NAN: there is none */
	uint64_t cpu_us, wall_us, memory_bytes; /* the most that a test took */
	char *note;                             /* why it was not judged; what went wrong; NULL */
};

/* Set what comes first, then verify_load(); verify_finish() takes a zeroed one. */
struct verify {
	struct judge *judge;
	struct judge_report *report;
	const struct problem_package *package;
	struct job *job; /* the judge's; its sources are set here */

	bool *has_message;             /* of each of the package's rules: the submission that is judged got it */
	struct verify_result *results; /* of package->submissions */
	size_t n, n_agree, n_differ;   /* the rest was not judged */
};

/*
 * Of the package's submissions, leaves only those in this language, a name of `sbx languages`. Fails with
 * SBX_STAGE_USAGE for an unknown name, and where there are none.
 */
int verify_choose(struct problem_package *package, const char *language, struct sbx_err *err);
/*
 * Refuses a package in which a submission's expectation is unknown, or about tests that there are not. To be called
 * after problem_load_submissions(); names lie in `memory`. Fails with SBX_STAGE_USAGE.
 */
int verify_load(struct verify *verify, struct job_memory *memory, struct sbx_err *err);
/*
 * Judges them. A submission that cannot be judged, for want of its toolchain or since the package refuses it, is left
 * out. judge->error says why the judge failed, if it did: then the rest is left out, too.
 */
void verify_run(struct verify *verify);
/* All were judged, and agree. */
bool verify_agrees(const struct verify *verify);
/* SBX_EXIT_SANDBOX where the judge failed, be it over one submission; SBX_EXIT_VERDICT where they do not all agree. */
int verify_exit_status(const struct verify *verify);
void verify_finish(struct verify *verify);

/* A table, or a JSON object of schema sbx.verify/1 (docs/sbx-judge.1). Fails with SBX_STAGE_REPORT. */
int verify_write(const struct verify *verify, struct report_sink *sink, enum report_format format, bool color,
                 struct sbx_err *err);
