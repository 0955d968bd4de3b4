/* submissions.yaml: a table of keys, with maps for some of the tests within it; then results against rules. */
#include "policy/problem_rules.h"

#include "policy/json.h"
#include "policy/problem_glob.h"
#include "policy/yaml_map.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(name) offsetof(struct problem_rule, name)
#define SLACK 1e-9 /* sums of parts are not exact */

static const struct {
	const char *name;
	unsigned set;
} verdicts[] = {
        {"AC", PROBLEM_EXPECT_AC}, {"WA", PROBLEM_EXPECT_WA}, {"TLE", PROBLEM_EXPECT_TLE}, {"RTE", PROBLEM_EXPECT_RTE}};

#define N_VERDICTS (sizeof(verdicts) / sizeof(verdicts[0]))

/* The format's own. One is replaced, as far as the file says something, by what that says under the same name. */
static const struct problem_rule defaults[] = {
        {.submissions = "accepted", .permitted = PROBLEM_EXPECT_AC, .required = PROBLEM_EXPECT_ALL},
        {.submissions = "rejected",
         .permitted = PROBLEM_EXPECT_ALL,
         .required = PROBLEM_EXPECT_ALL & ~PROBLEM_EXPECT_AC},
        {.submissions = "wrong_answer",
         .permitted = PROBLEM_EXPECT_AC | PROBLEM_EXPECT_WA,
         .required = PROBLEM_EXPECT_WA},
        {.submissions = "time_limit_exceeded",
         .permitted = PROBLEM_EXPECT_AC | PROBLEM_EXPECT_TLE,
         .required = PROBLEM_EXPECT_TLE},
        {.submissions = "run_time_error",
         .permitted = PROBLEM_EXPECT_AC | PROBLEM_EXPECT_RTE,
         .required = PROBLEM_EXPECT_RTE},
        {.submissions = "brute_force",
         .permitted = PROBLEM_EXPECT_AC | PROBLEM_EXPECT_RTE | PROBLEM_EXPECT_TLE,
         .required = PROBLEM_EXPECT_RTE | PROBLEM_EXPECT_TLE},
};

/* ---- values ---- */

static int read_set(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	unsigned set = 0;

	for (size_t i = 0; i < json_length(place->value); i++) {
		const char *text = json_string_of(json_at(place->value, i));
		size_t k = 0;
		while (k < N_VERDICTS && (text == NULL || strcmp(verdicts[k].name, text) != 0))
			k++;
		if (k == N_VERDICTS)
			return yaml_fail_item(place->doc, place->value, i, err, "not one of AC, WA, TLE and RTE");
		set |= verdicts[k].set;
	}
	if (set == 0)
		return yaml_wanted(place, "a list of some of AC, WA, TLE and RTE", err);
	*(unsigned *)field = set;
	return 0;
}

static int read_score(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	struct problem_rule *rule = field;
	bool is_list = json_kind_of(place->value) == JSON_ARRAY;
	struct json_object *first = is_list ? json_at(place->value, 0) : place->value;
	struct json_object *last = is_list ? json_at(place->value, 1) : place->value;

	if ((is_list && json_length(place->value) != 2) || !json_double_of(first, &rule->score_min) ||
	    !json_double_of(last, &rule->score_max) || rule->score_min > rule->score_max)
		return yaml_wanted(place, "a number, or a list of two, the lower one first", err);
	rule->has_score = true;
	return 0;
}

static int read_message(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);

	if (text == NULL)
		return yaml_wanted(place, "a string", err);
	*(const char **)field = text[0] != '\0' ? text : NULL;
	return 0;
}

/* No time limit is found here, so that only what it forbids counts. */
static int read_use(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	struct problem_rule *rule = field;
	const char *text = json_string_of(place->value);
	bool ignored;

	if (text != NULL && strcmp(text, "lower") == 0)
		rule->permitted &= ~PROBLEM_EXPECT_TLE;
	else if (text != NULL && strcmp(text, "upper") == 0)
		rule->required &= PROBLEM_EXPECT_TLE;
	else if (!json_bool_of(place->value, &ignored))
		return yaml_wanted(place, "true, false, lower or upper", err);
	return 0;
}

