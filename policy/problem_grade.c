/*
 * Grading: the verdicts and scores of tests become those of their groups, and of the whole. One recursion over the
 * groups for each format; what a group does not come to stays JUDGEMENT_SKIP.
 */
#include "policy/json.h"
#include "policy/problem_group.h"

#include <math.h>
#include <string.h>

/* Sums of parts are not exact. */
#define SLACK 1e-9

struct grading {
	const struct problem *problem;
	const struct problem_group *groups;
	const struct problem_test *tests;
	struct problem_grade *grades;
};

/* ---- what is in a group, in order ---- */

struct walk {
	size_t end_group, end_test;
	size_t group, test; /* the next ones */
};

struct child {
	bool is_group;
	size_t index;
};

static struct walk walk_begin(const struct grading *grading, size_t index)
{
	const struct problem_group *group = &grading->groups[index];

	return (struct walk){.end_group = index + group->n_groups,
	                     .end_test = group->first_test + group->n_tests,
	                     .group = index + 1,
	                     .test = group->first_test};
}

static bool walk_next(const struct grading *grading, struct walk *walk, struct child *ret)
{
	const struct problem_group *group = &grading->groups[walk->group];

	if (walk->group < walk->end_group && group->first_test == walk->test) {
		*ret = (struct child){true, walk->group};
		walk->group += group->n_groups;
		walk->test += group->n_tests;
		return true;
	}
	if (walk->test == walk->end_test)
		return false;
	*ret = (struct child){false, walk->test++};
	return true;
}

/* ---- legacy ---- */

/* The default grader's order; SV is a crash to it. */
static unsigned badness(enum judgement judgement)
{
	static const enum judgement order[] = {JUDGEMENT_PE,  JUDGEMENT_WA, JUDGEMENT_OLE, JUDGEMENT_TLE,
	                                       JUDGEMENT_MLE, JUDGEMENT_RE, JUDGEMENT_SV,  JUDGEMENT_IE};

	for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (order[i] == judgement)
			return i + 1;
	return 0;
}

/* What a group is graded by. */
struct sums {
	size_t n;
	double sum, min, max;
	enum judgement first, worst;
	bool any_accepted, internal;
};

static void sums_add(struct sums *sums, const struct problem_grade *grade)
{
	bool good = judgement_is_good(grade->judgement);

	sums->sum += grade->score;
	if (sums->n == 0 || grade->score < sums->min)
		sums->min = grade->score;
	if (sums->n == 0 || grade->score > sums->max)
		sums->max = grade->score;
	if (!good && judgement_is_good(sums->first))
		sums->first = grade->judgement;
	if (badness(grade->judgement) > badness(sums->worst))
		sums->worst = grade->judgement;
	sums->any_accepted |= good;
	sums->internal |= grade->judgement == JUDGEMENT_IE;
	sums->n++;
}

static double combine(const struct problem_group *group, const struct sums *sums)
{
	switch (group->score_mode) {
	case PROBLEM_SCORE_MIN:
		return sums->min;
	case PROBLEM_SCORE_MAX:
		return sums->max;
	case PROBLEM_SCORE_AVG:
		return sums->sum / (double)sums->n;
	default:
		return sums->sum;
	}
}

static enum judgement legacy_judgement(const struct problem_group *group, const struct sums *sums, double score)
{
	enum judgement judgement = sums->worst;

	if (sums->internal || group->custom_grader)
		return JUDGEMENT_IE;
	if (group->verdict_mode == PROBLEM_VERDICT_FIRST_ERROR)
		judgement = sums->first;
	if (group->verdict_mode == PROBLEM_VERDICT_ALWAYS_ACCEPT ||
	    (group->accept_if_any_accepted && sums->any_accepted))
		judgement = JUDGEMENT_AC;
	if (judgement == JUDGEMENT_AC && (score < group->score_min - SLACK * fabs(group->score_min) ||
	                                  score > group->score_max + SLACK * fabs(group->score_max)))
		return JUDGEMENT_IE;
	return judgement;
}

static struct problem_grade legacy_test(const struct grading *grading, const struct problem_group *group, size_t index)
{
	const struct problem_test *test = &grading->tests[index];
	double score = judgement_is_good(test->judgement) ? group->accept_score : group->reject_score;

