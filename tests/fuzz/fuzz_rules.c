/*
 * submissions.yaml, and its patterns: against fnmatch(3), with the braces written out here. The first byte chooses the
 * problem; then a pattern and a path, each up to a NUL; the rest is the file.
 */
#include "fuzz.h"

#include "policy/problem_glob.h"
#include "policy/problem_rules.h"

#include <fnmatch.h>
#include <math.h>

static const char *const problems[] = {
        "problem_format_version: 2023-07\nuuid: 1\nname: a\n",
        "problem_format_version: 2023-07\nuuid: 1\nname: a\ntype: scoring\n",
        "problem_format_version: 2023-07\nuuid: 1\nname: a\ntype: interactive\n",
};

static bool matches_one(const char *glob, const char *path, bool or_parent)
{
	char parent[512];

	if (fnmatch(glob, path, FNM_PATHNAME | FNM_NOESCAPE) == 0)
		return true;
	for (size_t i = 0; or_parent && path[i] != '\0' && i < sizeof(parent); i++) {
		snprintf(parent, sizeof(parent), "%.*s", (int)i, path);
		if (path[i] == '/' && fnmatch(glob, parent, FNM_PATHNAME | FNM_NOESCAPE) == 0)
			return true;
	}
	return false;
}

/* The first brace that has no other in it, each of its parts in its place. */
static bool matches(const char *glob, const char *path, bool or_parent)
{
	const char *close = strchr(glob, '}'), *open = close;
	char one[PROBLEM_GLOB_MAX + 1];

	if (close == NULL)
		return matches_one(glob, path, or_parent);
	while (*open != '{')
		open--;
	for (const char *part = open + 1; part <= close;) {
		size_t len = strcspn(part, ",}");
		snprintf(one, sizeof(one), "%.*s%.*s%s", (int)(open - glob), glob, (int)len, part, close + 1);
		if (matches(one, path, or_parent))
			return true;
		part += len + 1;
	}
	return false;
}

static void try_glob(const char *glob, const char *path)
{
	/* fnmatch() knows characters, and takes time for many stars */
	size_t stars = 0;

	for (const char *at = glob; *at != '\0'; at++)
		stars += *at == '*';
	if (problem_glob_check(glob) != NULL || strlen(path) >= 500)
		return;
	if (stars > 6 || strlen(glob) > 60 || strchr(glob, '\\') != NULL) {
		problem_glob_matches(glob, path, true);
		return;
	}
	FUZZ_ASSERT(problem_glob_matches(glob, path, false) == matches(glob, path, false));
	FUZZ_ASSERT(problem_glob_matches(glob, path, true) == matches(glob, path, true));
}

static void check_rules(const struct problem_rules *rules, const char *path)
{
	unsigned expected = problem_rules_expected(rules, path);

	FUZZ_ASSERT(expected < 1U << JUDGEMENT_MAX);
	problem_rules_language(rules, path);
	for (size_t i = 0; i < rules->n; i++) {
		const struct problem_rule *rule = &rules->rules[i];
		FUZZ_ASSERT(problem_glob_check(rule->submissions) == NULL);
		FUZZ_ASSERT(rule->tests == NULL || problem_glob_check(rule->tests) == NULL);
		FUZZ_ASSERT(problem_rule_is_for(rule, path) == problem_glob_matches(rule->submissions, path, true));
		problem_rule_is_on(rule, path);
		problem_rule_is_on_score(rule, path);
		FUZZ_ASSERT(!rule->has_score || rule->score_min <= rule->score_max);
		FUZZ_ASSERT(!rule->has_score || (isfinite(rule->score_min) && !isnan(rule->score_max)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	const char *yaml = problems[fuzz_byte(&input) % (sizeof(problems) / sizeof(problems[0]))];
	FUZZ_CLEANUP char *glob = fuzz_part(&input), *path = fuzz_part(&input);
	size_t len = input.left;
	FUZZ_CLEANUP char *text = fuzz_bytes(input.at, len);
	struct problem problem;
	struct problem_rules rules;
	struct sbx_err err = {0};

	try_glob(glob, path);
	FUZZ_ASSERT(problem_parse(yaml, strlen(yaml), "problem.yaml", &problem, &err) == 0);
	if (problem_rules_parse(&rules, &problem, text, len, "submissions.yaml", &err) < 0)
		fuzz_assert_error(&err);
	else
		check_rules(&rules, path);
	problem_rules_finish(&rules);
	problem_finish(&problem);
	return 0;
}