static int read_flag(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	bool ignored;

	(void)field;
	return yaml_read_bool(place, &ignored, err);
}

static int read_entrypoint(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	(void)field;
	return yaml_fail_key(place->doc, place->map, place->key, err, "an entry point is not supported yet");
}

static const struct yaml_key rule_keys[] = {
        {"permitted", read_set, FIELD(permitted), NULL, false},
        {"required", read_set, FIELD(required), NULL, false},
        {"score", read_score, 0, NULL, false},
        {"message", read_message, FIELD(message), NULL, false},
        {.name = NULL},
};

/* After the others, on whose sets it builds. */
static const struct yaml_key last_keys[] = {
        {"use_for_time_limit", read_use, 0, NULL, false},
        {.name = NULL},
};

static const struct yaml_key submission_keys[] = {
        {"language", yaml_read_string, FIELD(language), NULL, false},
        {"entrypoint", read_entrypoint, 0, NULL, false},
        {"authors", yaml_read_ignored, 0, NULL, false},
        {"model_solution", read_flag, 0, NULL, false},
        {.name = NULL},
};

/* ---- the document ---- */

struct reader {
	struct problem_rules *rules;
	const struct problem *problem;
	struct json_object *map;
	struct problem_rule rule;
};

static const struct yaml_key *find_key(const struct yaml_key *keys, const char *name)
{
	for (; keys->name != NULL; keys++)
		if (strcmp(keys->name, name) == 0)
			return keys;
	return NULL;
}

static int add_rule(struct problem_rules *rules, const struct problem_rule *rule, struct sbx_err *err)
{
	size_t n = rules->n;
	struct problem_rule *array = rules->rules;

	if ((n & (n - 1)) == 0)
		array = reallocarray(array, n == 0 ? 1 : 2 * n, sizeof(*array));
	if (array == NULL)
		return sbx_fail(err, SBX_STAGE_USAGE, ENOMEM, "out of memory");
	rules->rules = array;
	array[rules->n++] = *rule;
	return 0;
}

static int check_pattern(const struct reader *reader, const char *glob, struct sbx_err *err)
{
	const char *wrong = problem_glob_check(glob);

	return wrong == NULL ? 0 : yaml_fail_key(&reader->rules->doc, reader->map, glob, err, "%s", wrong);
}

static int read_known(struct reader *reader, const struct yaml_key *keys, struct json_object *map, struct sbx_err *err)
{
	for (const struct yaml_key *key = keys; key->name != NULL; key++) {
		struct yaml_place place = {&reader->rules->doc, map, key->name, NULL};
		if (json_find(map, key->name, &place.value))
			TRY(key->read(&place, (char *)&reader->rule + key->offset, err));
	}
	return 0;
}

/* What both kinds of maps have. */
static int read_rule(struct reader *reader, struct json_object *map, struct sbx_err *err)
{
	const struct yaml_doc *doc = &reader->rules->doc;

	TRY(read_known(reader, rule_keys, map, err));
	TRY(read_known(reader, last_keys, map, err));
	if (reader->rule.has_score && !reader->problem->is_scoring)
		return yaml_fail_key(doc, map, "score", err, "\"score\" is for scoring problems only");
	if (reader->rule.message != NULL && !reader->problem->custom_validator)
		return yaml_fail_key(doc, map, "message", err, "the default validator has no messages");
	if (reader->rule.permitted == 0 || reader->rule.required == 0)
		return yaml_fail_key(doc, map, "use_for_time_limit", err, "nothing is left that it can get");
	return 0;
}

static int check_known(const char *name, struct json_object *value, void *data, struct sbx_err *err)
{
	const struct reader *reader = data;

	(void)value;
	return find_key(rule_keys, name) != NULL || find_key(last_keys, name) != NULL
	               ? 0
	               : yaml_fail_key(&reader->rules->doc, reader->map, name, err, "no such key: \"%.40s\"", name);
}

