/* Arguments by test: a list of a group's is made once, however many tests and groups in it have the same. */
#include "runner/problem_words.h"

#include "policy/json.h"

#include <errno.h>
#include <stdlib.h>

#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_USAGE, errnum, __VA_ARGS__)
#define WORDS_MAX 100000 /* of all groups and tests together */

struct words {
	const struct problem_package *package;
	struct job *job;
	struct job_memory *memory;
	bool is_validators; /* else the submission's */
	const char ***of;   /* each group's */
	size_t *parents, n;
};

static const struct json_object *list_of(const struct words *words, const struct problem_group *group)
{
	return words->is_validators ? group->validator_args : group->args;
}

static void put(const struct words *words, size_t test, const char **list)
{
	struct job_test *into = &words->job->tests[test];

	if (words->is_validators)
		into->checker_flags = list; /* even none goes before the job's */
	else
		into->args = list[0] != NULL ? list : NULL;
}

static void add(const struct json_object *list, const char **ret, size_t *at)
{
	for (size_t i = 0; i < json_length(list); i++)
		ret[(*at)++] = json_string_of(json_at(list, i));
}

static int make(struct words *words, const struct json_object *list, const char ***ret, struct sbx_err *err)
{
	const struct json_object *first = words->is_validators ? words->package->problem.validator_args : NULL;
	size_t n = json_length(first) + json_length(list), at = 0;
	const char **array;

	words->n += n;
	if (words->n > WORDS_MAX)
		return FAIL(err, E2BIG, "%.200s: more than %d arguments of validators and tests",
		            words->package->dir.path, WORDS_MAX);
	array = calloc(n + 1, sizeof(*array));
	TRY(job_memory_own(words->memory, array, err));
	add(first, array, &at);
	add(list, array, &at);
	*ret = array;
	return 0;
}

/* A group without arguments of its own has its parent's, and the same array. */
static int make_group(struct words *words, size_t index, struct sbx_err *err)
{
	const struct problem_group *groups = words->package->groups;
	size_t parent = words->parents[index];

	if (index == 0 || list_of(words, &groups[index]) != list_of(words, &groups[parent]))
		return make(words, list_of(words, &groups[index]), &words->of[index], err);
	words->of[index] = words->of[parent];
	return 0;
}

static int make_all(struct words *words, struct sbx_err *err)
{
	const struct problem_package *package = words->package;

	for (size_t i = 0, parent = 0; i < package->n_groups; i++) {
		const struct problem_group *group = &package->groups[i];
		while (i > 0 && parent + package->groups[parent].n_groups <= i)
			parent = words->parents[parent];
		words->parents[i] = parent;
		parent = i;
		TRY(make_group(words, i, err));
		/* those further down come later */
		for (size_t k = 0; k < group->n_tests; k++)
			put(words, group->first_test + k, words->of[i]);
	}
	for (size_t i = 0; i < package->n_singles; i++) {
		const char **list;
		TRY(make(words, list_of(words, &package->singles[i]), &list, err));
		put(words, package->singles[i].first_test, list);
	}
	return 0;
}

int problem_load_words(const struct problem_package *package, struct job *job, struct job_memory *memory,
                       struct sbx_err *err)
{
	struct words words = {.package = package,
	                      .job = job,
	                      .memory = memory,
	                      .of = calloc(package->n_groups, sizeof(*words.of)),
	                      .parents = calloc(package->n_groups, sizeof(*words.parents))};
	int rc = words.of != NULL && words.parents != NULL ? make_all(&words, err) : FAIL(err, ENOMEM, "out of memory");

	words.is_validators = true;
	if (rc == 0 && package->n_validators > 0)
		rc = make_all(&words, err);
	free(words.of);
	free(words.parents);
	return rc;
}