	if (!isnan(test->score))
		score = test->score;
	return (struct problem_grade){test->judgement, grading->problem->is_scoring ? score : 0};
}

bool problem_grade_ignores(const struct problem_group *group, const struct problem_group *inner)
{
	return group->ignore_sample && strcmp(inner->name, "sample") == 0;
}

static void grade_legacy(const struct grading *grading, size_t index)
{
	const struct problem_group *group = &grading->groups[index];
	struct walk walk = walk_begin(grading, index);
	struct sums sums = {.first = JUDGEMENT_AC, .worst = JUDGEMENT_AC};
	struct child child;
	double score;

	while (walk_next(grading, &walk, &child)) {
		struct problem_grade grade;
		if (child.is_group) {
			grade_legacy(grading, child.index);
			grade = grading->grades[child.index];
		} else {
			grade = legacy_test(grading, group, child.index);
		}
		if (grade.judgement == JUDGEMENT_SKIP ||
		    (child.is_group && problem_grade_ignores(group, &grading->groups[child.index])))
			continue;
		sums_add(&sums, &grade);
		if (group->break_on_reject && !judgement_is_good(grade.judgement))
			break;
	}
	if (sums.n == 0)
		return; /* nothing in it counts: nor does the group */
	score = combine(group, &sums);
	grading->grades[index] = (struct problem_grade){legacy_judgement(group, &sums, score), score};
}

/* ---- 2023-07 ---- */

/* Whether what the group requires was accepted: 1, 0, or -1 where there is no such group or test before it. */
static int is_required_met(const struct grading *grading, size_t index)
{
	const struct problem_group *group = &grading->groups[index];
	bool met = true;

	for (size_t i = 0; i < json_length(group->require_pass); i++) {
		const char *name = json_string_of(json_at(group->require_pass, i));
		enum judgement judgement = JUDGEMENT_MAX;
		for (size_t k = 0; k < index; k++)
			if (strcmp(grading->groups[k].name, name) == 0 && k + grading->groups[k].n_groups <= index)
				judgement = grading->grades[k].judgement;
		for (size_t k = 0; k < group->first_test && judgement == JUDGEMENT_MAX; k++)
			if (strcmp(grading->tests[k].name, name) == 0)
				judgement = grading->tests[k].judgement;
		if (judgement == JUDGEMENT_MAX)
			return -1;
		met = met && judgement_is_good(judgement);
	}
	return met;
}

/*
 * What each test of a group, and each group within it whose file says no score, can get: NAN for nothing at all.
 * False where the groups' own scores do not fit in.
 */
static bool find_share(const struct grading *grading, size_t index, double score_max, double *ret)
{
	const struct problem_group *group = &grading->groups[index];
	struct walk walk = walk_begin(grading, index);
	double given = 0, n = 0;
	struct child child;

	*ret = NAN;
	if (isnan(score_max) || group->score_mode == PROBLEM_SCORE_PASS_FAIL)
		return true;
	while (walk_next(grading, &walk, &child)) {
		double own = child.is_group ? grading->groups[child.index].score_max : -1;
		if (isinf(own) && !isinf(score_max))
			return false;
		given += own >= 0 ? own : 0;
		n += own >= 0 ? 0 : 1;
	}
	*ret = score_max;
	if (group->score_mode == PROBLEM_SCORE_MIN || isinf(score_max))
		return true;
	*ret = n > 0 ? (score_max - given) / n : 0;
	return given <= score_max;
}

/* False where its validator broke a rule. */
static bool score_test(const struct problem_test *test, double share, double *ret)
{
	bool has_score = !isnan(test->score), has_multiplier = !isnan(test->multiplier);

	*ret = 0;
	if (!judgement_is_good(test->judgement) || isnan(share))
		return !has_score && !has_multiplier;
	*ret = has_score ? test->score : has_multiplier ? share * test->multiplier : share;
	if (has_score)
		return !has_multiplier && test->score >= 0;
	return !isinf(share) && (!has_multiplier || (test->multiplier >= 0 && test->multiplier <= 1));
}

static void grade_group(const struct grading *grading, size_t index, double score_max);