/* A key of a submission that is none is a pattern for tests. */
static int read_tests(const char *name, struct json_object *value, void *data, struct sbx_err *err)
{
	const struct reader *outer = data;
	struct reader reader = *outer;

	if (find_key(rule_keys, name) != NULL || find_key(last_keys, name) != NULL ||
	    find_key(submission_keys, name) != NULL)
		return 0;
	if (json_kind_of(value) != JSON_OBJECT)
		return yaml_fail_key(&outer->rules->doc, outer->map, name, err,
		                     "\"%.40s\": neither a key nor a map for tests of this name", name);
	TRY(check_pattern(outer, name, err));
	reader.map = value;
	reader.rule = (struct problem_rule){.submissions = outer->rule.submissions,
	                                    .tests = name,
	                                    .permitted = PROBLEM_EXPECT_ALL,
	                                    .required = PROBLEM_EXPECT_ALL};
	TRY(json_each(value, check_known, &reader, err));
	TRY(read_rule(&reader, value, err));
	return add_rule(outer->rules, &reader.rule, err);
}

static int read_submissions(const char *name, struct json_object *value, void *data, struct sbx_err *err)
{
	struct reader *reader = data;

	TRY(check_pattern(reader, name, err));
	if (json_kind_of(value) != JSON_OBJECT)
		return yaml_fail_key(&reader->rules->doc, reader->map, name, err, "\"%.40s\" has to be a map", name);
	reader->rule = (struct problem_rule){
	        .submissions = name, .permitted = PROBLEM_EXPECT_ALL, .required = PROBLEM_EXPECT_ALL};
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
		if (strcmp(defaults[i].submissions, name) == 0) {
			reader->rule = defaults[i];
			reader->rule.is_known = true;
		}
	TRY(read_rule(reader, value, err));
	TRY(read_known(reader, submission_keys, value, err));
	TRY(add_rule(reader->rules, &reader->rule, err));
	return json_each(value, read_tests, &(struct reader){reader->rules, reader->problem, value, reader->rule}, err);
}

static int add_defaults(struct problem_rules *rules, struct sbx_err *err)
{
	struct json_object *value;

	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		struct problem_rule rule = defaults[i];
		rule.is_known = true;
		if (rules->doc.root == NULL || !json_find(rules->doc.root, rule.submissions, &value))
			TRY(add_rule(rules, &rule, err));
	}
	return 0;
}

int problem_rules_parse(struct problem_rules *ret, const struct problem *problem, const char *text, size_t len,
                        const char *origin, struct sbx_err *err)
{
	struct reader reader = {.rules = ret, .problem = problem};

	*ret = (struct problem_rules){0};
	TRY(yaml_load(&ret->doc, text, len, origin, err));
	reader.map = ret->doc.root;
	TRY(add_defaults(ret, err));
	if (reader.map == NULL)
		return 0; /* an empty file says nothing */
	if (json_kind_of(reader.map) != JSON_OBJECT)
		return yaml_fail_key(&ret->doc, NULL, NULL, err, "not a map");
	return json_each(reader.map, read_submissions, &reader, err);
}

void problem_rules_finish(struct problem_rules *rules)
{
	free(rules->rules);
	yaml_finish(&rules->doc);
	*rules = (struct problem_rules){0};
}

/* ---- what they are about ---- */

bool problem_rule_is_for(const struct problem_rule *rule, const char *submission)
{
	return problem_glob_matches(rule->submissions, submission, true);
}

bool problem_rule_is_on(const struct problem_rule *rule, const char *test)
{
	return rule->tests == NULL || problem_glob_matches(rule->tests, test, true);
}

bool problem_rule_is_on_score(const struct problem_rule *rule, const char *group)
{
	return rule->tests == NULL ? group[0] == '\0' : problem_glob_matches(rule->tests, group, false);
}

unsigned problem_rules_expected(const struct problem_rules *rules, const char *submission)
{
	unsigned expected = PROBLEM_EXPECT_ALL;

	for (size_t i = 0; i < rules->n; i++) {
		const struct problem_rule *rule = &rules->rules[i];
		if (!problem_rule_is_for(rule, submission))
			continue;
		if (rule->tests == NULL)
			expected &= rule->permitted;
		if ((rule->required & PROBLEM_EXPECT_AC) == 0)
			expected &= ~PROBLEM_EXPECT_AC; /* one test fails, and so does the whole */
	}
	return expected;
}

