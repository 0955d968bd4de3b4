/*
 * What a package of 2023-07 expects of its submissions, test for test: submissions/submissions.yaml, and the format's
 * own rules for the folders that it knows. Called by runner/problem_files.c and runner/verify.c. Nothing here touches a
 * file.
 */
#pragma once

#include "policy/problem_results.h"
#include "policy/yaml.h"
#include "sandbox/err.h"

#include <stdbool.h>
#include <stddef.h>

/* For each submission that it matches: of the tests, or the groups' scores, that it matches. */
struct problem_rule {
	const char *submissions; /* a pattern (policy/problem_glob.h) for "accepted/sum.cpp" */
	const char *tests;       /* one for "secret/small/1" and "secret/small"; NULL: all, and the whole's score */
	unsigned permitted, required; /* of each test, and of one at least: sets as in policy/problem.h */
	bool is_known;                /* of a folder that the format knows: nothing has to be in it */
	bool has_score;
	double score_min, score_max;
	const char *message;  /* of the validator on one test at least has this in it; NULL */
	const char *language; /* what the submissions are in, a name of sbx languages; NULL */
};

struct problem_rules {
	struct problem_rule *rules;
	size_t n;
	struct yaml_doc doc; /* what strings lie in */
};

/*
 * Reads it; *ret must be finished whatever comes of it. `origin` has to outlive it. Fails with SBX_STAGE_USAGE and
 * "origin:line:column: ..." for what the format does not have, and for what is not supported: an entry point.
 */
int problem_rules_parse(struct problem_rules *ret, const struct problem *problem, const char *text, size_t len,
                        const char *origin, struct sbx_err *err);
void problem_rules_finish(struct problem_rules *rules); /* takes a zeroed one, too */

/* Whether it is about this submission. */
bool problem_rule_is_for(const struct problem_rule *rule, const char *submission);
/* Whether it is about this test, whose name, or a group's around it, its pattern matches. */
bool problem_rule_is_on(const struct problem_rule *rule, const char *test);
/* Whether its score is that of this group. */
bool problem_rule_is_on_score(const struct problem_rule *rule, const char *group);

/* The verdicts of the whole job that can be right for a submission: what a table can show of it. */
unsigned problem_rules_expected(const struct problem_rules *rules, const char *submission);
/* Its language, NULL where no rule says one. */
const char *problem_rules_language(const struct problem_rules *rules, const char *submission);

/*
 * Whether the results of a submission, which are graded, obey all rules; `has_message` says of each rule whether its
 * message was seen. Else says in `what` which is broken, and by what.
 */
bool problem_rules_check(const struct problem_rules *rules, const char *submission,
                         const struct problem_results *results, const bool *has_message, char *what, size_t size);