/* One test of the group, or a group within it. False where a rule is broken. */
static bool grade_part(const struct grading *grading, const struct problem_group *group, const struct child *child,
                       double share, struct problem_grade *ret)
{
	const struct problem_group *inner;

	if (!child->is_group) {
		ret->judgement = grading->tests[child->index].judgement;
		return strcmp(group->name, "sample") == 0 ||
		       score_test(&grading->tests[child->index], share, &ret->score);
	}
	inner = &grading->groups[child->index];
	grade_group(grading, child->index, isnan(share) || inner->score_max < 0 ? share : inner->score_max);
	*ret = grading->grades[child->index];
	return !grading->problem->is_scoring || group->score_mode != PROBLEM_SCORE_PASS_FAIL ||
	       inner->score_mode == PROBLEM_SCORE_PASS_FAIL;
}

/* `score_max` is what the group can get; NAN: it has no score. */
static void grade_group(const struct grading *grading, size_t index, double score_max)
{
	const struct problem_group *group = &grading->groups[index];
	bool is_pass_fail = group->score_mode == PROBLEM_SCORE_PASS_FAIL, skipped = false, good;
	struct sums sums = {.first = JUDGEMENT_AC, .worst = JUDGEMENT_AC};
	struct problem_grade *grade = &grading->grades[index];
	struct walk walk = walk_begin(grading, index);
	int met = is_required_met(grading, index);
	struct child child;
	double share = NAN;

	if (met == 0)
		return;
	good = met > 0 && find_share(grading, index, score_max, &share) && !(is_pass_fail && isinf(score_max));
	while (good && walk_next(grading, &walk, &child)) {
		struct problem_grade part = {.score = 0};
		good = grade_part(grading, group, &child, share, &part);
		if (part.judgement == JUDGEMENT_SKIP) {
			skipped = true;
			part.judgement = JUDGEMENT_AC; /* it hides no failure that stands elsewhere */
		}
		sums_add(&sums, &part);
	}
	*grade = (struct problem_grade){.judgement = sums.first};
	if (sums.first == JUDGEMENT_AC && skipped)
		grade->judgement = JUDGEMENT_SKIP;
	if (!isnan(score_max))
		grade->score = !is_pass_fail ? combine(group, &sums) : grade->judgement == JUDGEMENT_AC ? score_max : 0;
	if (!good || sums.internal || grade->score > score_max + SLACK * score_max)
		*grade = (struct problem_grade){.judgement = JUDGEMENT_IE};
}

/* ---- both ---- */

void problem_grade(const struct problem *problem, const struct problem_group *groups, size_t n_groups,
                   const struct problem_test *tests, struct problem_grade *ret_grades)
{
	const struct grading grading = {problem, groups, tests, ret_grades};

	for (size_t i = 0; i < n_groups; i++)
		ret_grades[i] = (struct problem_grade){.judgement = JUDGEMENT_SKIP};
	if (problem->format == PROBLEM_LEGACY)
		grade_legacy(&grading, 0);
	else
		grade_group(&grading, 0, problem->is_scoring ? groups[0].score_max : NAN);
}

enum judgement problem_grade_legacy(const struct problem *problem, const struct problem_group *groups, size_t index,
                                    const struct problem_test *tests, struct problem_grade *ret_grades)
{
	const struct grading grading = {problem, groups, tests, ret_grades};

	grade_legacy(&grading, index);
	return ret_grades[index].judgement;
}

/* The first part of the group with its verdict; false where there is none. */
static bool find_part(const struct grading *grading, size_t index, struct child *ret)
{
	const struct problem_group *group = &grading->groups[index];
	struct walk walk = walk_begin(grading, index);
	struct child child;

	while (walk_next(grading, &walk, &child)) {
		enum judgement judgement =
		        child.is_group ? grading->grades[child.index].judgement : grading->tests[child.index].judgement;
		if (judgement != grading->grades[index].judgement ||
		    (child.is_group && problem_grade_ignores(group, &grading->groups[child.index])))
			continue;
		*ret = child;
		return true;
	}
	return false;
}

struct problem_cause problem_grade_cause(const struct problem *problem, const struct problem_group *groups,
                                         size_t n_groups, const struct problem_test *tests,
                                         struct problem_grade *grades)
{
	const struct grading grading = {problem, groups, tests, grades};
	struct child at = {.is_group = n_groups > 0, .index = 0};

	while (at.is_group && find_part(&grading, at.index, &at))
		;
	return (struct problem_cause){!at.is_group, at.index};
}
