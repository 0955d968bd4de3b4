/*
 * A problem package's problem.yaml, in the formats legacy (legacy-icpc is a part of it) and 2023-07, as
 * github.com/Kattis/problem-package-format describes them; the arguments of the default output validator; and what the
 * package expects of the submissions that come with it. Called by runner/problem_load.c. Nothing here touches a file.
 */
#pragma once

#include "policy/compare.h"
#include "policy/judgement.h"
#include "policy/yaml.h"
#include "sandbox/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum problem_format {
	PROBLEM_LEGACY,
	PROBLEM_2023_07, /* and its draft */
};

/* What is not given is what the format calls a typical system default, unless it says otherwise here. */
struct problem_limits {
	uint64_t time_us_max; /* SPEC_UNSET: not given, the submissions have to tell */
	/* The time limit is so far from the slowest right submission, and the fastest that is too slow so far from it.
	 */
	double ac_to_time_limit, time_limit_to_tle;
	uint64_t time_resolution_us;
	uint64_t memory_bytes_max, output_bytes_max, code_bytes_max;
	uint64_t compilation_us_max, compilation_memory_bytes_max; /* SPEC_UNSET: the language's */
	uint64_t validation_us_max, validation_memory_bytes_max, validation_output_bytes_max;
	uint64_t passes_max; /* of a multi-pass problem */
};

struct problem {
	enum problem_format format;
	const char *name;          /* in English, else the first; NULL: legacy, and none given */
	struct json_object *names; /* NULL, or a map: language code -> name */
	bool is_scoring, is_interactive, is_multi_pass, is_submit_answer;
	bool custom_validator;              /* of 2023-07 a folder says that, and whoever reads it sets this */
	bool custom_score;                  /* the validator gives the score */
	struct json_object *validator_args; /* of legacy: a list of strings, or NULL; each group's own come behind */
	struct compare_options compare;     /* what they mean to the default validator, where it is in use */
	struct problem_limits limits;
	bool minimize;                 /* the least score is best */
	bool show_groups;              /* to those who submit */
	bool allow_file_writing;       /* in the submission's folder */
	struct json_object *constants; /* by name (policy/problem_constants.h); NULL */
	struct json_object *languages; /* a list of the format's codes; NULL: all */

	struct yaml_doc doc; /* what all of it lies in */
};

/*
 * `origin` has to outlive *ret, which problem_finish() frees. Fails with SBX_STAGE_USAGE and "origin:line:column: ..."
 * for broken YAML, an unknown key, format or type, a wrong type of value, a value out of range.
 */
int problem_parse(const char *text, size_t len, const char *origin, struct problem *ret, struct sbx_err *err);
/* Takes a zeroed one, too. */
void problem_finish(struct problem *problem);

/* The text of a legacy package's .timelimit: seconds. Fails as problem_parse() does. */
int problem_parse_timelimit(const char *text, const char *origin, uint64_t *ret_us, struct sbx_err *err);

/* Whether a package may name a programming language so: a code of the format's, or a name of `sbx languages`. */
bool problem_knows_language(const char *code);

/* The words of a text, or of none (NULL): a list of strings, the caller's. */
struct json_object *problem_words(const char *text);

/*
 * Adds what the default validator's arguments say to *options, which job_init() made or other arguments: where a
 * tolerance is given again, the last one counts. `args` is a list of strings, or NULL. -EINVAL with the mistake in
 * `what`, and *options left alone.
 */
int problem_compare_args(const struct json_object *args, struct compare_options *options, char *what, size_t size);

/*
 * What is expected of a submission, a set with a bit 1U << JUDGEMENT_... for each verdict of the whole job that is as
 * it should be. What a folder calls a run-time error is RE, MLE, OLE and SV here: Kattis' tools, whose limits are
 * rlimits, see a program die in each of these cases. PE is a wrong answer. Whether the score is right is not in it.
 */
#define PROBLEM_EXPECT_ANY 0U /* nobody says anything */
#define PROBLEM_EXPECT_AC (1U << JUDGEMENT_AC)
#define PROBLEM_EXPECT_WA (1U << JUDGEMENT_WA | 1U << JUDGEMENT_PE)
#define PROBLEM_EXPECT_TLE (1U << JUDGEMENT_TLE)
#define PROBLEM_EXPECT_RTE (1U << JUDGEMENT_RE | 1U << JUDGEMENT_MLE | 1U << JUDGEMENT_OLE | 1U << JUDGEMENT_SV)
#define PROBLEM_EXPECT_ALL (PROBLEM_EXPECT_AC | PROBLEM_EXPECT_WA | PROBLEM_EXPECT_TLE | PROBLEM_EXPECT_RTE)

/* By its folder below submissions/. -ENOENT for a folder that means nothing in this format. */
int problem_expect_folder(enum problem_format format, const char *folder, unsigned *ret_set);
/*
 * By the first "@EXPECTED_RESULTS@: " in a source, with DOMjudge's names for verdicts, or Kattis': parted by commas up
 * to the end of the line. PROBLEM_EXPECT_ANY where there is none. -EINVAL with the mistake in `what` for a name that is
 * unknown, and for CHECK-MANUALLY, which no program can.
 */
int problem_expect_source(const char *text, size_t len, unsigned *ret_set, char *what, size_t size);
bool problem_expect_agrees(unsigned set, enum judgement judgement);