const char *problem_rules_language(const struct problem_rules *rules, const char *submission)
{
	const char *language = NULL;

	for (size_t i = 0; i < rules->n; i++)
		if (rules->rules[i].language != NULL && problem_rule_is_for(&rules->rules[i], submission))
			language = rules->rules[i].language;
	return language;
}

/* ---- results ---- */

static const char *set_text(unsigned set, char text[24])
{
	text[0] = '\0';
	for (size_t i = 0; i < N_VERDICTS; i++)
		if ((set & verdicts[i].set) != 0) {
			strcat(text, text[0] != '\0' ? ", " : "");
			strcat(text, verdicts[i].name);
		}
	return text;
}

/* "rule of accepted/a* on secret/1: " */
static int name_rule(const struct problem_rule *rule, char *what, size_t size)
{
	int n = snprintf(what, size, "rule of %.60s%s%.60s: ", rule->submissions, rule->tests != NULL ? " on " : "",
	                 rule->tests != NULL ? rule->tests : "");

	return n < (int)size ? n : (int)size - 1;
}

static bool check_tests(const struct problem_rule *rule, const struct problem_results *results, char *what, size_t size)
{
	bool found = rule->required == PROBLEM_EXPECT_ALL;
	char text[24];
	int n;

	for (size_t i = 0; i < results->n_tests; i++) {
		const struct problem_test *test = &results->tests[i];
		bool counts = problem_results_counts(results, i);
		enum judgement judgement = counts ? test->judgement : JUDGEMENT_SKIP;
		unsigned bit = 1U << (judgement == JUDGEMENT_OK ? JUDGEMENT_AC : judgement);
		if (!problem_rule_is_on(rule, test->name))
			continue;
		/* a test that is not run, since what its group requires failed, is not accepted, and nothing else */
		if ((judgement == JUDGEMENT_SKIP ? PROBLEM_EXPECT_ALL & ~PROBLEM_EXPECT_AC & rule->permitted
		                                 : bit & rule->permitted) == 0) {
			n = name_rule(rule, what, size);
			snprintf(what + n, size - (size_t)n, "%.60s got %s, permitted is %s", test->name,
			         judgement_name(judgement), set_text(rule->permitted, text));
			return false;
		}
		found |= (bit & rule->required) != 0;
	}
	if (found)
		return true;
	n = name_rule(rule, what, size);
	snprintf(what + n, size - (size_t)n, "no test got %s", set_text(rule->required, text));
	return false;
}

static bool check_scores(const struct problem_rule *rule, const struct problem_results *results, char *what,
                         size_t size)
{
	for (size_t i = 0; rule->has_score && i < results->n_groups; i++) {
		double score = results->grades[i].score;
		int n;
		if (!problem_rule_is_on_score(rule, results->groups[i].name) ||
		    (score >= rule->score_min - SLACK * fabs(rule->score_min) &&
		     score <= rule->score_max + SLACK * fabs(rule->score_max)))
			continue;
		n = name_rule(rule, what, size);
		if (rule->score_min < rule->score_max)
			snprintf(what + n, size - (size_t)n, "%s%sthe score is %.6g, not from %.6g to %.6g",
			         results->groups[i].name, i > 0 ? ": " : "", score, rule->score_min, rule->score_max);
		else
			snprintf(what + n, size - (size_t)n, "%s%sthe score is %.6g, not %.6g", results->groups[i].name,
			         i > 0 ? ": " : "", score, rule->score_min);
		return false;
	}
	return true;
}

bool problem_rules_check(const struct problem_rules *rules, const char *submission,
                         const struct problem_results *results, const bool *has_message, char *what, size_t size)
{
	for (size_t i = 0; i < rules->n; i++) {
		const struct problem_rule *rule = &rules->rules[i];
		int n;
		if (!problem_rule_is_for(rule, submission))
			continue;
		if (!check_tests(rule, results, what, size) || !check_scores(rule, results, what, size))
			return false;
		if (rule->message == NULL || has_message[i])
			continue;
		n = name_rule(rule, what, size);
		snprintf(what + n, size - (size_t)n, "no message has \"%.60s\" in it", rule->message);
		return false;
	}
	return true;
}
